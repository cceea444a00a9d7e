"""Time, as everything that waits or remembers sees it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Final, Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Tell the time of day in UTC: for what is saved and shown. It may jump."""
        ...

    def monotonic(self) -> float:
        """Tell seconds that only ever go forward: for what is waited and measured."""
        ...

    async def sleep(self, seconds: float) -> None: ...


# What Linux calls monotonic stands still while the machine sleeps: a step that may be late by seconds would be taken
# hours late.
_COUNTS_SLEEP: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)


def monotonic() -> float:
    """Tell seconds that go forward while the machine sleeps, too, where its system can tell them."""
    return time.monotonic() if _COUNTS_SLEEP is None else time.clock_gettime(_COUNTS_SLEEP)


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
