"""What was used of limits, told of spending, or asked for and never gone on with is forgotten when its time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds


class Clock(Protocol):
    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...


class Thins(Protocol):
    async def thin(self, now: datetime) -> int:
        """Delete what is looked back at no more; return how many rows."""
        ...


async def keep_usage_thin(stores: Sequence[Thins], clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        now = clock.now()
        if deleted := sum([await each.thin(now) for each in stores]):
            log.info("old_usage_deleted", count=deleted)
        await clock.sleep(EVERY)
