"""Time, as everything that waits or remembers sees it."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    def now(self) -> datetime:
        """Tell the time of day in UTC: for what is saved and shown. It may jump."""
        ...

    def monotonic(self) -> float:
        """Tell seconds that only ever go forward: for what is waited and measured."""
        ...

    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
