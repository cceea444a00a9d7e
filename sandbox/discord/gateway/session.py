"""Sessions: what a shard has been sent, and what it missed while away."""

import secrets
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sandbox.discord.gateway.protocol import Identify, Shard, dispatch_frame

REPLAY_LIMIT = 1000  # dispatches kept for a RESUME
LIFETIME = 180.0  # seconds that a session waits for one
STARTS_PER_DAY = 1000
DAY = 24 * 60 * 60.0  # seconds


class Sink(Protocol):
    """A connection, as far as a session is concerned."""

    def send(self, frame: str) -> None: ...
    def close(self, code: int, reason: str = "") -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionView:
    """How a session stands, for whoever watches the gateway."""

    id: str
    shard: int
    shard_count: int
    seq: int
    connected: bool


@dataclass(slots=True, kw_only=True, eq=False)
class Session:
    token: str
    shard: Shard
    intents: int
    sink: Sink | None
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    seq: int = 0
    lost_at: float = 0.0  # when `sink` became None
    _replay: deque[tuple[int, str]] = field(default_factory=lambda: deque(maxlen=REPLAY_LIMIT))

    def push(self, event: str, encoded: str) -> None:
        """Number a dispatch, keep it for a replay and send it if somebody listens."""
        self.seq += 1
        frame = dispatch_frame(event, self.seq, encoded)
        self._replay.append((self.seq, frame))
        if self.sink:
            self.sink.send(frame)

    def missed_since(self, seq: int) -> list[str] | None:
        """Return the dispatches after `seq`; `None` if they are no longer all kept."""
        if seq < self.seq - len(self._replay):
            return None
        return [frame for number, frame in self._replay if number > seq]

    def view(self) -> SessionView:
        return SessionView(
            id=self.id,
            shard=self.shard.id,
            shard_count=self.shard.count,
            seq=self.seq,
            connected=self.sink is not None,
        )


class SessionStarts:
    """How many sessions may be started until the count begins anew; `clock` tells Unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._remaining = STARTS_PER_DAY
        self._resets_at = clock() + DAY

    @property
    def remaining(self) -> int:
        self._begin_anew()
        return self._remaining

    @property
    def reset_after(self) -> float:
        """Return the seconds until the count begins anew."""
        self._begin_anew()
        return self._resets_at - self._clock()

    def limit(self, remaining: int, reset_after: float) -> None:
        """Leave so many starts for the next `reset_after` seconds."""
        self._remaining, self._resets_at = remaining, self._clock() + reset_after

    def take(self) -> bool:
        """Count a start; tells whether there was one left."""
        allowed = self.remaining > 0
        self._remaining -= allowed
        return allowed

    def _begin_anew(self) -> None:
        if self._resets_at <= self._clock():
            self.limit(STARTS_PER_DAY, DAY)


class Sessions:
    """All sessions that are connected or may still be resumed; `clock` tells seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._sessions: dict[str, Session] = {}

    def __iter__(self) -> Iterator[Session]:
        self._forget_overdue()
        return iter(tuple(self._sessions.values()))

    def open(self, identify: Identify, sink: Sink) -> Session:
        session = Session(token=identify.token, shard=identify.shard, intents=identify.intents, sink=sink)
        self._sessions[session.id] = session
        return session

    def find(self, session_id: str) -> Session | None:
        self._forget_overdue()
        return self._sessions.get(session_id)

    def lose(self, session: Session) -> None:
        """Leave a session without a connection, to be resumed within its lifetime."""
        session.sink = None
        session.lost_at = self._clock()

    def forget(self, session: Session) -> None:
        session.sink = None
        self._sessions.pop(session.id, None)

    def _forget_overdue(self) -> None:
        oldest = self._clock() - LIFETIME
        for session in [*self._sessions.values()]:
            if session.sink is None and session.lost_at < oldest:
                del self._sessions[session.id]
