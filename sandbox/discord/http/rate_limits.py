"""How often a bot may ask: Discord's windows per route, and the global one.

Each bucket counts on its own for each major parameter (channel, guild, webhook token). Discord publishes no
table of limits, only the headers that tell them; these figures are what its headers have shown. See
https://docs.discord.com/developers/topics/rate-limits.
"""

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass

VIA = "1.1 google"  # its absence on a 429 would mean that Cloudflare, not the API, refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most `limit` requests in `per` seconds.

    `under_global`: the global limit counts them too; `told`: headers tell how the window stands.
    """

    limit: int
    per: float
    under_global: bool = True
    told: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What became of a request, and what its headers tell; `limit` is 0 where nothing is limited."""

    allowed: bool
    limit: int
    remaining: int
    reset_after: float  # seconds
    reset_at: float  # Unix seconds
    bucket: str
    is_global: bool = False
    told: bool = True


DEFAULT = Limit(limit=50, per=1)
GLOBAL = Limit(limit=50, per=1)
LIMITS = {
    "message_create": Limit(limit=5, per=5),
    "message_edit": Limit(limit=5, per=5),
    "message_delete": Limit(limit=5, per=1),
    "reaction": Limit(limit=1, per=0.25),
    "typing": Limit(limit=5, per=5),
    "commands_put": Limit(limit=2, per=20),
    "gateway_bot": Limit(limit=2, per=5),
    "interaction_callback": Limit(limit=50, per=1, under_global=False, told=False),
    "webhook": Limit(limit=5, per=2, under_global=False),
}


@dataclass(slots=True)
class _Window:
    ends: float = -math.inf
    used: int = 0


class RateLimiter:
    """Counts requests in fixed windows that begin with their first request; `clock` tells Unix seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.enabled = True
        self.global_limit = GLOBAL
        self._clock = clock
        self._limits = dict(LIMITS)
        self._windows: dict[tuple[str, str], _Window] = {}
        self._global_window = _Window()
        self.passed = self.refused = 0  # requests, while limits were on

    def adjust(self, bucket: str, limit: Limit) -> None:
        """Give `bucket` another limit and begin its windows anew."""
        self._limits[bucket] = limit
        for key in [key for key in self._windows if key[0] == bucket]:
            del self._windows[key]

    def check(self, bucket: str, major: str) -> Decision:
        """Count a request and tell whether it may pass; one that is refused is not counted."""
        if not self.enabled:
            return Decision(allowed=True, limit=0, remaining=0, reset_after=0, reset_at=0, bucket="")
        decision = self._count(bucket, major)
        self.passed += decision.allowed
        self.refused += not decision.allowed
        return decision

    def _count(self, bucket: str, major: str) -> Decision:
        now = self._clock()
        limit = self._limits.get(bucket, DEFAULT)
        window = self._open_window((bucket, major), limit, now)
        if limit.under_global:
            if self._global_window.ends <= now:
                self._global_window = _Window(now + self.global_limit.per)
            if self._global_window.used >= self.global_limit.limit:
                return self._decide(bucket, self.global_limit, self._global_window, now, is_global=True)
        if window.used >= limit.limit:
            return self._decide(bucket, limit, window, now)
        window.used += 1
        self._global_window.used += limit.under_global
        return self._decide(bucket, limit, window, now, allowed=True)

    def _open_window(self, key: tuple[str, str], limit: Limit, now: float) -> _Window:
        window = self._windows.get(key)
        if window is None or window.ends <= now:
            self._forget_ended(now)
            window = self._windows[key] = _Window(now + limit.per)
        return window

    def _forget_ended(self, now: float) -> None:
        for key in [key for key, window in self._windows.items() if window.ends <= now]:
            del self._windows[key]

    @staticmethod
    def _decide(
        bucket: str,
        limit: Limit,
        window: _Window,
        now: float,
        *,
        allowed: bool = False,
        is_global: bool = False,
    ) -> Decision:
        return Decision(
            allowed=allowed,
            limit=limit.limit,
            remaining=limit.limit - window.used,
            reset_after=window.ends - now,
            reset_at=window.ends,
            bucket=hashlib.sha256(bucket.encode()).hexdigest()[:32],
            is_global=is_global,
            told=limit.told,
        )


def headers(decision: Decision) -> dict[str, str]:
    """Return the headers that carry a decision; none where nothing is limited."""
    if not decision.limit:
        return {}
    found: dict[str, str] = {}
    if decision.told and not decision.is_global:
        found = {
            "X-RateLimit-Limit": str(decision.limit),
            "X-RateLimit-Remaining": str(decision.remaining),
            "X-RateLimit-Reset": f"{decision.reset_at:.3f}",
            "X-RateLimit-Reset-After": f"{decision.reset_after:.3f}",
            "X-RateLimit-Bucket": decision.bucket,
        }
    if decision.allowed:
        return found
    found["Via"] = VIA
    found["Retry-After"] = str(math.ceil(decision.reset_after))
    found["X-RateLimit-Scope"] = "global" if decision.is_global else "user"
    if decision.is_global:
        found["X-RateLimit-Global"] = "true"
    return found
