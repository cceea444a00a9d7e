"""The gate with what it counts and remembers, opened together, and thinned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.automod.book import RuleBook
from bot.database.reading import Reader
from bot.gate.gate import Gate, GateFactsReader
from bot.gate.spend_warnings import WarningStore
from bot.gate.text_rules import ServerTexts
from bot.gate.usage import UsageStore
from bot.jobs.clock import Clock, steady_now

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds between two rounds of thinning


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeping:
    rules: Gate
    usage: UsageStore
    warnings: WarningStore
    automod: RuleBook


def gatekeeping_of(database: AsyncEngine, reader: Reader, automod: RuleBook, clock: Clock) -> Gatekeeping:
    """`reader` is for the facts that a member waits for."""
    return Gatekeeping(
        rules=Gate(GateFactsReader(reader), clock, ServerTexts(automod, clock.monotonic)),
        usage=UsageStore(database),
        warnings=WarningStore(database),
        automod=automod,
    )


class Thins(Protocol):
    async def thin(self, now: datetime) -> int:
        """Delete what is looked back at no more; return how many rows."""
        ...


async def keep_usage_thin(stores: Sequence[Thins], clock: Clock, every: float = EVERY) -> None:
    """Thin now and then, until cancelled."""
    while True:
        now = await steady_now(clock)
        if deleted := sum([await each.thin(now) for each in stores]):
            log.info("old_usage_deleted", count=deleted)
        await clock.sleep(every)
