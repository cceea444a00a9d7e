"""The service's own idea of the time, which a test can freeze or move."""

import asyncio
import time
from datetime import UTC, datetime
from email.utils import formatdate


class ServiceClock:
    """Unix seconds as the service believes them, at the pace of real time unless frozen.

    `speed` of a sandbox shortens runs, not this clock: a minute of rate limit stays a minute. What
    takes hours or days (a record's end, a file's end) is reached with `advance`.
    """

    def __init__(self, *, start: float | None = None, frozen: bool = False) -> None:
        self._offset = time.time() if start is None else start
        self._origin = time.monotonic()
        self._frozen = frozen
        self._moved = asyncio.Event()

    def now(self) -> float:
        return self._offset if self._frozen else self._offset + time.monotonic() - self._origin

    def advance(self, seconds: float) -> None:
        """Jump forward (or back, when negative) and wake every sleeper whose time has come."""
        self._offset += seconds
        self._moved.set()
        self._moved = asyncio.Event()

    async def sleep_until(self, instant: float) -> None:
        """Wait until `now()` reaches `instant`, however the clock gets there."""
        while (left := instant - self.now()) > 0:
            try:
                async with asyncio.timeout(None if self._frozen else left):
                    await self._moved.wait()
            except TimeoutError:
                continue


def iso(instant: float) -> str:
    """Write Unix seconds as `2026-08-20T12:00:00.000Z`."""
    return datetime.fromtimestamp(instant, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def http_date(instant: float) -> str:
    """Write Unix seconds as an HTTP `Date` header does (RFC 9110, section 5.6.7)."""
    return formatdate(instant, usegmt=True)
