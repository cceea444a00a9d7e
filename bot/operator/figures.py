"""Figures of all servers and of each, and when the operator's own spending limit is near."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import spending, usage
from bot.database.types import Usd
from bot.gate.spend_warnings import NEAR
from bot.jobs.model import NOTHING
from bot.jobs.pacing.one_request import OneRequest
from bot.operator.notices import NoticeKind, OperatorNotice

_OF_DAY: Final = (NoticeKind.DAY_NEAR, NoticeKind.DAY_SPENT)
_OF_MONTH: Final = (NoticeKind.MONTH_NEAR, NoticeKind.MONTH_SPENT)
SPENDING: Final = (*_OF_DAY, *_OF_MONTH)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """US dollars, reserved and charged."""

    today: Decimal  # UTC
    this_month: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerUse:
    """What a server has requested in this UTC month."""

    guild_id: int
    videos: int
    usd: Decimal


class OperatorFigures:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def spent(self, today: date) -> Spent:
        of_month = (spending.c.day >= today.replace(day=1), spending.c.day < _next_month(today))
        async with self._engine.connect() as connection:
            rows = (await connection.execute(select(spending.c.day, spending.c.usd).where(*of_month))).all()
        of_day = {row.day: row.usd for row in rows}
        return Spent(today=of_day.get(today, NOTHING), this_month=sum(of_day.values(), NOTHING))

    async def one_request(self) -> bool | None:
        """Return whether a poll also brings the result; None where that isn't known yet."""
        return await OneRequest(self._engine).read()

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """What the whole bot may spend, in US dollars; `cheapest_usd` is the price of the shortest video on offer."""

    per_day_usd: Decimal
    per_month_usd: Decimal | None
    cheapest_usd: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendingNotice:
    kind: NoticeKind
    about: str  # the period, and the cap in it: one that is raised is told of again
    detail: str  # the cap, in dollars


def is_past(notice: OperatorNotice, today: date) -> bool:
    """Return whether the period that a notice of spending is about has ended."""
    return notice.about.partition("/")[0] not in {_day(today), _month(today)}


def spending_notices(
    spent: Spent, caps: Caps, today: date, known: Sequence[OperatorNotice]
) -> Iterator[SpendingNotice]:
    """Find what is to be told of this UTC day and month.

    A cap is reached where not even the cheapest video fits. That it is near is no news once it was reached: of `known`.
    """
    periods = (
        (_OF_DAY, _day(today), caps.per_day_usd, spent.today),
        (_OF_MONTH, _month(today), caps.per_month_usd, spent.this_month),
    )
    told = {(notice.kind, notice.about) for notice in known}
    for (near, reached), period, cap, usd in periods:
        if not cap or not usd:
            continue
        about, detail = f"{period}/{cap}", f"{cap:.2f}"
        if usd + caps.cheapest_usd > cap:
            yield SpendingNotice(kind=reached, about=about, detail=detail)
        elif usd * 100 >= cap * NEAR and (reached, about) not in told:
            yield SpendingNotice(kind=near, about=about, detail=detail)


def _day(day: date) -> str:
    return f"{day:%Y-%m-%d}"


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
