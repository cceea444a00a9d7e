"""What requests take of limits in one database, as one of several processes sees it."""

import asyncio
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import usage
from bot.gate.counting import Used
from bot.gate.limits import Terms
from bot.gate.usage import LimitReached, Rebooking, Reservation, UsageStore
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import SpendLimits
from bot.settings.model import Limits
from tests.support.database import LIMIT
from tests.support.jobs import NOON, a_job, a_request

PROCESSES = 3
GUILD, CHANNEL, MEMBER = 10, 20, 30  # those of `a_request`
CAPPED = Terms(server_usd_per_day=Decimal(100), server_usd_per_month=Decimal(100))
ALL = Terms(
    channel_id=CHANNEL,
    member=Limits(per_day=9, per_week=9, per_month=9, at_once=9, seconds_per_day=90),
    server_usd_per_day=Decimal(100),
    server_usd_per_month=Decimal(100),
)
LIMITS = SpendLimits(per_day=LIMIT)
LATER = NOON + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One process's view of the database."""

    engine: AsyncEngine

    @property
    def jobs(self) -> JobStore:
        return JobStore(self.engine)

    @property
    def usage(self) -> UsageStore:
        return UsageStore(self.engine)

    async def reserve(self, terms: Terms, job: Job | None = None) -> Job:
        return await self.jobs.add(job or a_job(), daily_limit_usd=LIMIT, reserve=Reservation(terms=terms))

    async def hold(self, job: Job, terms: Terms = CAPPED) -> Job:
        """Have a job wait for a moderator, reserved as of when it was asked for."""
        return await self.reserve(terms, replace(job, state=State.HELD))

    async def approve(
        self, held: Job, terms: Terms = CAPPED, limits: SpendLimits = LIMITS, at: datetime = LATER
    ) -> Job:
        """Let a held job go on, on a later day than it was asked for."""
        approved = held.move(State.PREPARING, at, approved=True)
        return await self.jobs.save_on(at.date(), approved, limits=limits, reserve=Rebooking(terms=terms))

    async def spent(self, *moments: datetime) -> list[Decimal]:
        return [await self.jobs.spent(moment.date()) for moment in moments]

    async def used(self, now: datetime = NOON, *, terms: Terms = ALL, member_id: int = MEMBER) -> Used:
        return await self.usage.read(terms, guild_id=GUILD, member_id=member_id, now=now)

    async def videos(self, now: datetime = NOON) -> int:
        return len((await self.used(now)).uses)

    async def rows(self) -> int:
        async with self.engine.connect() as connection:
            return await connection.scalar(select(func.count()).select_from(usage)) or 0


async def outcomes(*work: Awaitable[object]) -> tuple[int, int]:
    """Do everything at once; return how much of it went well, and how much found no room."""
    results = await asyncio.gather(*work, return_exceptions=True)
    refused = [each for each in results if isinstance(each, LimitReached | SpendLimitReached)]
    assert [each for each in results if isinstance(each, BaseException) and each not in refused] == []
    return len(results) - len(refused), len(refused)


def somebodys(number: int, *, at: datetime = NOON) -> Job:
    """Make a request of one of many members."""
    return a_job(request=a_request(member_id=1_000 + number), at=at)
