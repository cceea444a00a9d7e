"""The request budget: who may send next, and when.

Segmind counts every request of an account within a minute, polls included. The pacing rule is GCRA (the
"virtual scheduling" form of ITU-T I.371): the whole state is one number, the theoretical arrival time of the
next request, so that it fits one database row shared by all processes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from math import floor
from typing import Final, Protocol

WINDOW = 61.0  # seconds: Segmind's minute, and one second for requests that bunch up on the way
ROUNDING = 0.001  # of an interval: what adding up epoch seconds may lose
FARTHEST_RESET = 300.0  # seconds; nothing that counts by the minute resets later than this
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


class Budget(Protocol):
    """Shared by everything that talks to Segmind with one key."""

    async def take(self, claim: Claim) -> None:
        """Wait until one request may leave."""
        ...

    async def throttled(self, reset_at: datetime | None) -> None:
        """Hear that a 429 came, and when the window resets if Segmind said so."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """May a request leave now? Save `tat` either way; the next may not leave within `wait` seconds."""

    allowed: bool
    tat: float
    wait: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gcra:
    """At most `requests_per_minute` in any minute, of which `burst` may leave at once.

    Times are epoch seconds. A clock set back leaves a theoretical arrival time that no traffic explains; it
    is replaced by one full window from now, so that a wrong clock costs a minute and never more.
    """

    requests_per_minute: int
    burst: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.burst <= self.requests_per_minute:
            raise ValueError(f"burst must be from 1 to {self.requests_per_minute}, not {self.burst}")

    @property
    def interval(self) -> float:
        """Seconds between requests at full rate, such that `burst` of them at once still fit every window."""
        return WINDOW / (self.requests_per_minute - self.burst + 1)

    @property
    def tolerance(self) -> float:
        """Seconds by which a request may be ahead of its theoretical arrival."""
        return self.interval * (self.burst - 1)

    def decide(self, tat: float | None, now: float) -> Departure:
        """Judge one request at `now`; `tat` is None when nothing was ever sent."""
        expected = now if tat is None else self._believable(tat, now)
        wait = expected - self.tolerance - now
        if wait > 0:
            return Departure(allowed=False, tat=expected, wait=wait)
        tat = max(expected, now) + self.interval
        return Departure(allowed=True, tat=tat, wait=max(0.0, tat - self.tolerance - now))

    def left(self, tat: float | None, now: float) -> int:
        """Tell how many requests may leave at once at `now`."""
        ahead = 0.0 if tat is None else max(0.0, self._believable(tat, now) - now)
        return max(0, floor((self.tolerance - ahead) / self.interval + ROUNDING) + 1)

    def pushed(self, tat: float | None, until: float) -> float:
        """Return the state after a 429: nothing leaves before `until`, and then one request at a time."""
        resumed = until + self.tolerance
        return resumed if tat is None else max(tat, resumed)

    def _believable(self, tat: float, now: float) -> float:
        farthest = FARTHEST_RESET + self.tolerance + self.interval
        return tat if tat - now <= farthest else now + WINDOW + self.tolerance


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

    def applied(self, rate: Gcra, now: float) -> Gcra:
        """Slow a rate down to this pace."""
        return replace(rate, requests_per_minute=max(rate.burst, int(rate.requests_per_minute * self.at(now))))
