"""Requests counted: the limit per minute, and what a test wants to know of the traffic."""

from collections import Counter, deque
from dataclasses import dataclass, field

WINDOW = 60.0  # seconds


@dataclass(slots=True, kw_only=True)
class RateWindow:
    """Requests of one key in windows of a minute; a window opens with the first request after the last."""

    opened: float = float("-inf")
    used: int = 0

    def admit(self, now: float, limit: int) -> float | None:
        """Count a request; when it is one too many, say at what instant the window resets."""
        if now >= self.opened + WINDOW:
            self.opened, self.used = now, 0
        self.used += 1
        return self.opened + WINDOW if self.used > limit else None

    def count(self, now: float) -> int:
        """Return how many requests the open window has taken; none if it is over."""
        return self.used if now < self.opened + WINDOW else 0


@dataclass(slots=True, kw_only=True)
class Meter:
    """Totals since the start, by operation, and the busiest 60 s."""

    by_operation: Counter[str] = field(default_factory=Counter[str])
    too_many: int = 0  # answered with 429
    busiest: int = 0  # most requests within any 60 s
    _recent: deque[float] = field(default_factory=deque[float])

    def count(self, operation: str, now: float, *, limited: bool) -> None:
        """Note a request; only those under the rate limit make a busy minute."""
        self.by_operation[operation] += 1
        if not limited:
            return
        self._recent.append(now)
        while self._recent[0] <= now - WINDOW:
            self._recent.popleft()
        self.busiest = max(self.busiest, len(self._recent))
