"""The gate with what it counts and remembers, opened together."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.automod.book import RuleBook
from bot.database.reading import Reader
from bot.gate.gate import Gate, GateFactsReader
from bot.gate.spend_warnings import WarningStore
from bot.gate.text_rules import ServerTexts
from bot.gate.usage import UsageStore
from bot.jobs.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Gatekeeping:
    rules: Gate
    usage: UsageStore
    warnings: WarningStore
    automod: RuleBook


def gatekeeping_of(database: AsyncEngine, reader: Reader, automod: RuleBook, clock: Clock) -> Gatekeeping:
    """`reader` is for the facts that a member waits for."""
    return Gatekeeping(
        rules=Gate(GateFactsReader(reader), clock, ServerTexts(automod)),
        usage=UsageStore(database),
        warnings=WarningStore(database),
        automod=automod,
    )
