"""What members and servers have used of their limits: a ledger, read and reserved atomically."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import structlog
from sqlalchemy import case, delete, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import transaction
from bot.database.tables import jobs, usage
from bot.database.types import Usd
from bot.gate.counting import WINDOWS, Use, Used, find_full, window_limits
from bot.gate.denial import Denial
from bot.gate.limits import Terms
from bot.jobs.model import NOTHING, Job
from bot.jobs.states import UNFINISHED

log = structlog.get_logger(__name__)

KEPT: Final = timedelta(days=62)  # longer than any window, and than a month of spending


class LimitReached(Exception):
    """A request found no room under a limit; `denial` says which, and when there will be."""

    def __init__(self, denial: Denial) -> None:
        super().__init__(denial.limit)
        self.denial = denial


@dataclass(slots=True, kw_only=True)
class Reservation:
    """What a new job takes, to be compared and noted in the transaction that saves it: a `Reserve` of the job store."""

    terms: Terms
    spent_today: Decimal = NOTHING  # by the server, with this job; known once it is reserved, if there is a cap
    spent_this_month: Decimal = NOTHING

    async def __call__(self, connection: AsyncConnection, job: Job) -> None:
        """Raise `LimitReached` where there is no room."""
        await self._compare(connection, job, job.created_at)
        await connection.execute(usage.insert().values(_row(job, self.terms)))

    async def _compare(self, connection: AsyncConnection, job: Job, now: datetime) -> None:
        request = job.request
        used = await _read(connection, self.terms, request.guild_id, request.member_id, now, job.spend_day)
        denial = find_full(self.terms, used, seconds=request.duration, price_usd=job.reserved_usd, now=now)
        if denial is not None:
            raise LimitReached(denial)
        self.spent_today = used.server_usd_today + job.reserved_usd
        self.spent_this_month = used.server_usd_this_month + job.reserved_usd


@dataclass(slots=True, kw_only=True)
class Rebooking(Reservation):
    """The usage of a job that continues, with its last move, on a later UTC day than that of its request.

    That is money alone: `terms` limit nothing else. How many videos there are is counted from when they were requested.
    """

    async def __call__(self, connection: AsyncConnection, job: Job) -> None:
        """Raise `LimitReached` where there is no room."""
        mine = update(usage).where(usage.c.job_id == job.id)
        # Not to be compared with itself.
        await connection.execute(mine.values(spend_day=job.spend_day, usd=NOTHING))
        await self._compare(connection, job, job.state_since)
        await connection.execute(mine.values(usd=job.reserved_usd))


class UsageStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(
        self, terms: Terms, *, guild_id: int, member_id: int, now: datetime, back: timedelta = timedelta(0)
    ) -> Used:
        """Read what is used of everything that `terms` limit, and the member's uses at least so far `back`."""
        async with self._engine.connect() as connection:
            return await _read(connection, terms, guild_id, member_id, now, now.date(), back)

    async def give_back(self, job_id: int, *, within: AsyncConnection | None = None) -> bool:
        """Let a video no longer count for its member; money stays as it is. Return whether it did count.

        Not undone by what still becomes of the job. Part of a transaction if one is given.
        """
        counted = (usage.c.job_id == job_id, usage.c.counts > 0, usage.c.given_back == 0)
        async with transaction(self._engine, within) as connection:
            given = await connection.execute(update(usage).where(*counted).values(given_back=1))
        return given.rowcount > 0

    async def thin(self, now: datetime) -> int:
        """Delete what no limit looks back at any more; return how many rows."""
        async with self._engine.begin() as connection:
            return (await connection.execute(delete(usage).where(usage.c.asked_at < now - KEPT))).rowcount


def _row(job: Job, terms: Terms) -> dict[str, object]:
    request = job.request
    return {
        "job_id": job.id,
        "guild_id": request.guild_id,
        "channel_id": terms.channel_id or request.channel_id,
        "member_id": request.member_id,
        "asked_at": job.created_at,
        "spend_day": job.spend_day,
        "seconds": request.duration,
        "usd": job.reserved_usd,
        "counts": 1,
    }


async def _read(
    connection: AsyncConnection,
    terms: Terms,
    guild_id: int,
    member_id: int,
    now: datetime,
    today: date,
    back: timedelta = timedelta(0),
) -> Used:
    at_once, server_at_once = await _read_places(connection, terms, guild_id, member_id)
    spent_today, spent_this_month = await _read_spending(connection, terms, guild_id, today)
    # No further back than the limits look.
    back = max([back, *(WINDOWS[limit] for limit in window_limits(terms))])
    return Used(
        uses=await _read_uses(connection, guild_id, member_id, now - back) if back else (),
        at_once=at_once,
        server_at_once=server_at_once,
        server_usd_today=spent_today,
        server_usd_this_month=spent_this_month,
    )


async def _read_uses(connection: AsyncConnection, guild_id: int, member_id: int, since: datetime) -> Sequence[Use]:
    query = (
        select(usage.c.asked_at, usage.c.channel_id, usage.c.seconds)
        .where(
            usage.c.guild_id == guild_id,
            usage.c.member_id == member_id,
            usage.c.asked_at > since,
            usage.c.counts > 0,
            usage.c.given_back == 0,
        )
        .order_by(usage.c.asked_at.desc())
    )
    rows = await connection.execute(query)
    return [Use(asked_at=row.asked_at, channel_id=row.channel_id, seconds=row.seconds) for row in rows]


async def _read_places(connection: AsyncConnection, terms: Terms, guild_id: int, member_id: int) -> tuple[int, int]:
    if terms.member.at_once is None and terms.server_at_once is None:
        return 0, 0
    own = func.sum(case((jobs.c.member_id == member_id, 1), else_=0))
    query = select(own, func.count()).where(jobs.c.state.in_(list(UNFINISHED)), jobs.c.guild_id == guild_id)
    row = (await connection.execute(query)).one()
    return row[0] or 0, row[1]


async def _read_spending(
    connection: AsyncConnection, terms: Terms, guild_id: int, today: date
) -> tuple[Decimal, Decimal]:
    if terms.server_usd_per_day is None and terms.server_usd_per_month is None:
        return NOTHING, NOTHING
    first = today.replace(day=1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    of_today = case((usage.c.spend_day == today, usage.c.usd), else_=literal(NOTHING, Usd))
    query = select(func.sum(of_today, type_=Usd), func.sum(usage.c.usd, type_=Usd)).where(
        usage.c.guild_id == guild_id, usage.c.spend_day >= first, usage.c.spend_day < next_first
    )
    row = (await connection.execute(query)).one()
    return row[0] or NOTHING, row[1] or NOTHING
