"""What was used of limits is forgotten when no limit looks back at it any more."""

from datetime import datetime
from typing import Final, Protocol

import structlog

from bot.policy.spend_warnings import WarningStore
from bot.policy.usage import UsageStore

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds


class Clock(Protocol):
    def now(self) -> datetime: ...

    async def sleep(self, seconds: float) -> None: ...


async def keep_usage_thin(usage: UsageStore, warnings: WarningStore, clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        now = clock.now()
        await warnings.thin(now)
        deleted = await usage.thin(now)
        if deleted:
            log.info("old_usage_deleted", count=deleted)
        await clock.sleep(EVERY)
