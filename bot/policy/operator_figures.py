"""What whoever runs the bot wants to know of all servers together, and of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import spending, usage
from bot.database.types import Usd
from bot.jobs.model import NOTHING


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """US dollars, reserved and charged."""

    today: Decimal  # UTC
    this_month: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUse:
    """What a server has asked for in this UTC month."""

    guild_id: int
    videos: int
    usd: Decimal


class OperatorFigures:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def spent(self, today: date) -> Spent:
        total = func.sum(spending.c.usd, type_=Usd)
        month = select(total).where(spending.c.day >= today.replace(day=1), spending.c.day < _next_month(today))
        async with self._engine.connect() as connection:
            of_month = await connection.scalar(month)
            of_today = await connection.scalar(select(total).where(spending.c.day == today))
        return Spent(today=of_today or NOTHING, this_month=of_month or NOTHING)

    async def servers(self, today: date, *, first: int, at_most: int) -> tuple[Sequence[ServerUse], int]:
        """Read which servers spent in this month, the most first; and tell how many did."""
        usd, videos = func.sum(usage.c.usd, type_=Usd), func.sum(usage.c.counts)
        of_month = (usage.c.spend_day >= today.replace(day=1), usage.c.spend_day < _next_month(today))
        query = (
            select(usage.c.guild_id, usd.label("usd"), videos.label("videos"))
            .where(*of_month)
            .group_by(usage.c.guild_id)
            .order_by(usd.desc(), usage.c.guild_id)
        )
        several = select(func.count(usage.c.guild_id.distinct())).where(*of_month)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.offset(first).limit(at_most))).all()
            count = await connection.scalar(several)
        found = [ServerUse(guild_id=row.guild_id, videos=int(row.videos), usd=row.usd or NOTHING) for row in rows]
        return found, count or 0


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)
