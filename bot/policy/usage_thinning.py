"""What was used of limits, told of spending, or asked for and never gone on with is forgotten when its time is over."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import structlog

from bot.jobs.clock import Clock, steady_now

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds


class Thins(Protocol):
    async def thin(self, now: datetime) -> int:
        """Delete what is looked back at no more; return how many rows."""
        ...


async def keep_usage_thin(stores: Sequence[Thins], clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        now = await steady_now(clock)
        if deleted := sum([await each.thin(now) for each in stores]):
            log.info("old_usage_deleted", count=deleted)
        await clock.sleep(EVERY)
