"""The request budget: who may send next, and when.

Segmind counts every request of an account within a minute, polls included. So does the bot: what left within the last
`WINDOW` is known one by one. Results and submits leave as long as there is room in it; polls keep a distance, so that
no minute is spent at once.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from typing import Final, Protocol

WINDOW: Final = 61.0  # seconds: Segmind's minute, and one second for requests that bunch up on the way
CATCH_UP: Final = 0.5  # seconds by which a poll that left late may be made good
BUSY: Final = 0.35  # of the rate, taken by results and submits, beyond which polls leave no place free for a result
SPREAD: Final = 0.5  # of what results and submits have taken, by which polls are fewer
AHEAD: Final = 1.0  # seconds for which polls may be taken out of the budget before they are due
ROUNDING: Final = 0.001  # seconds; what adding up epoch seconds may lose
NEVER: Final = 0.0  # seconds since the epoch: nothing was ever sent, or refused
FARTHEST_RESET: Final = 300.0  # seconds; nothing that counts by the minute resets later than this
REPEATED_WITHIN: Final = 600.0  # seconds; a 429 so soon after the last reset means that the rate itself is too high
LOWERED_TO: Final = 0.8  # of the share so far
RECOVERY: Final = 1 / (6 * 3600)  # of the whole rate a second: from nothing to all of it in six hours
STRAGGLERS: Final = 5.0  # seconds in which further 429s are answers to requests that had left already


class Rank(IntEnum):
    """What a request is for; the lower one goes first."""

    RESULT = 0
    SUBMIT = 1
    POLL = 2
    BACKGROUND = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A wish to send one request.

    `urgency` tells at a given monotonic time how many seconds of someone's waiting the request would end, and
    grows by at most one a second; a planner may order claims of one rank by it.
    """

    rank: Rank
    urgency: Callable[[float], float] | None = None

    @property
    def is_urgent(self) -> bool:
        """Return whether it leaves as soon as the minute has room, rather than at a distance from others."""
        return self.rank <= Rank.SUBMIT


