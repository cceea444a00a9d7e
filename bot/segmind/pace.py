"""What 429s teach: the share of the configured rate that Segmind truly grants."""

from dataclasses import dataclass, replace
from typing import Final

from bot.segmind.budget import FARTHEST_RESET, Gcra

REPEATED_WITHIN: Final = 600.0  # seconds; a 429 so soon after the last reset means that the rate itself is too high
LOWERED_TO: Final = 0.8  # of the share so far
RECOVERY: Final = 1 / (6 * 3600)  # of the whole rate a second: from nothing to all of it in six hours
STRAGGLERS: Final = 5.0  # seconds in which further 429s are answers to requests that had left already


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The believed share of the configured rate, as of the last 429's reset (epoch seconds).

    One 429 may come of somebody else's traffic, or of windows that overlap: it is waited out. Another soon after
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
