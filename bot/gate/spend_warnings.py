"""When a server's moderators are told that a spending cap is near or reached: once a period for each."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import spend_warnings
from bot.gate.denial import Denial
from bot.gate.limits import SERVER_CAPS, Limit
from bot.gate.usage import KEPT, Reservation

NEAR: Final = 80  # percent of a cap
REACHED: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendWarning:
    guild_id: int
    limit: Limit  # which cap
    day: date  # UTC, in the period that it is about
    percent: int  # NEAR or REACHED
    spent_usd: Decimal | None  # None where only a request was refused
    cap_usd: Decimal

    @property
    def period(self) -> str:
        return f"{self.day:%Y-%m-%d}" if self.limit is Limit.SERVER_SPEND_PER_DAY else f"{self.day:%Y-%m}"


def warnings_of(reservation: Reservation, *, guild_id: int, day: date) -> Iterator[SpendWarning]:
    """Find what is to be told after a job was reserved."""
    caps = (
        (Limit.SERVER_SPEND_PER_DAY, reservation.terms.server_usd_per_day, reservation.spent_today),
        (Limit.SERVER_SPEND_PER_MONTH, reservation.terms.server_usd_per_month, reservation.spent_this_month),
    )
    for limit, cap, spent in caps:
        if cap and spent * 100 >= cap * NEAR:
            percent = REACHED if spent >= cap else NEAR
            yield SpendWarning(guild_id=guild_id, limit=limit, day=day, percent=percent, spent_usd=spent, cap_usd=cap)


def warning_of(denial: Denial, *, guild_id: int, day: date) -> SpendWarning | None:
    """Find what is to be told after a request was denied: a cap with too little room is reached."""
    limit = denial.limit
    if limit is None or limit not in SERVER_CAPS or denial.again_at is None:
        return None
    cap = Decimal(denial.figure or 0)
    return SpendWarning(guild_id=guild_id, limit=limit, day=day, percent=REACHED, spent_usd=None, cap_usd=cap)


class WarningStore:
    """Remembers what was told, so that each word is said once, whichever process has it to say."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def is_first(self, warning: SpendWarning, now: datetime) -> bool:
        """Note a warning; return whether it is to be said: not where it, or more, was said of the same cap before."""
        percents = (NEAR, REACHED) if warning.percent == REACHED else (NEAR,)
        noted: int | None = None
        async with self._engine.begin() as connection:
            for percent in percents:
                row = {
                    "guild_id": warning.guild_id,
                    "period": warning.period,
                    "percent": percent,
                    "cap_usd": warning.cap_usd,
                    "told_at": now,
                }
                insert = insert_if_absent(connection, spend_warnings, row).returning(spend_warnings.c.percent)
                noted = await connection.scalar(insert)
        return noted == warning.percent

    async def thin(self, now: datetime) -> int:
        """Delete what is about periods long over; return how many rows."""
        async with self._engine.begin() as connection:
            old = delete(spend_warnings).where(spend_warnings.c.told_at < now - KEPT)
            return (await connection.execute(old)).rowcount