class Budget(Protocol):
    """Shared by everything that talks to Segmind with one key."""

    async def take(self, claim: Claim) -> None:
        """Wait until one request may leave."""
        ...

    async def throttled(self, reset_at: datetime | None) -> None:
        """Hear that a 429 came, and when the window resets if Segmind said so."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """So many requests in any minute, of which polls leave the `reserve` to results and submits."""

    requests_per_minute: int
    reserve: int = 0

    def __post_init__(self) -> None:
        if self.requests_per_minute < 1 or self.reserve < 0:
            raise ValueError(f"no rate: {self.requests_per_minute} a minute, {self.reserve} in reserve")


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """What left within the last window, in epoch seconds and in order, and when the last poll was due.

    A time ahead is a request that counts until then. A 429 leaves such.
    """

    urgent: tuple[float, ...] = ()
    polls: tuple[float, ...] = ()
    poll_due: float = NEVER

    def at(self, now: float) -> "Minute":
        """Forget what left the window. Times that no reset explains were noted by a clock set back since: count now."""
        latest = now + FARTHEST_RESET
        if max((self.poll_due, *self.urgent[-1:], *self.polls[-1:])) > latest:
            urgent, polls = (tuple(min(time, now) for time in times) for times in (self.urgent, self.polls))
            return Minute(urgent=urgent, polls=polls, poll_due=min(self.poll_due, now)).at(now)
        gone = now - WINDOW + ROUNDING  # what may leave again by `wait` is out of the window, too
        urgent, polls = (times[bisect_right(times, gone) :] for times in (self.urgent, self.polls))
        return Minute(urgent=urgent, polls=polls, poll_due=self.poll_due)

    def wait(self, rate: Rate, now: float, *, urgent: bool) -> float:
        """Return the seconds until a request may leave, as far as is known `at` now; 0 or less if it may."""
        room = rate.requests_per_minute if urgent else self._room_for_polls(rate)
        excess = len(self.urgent) + len(self.polls) - room
        waits = [] if excess < 0 else [sorted(self.urgent + self.polls)[excess] + WINDOW - now]
        if not urgent:
            spaced = self.poll_due + self._distance(rate) - now
            # The distance is smaller as soon as a result or a submit has left the window.
            waits.append(min(spaced, self.urgent[0] + WINDOW - now) if self.urgent else spaced)
        return max(waits, default=0.0)

    def after(self, rate: Rate, now: float, *, urgent: bool) -> "Minute":
        """Return the state once a request has left at `now`."""
        if urgent:
            return replace(self, urgent=tuple(sorted((*self.urgent, now))))
        due = max(self.poll_due + self._distance(rate), now - CATCH_UP)
        return replace(self, polls=tuple(sorted((*self.polls, now))), poll_due=due)

    def left(self, rate: Rate) -> int:
        """Return how many requests may leave at once."""
        return max(0, rate.requests_per_minute - len(self.urgent) - len(self.polls))

    def held(self, rate: Rate, until: float) -> "Minute":
        """Return the state after a 429: nothing leaves before `until`, and then one request at a time.

        As if requests had filled the window before that at equal distances: each counts in the place of one that left,
        the later of both.
        """
        ours = sorted([(time, True) for time in self.urgent] + [(time, False) for time in self.polls], reverse=True)
        distance = WINDOW / rate.requests_per_minute
        theirs = [until - distance * place for place in range(1, rate.requests_per_minute + 1)]
        missing = len(theirs) - len(ours)
        ours += [(NEVER, False)] * missing
        theirs += [NEVER] * -missing
        held = [(max(time, other), urgent) for (time, urgent), other in zip(ours, theirs, strict=True)]
        return Minute(
            urgent=tuple(sorted(time for time, urgent in held if urgent)),
            polls=tuple(sorted(time for time, urgent in held if not urgent)),
            poll_due=max(self.poll_due, until - distance),
        )

    def shifted(self, by: float) -> "Minute":
        """Return the same state told by a clock that is ahead by so many seconds."""
        return Minute(
            urgent=tuple(time + by for time in self.urgent),
            polls=tuple(time + by for time in self.polls),
            poll_due=self.poll_due + by,
        )

    def _room_for_polls(self, rate: Rate) -> int:
        """How many requests the window has at the most when a poll leaves, that one included.

        Where results and submits take much of it there are few polls, and most find a run finished: a place kept for
        its result would be one that is lost.
        """
        is_busy = len(self.urgent) > BUSY * rate.requests_per_minute
        return max(1, rate.requests_per_minute - (0 if is_busy else rate.reserve))

    def _distance(self, rate: Rate) -> float:
        """Seconds between polls: the wider, the more of the window results and submits have taken."""
        return WINDOW / max(1, self._room_for_polls(rate) - SPREAD * len(self.urgent))


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """May a request leave now? The next that is urgent or a poll may not within so many seconds.

    `further` are those taken with it, in seconds from now until each may leave.
    """

    allowed: bool
    urgent_wait: float
    poll_wait: float
    further: tuple[float, ...] = ()

    def wait(self, *, urgent: bool) -> float:
        return self.urgent_wait if urgent else self.poll_wait


def decide(spent: Minute, rate: Rate, now: float, *, urgent: bool, at_most: int = 1) -> tuple[Departure, Minute]:
    """Judge one request at `now`, and take out those that may leave with it: urgent ones now, polls due within `AHEAD`.

    The state is to be saved before any leaves.
    """
    spent = spent.at(now)
    allowed = spent.wait(rate, now, urgent=urgent) <= ROUNDING
    further: list[float] = []
    if allowed:
        spent = spent.after(rate, now, urgent=urgent)
        farthest = ROUNDING if urgent else AHEAD
        while len(further) + 1 < at_most and (wait := max(0.0, spent.wait(rate, now, urgent=urgent))) <= farthest:
            spent = spent.after(rate, now + wait, urgent=urgent)
            further.append(wait)
    urgent_wait, poll_wait = (max(0.0, spent.wait(rate, now, urgent=each)) for each in (True, False))
    departure = Departure(allowed=allowed, urgent_wait=urgent_wait, poll_wait=poll_wait, further=tuple(further))
    return departure, spent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The believed share of the configured rate, as of the last 429's reset (epoch seconds).

    One 429 may come of someone else's traffic, or of windows that overlap: it is waited out. Another soon after
    lowers the share, which then grows back slowly: the additive increase and multiplicative decrease of TCP.
    """

    share: float = 1.0
    reset: float = 0.0

    def at(self, now: float) -> float:
        """Tell the share to keep to at `now`."""
        return min(1.0, self.share + RECOVERY * max(0.0, now - self.reset))

    def after_429(self, now: float, until: float) -> "Pace":
        """Return the pace after a 429 that came at `now`, in a window that resets at `until`."""
        reset = max(until, now + STRAGGLERS)
        # A reset farther off than any can be was noted by a clock that has been set back since.
        if now < self.reset <= now + FARTHEST_RESET:
            return replace(self, reset=max(self.reset, reset))
        share = self.at(now)
        repeated = 0 <= now - self.reset < REPEATED_WITHIN
        return Pace(share=share * LOWERED_TO if repeated else share, reset=reset)

    def applied(self, rate: Rate, now: float) -> Rate:
        """Slow a rate down to this pace."""
        return replace(rate, requests_per_minute=max(1, int(rate.requests_per_minute * self.at(now))))
