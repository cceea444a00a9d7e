"""Money and limits, in the transactions that save jobs: what a job takes is reserved with it and settled with it.

The order of locks is the same everywhere: who reserves goes first through one gate (`Lock.RESERVING`), then takes the
day's row; who settles has its own job's row, then takes the day's row, then its job's row of `usage`. Of several days
the earlier goes first.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.statements import insert_if_absent
from bot.database.tables import spending, usage
from bot.database.types import Usd
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import NOTHING, Job
from bot.jobs.states import ENDED_UNCHARGED

# Compares a job with the limits that count for it, and notes what it takes; whatever it raises saves nothing.
Reserve = Callable[[AsyncConnection, Job], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpendLimits:
    """What the whole bot may spend, in US dollars; None is no limit."""

    per_day: Decimal  # UTC
    per_month: Decimal | None = None


UNLIMITED: Final = SpendLimits(per_day=Decimal(10**9))


async def move(
    connection: AsyncConnection, saved: Job, former_day: date, limits: SpendLimits, others: Reserve | None
) -> None:
    """Take a job's price from the spending of its day, as it is saved now, and give it back to its former day's.

    Who does so goes through the gate before the job is saved, and takes the earlier day's row first, as who settles
    several jobs does. Raises as `take` does.
    """
    price = literal(saved.reserved_usd, Usd)
    former = spending.c.day == former_day
    await connection.execute(update(spending).where(former).values(usd=spending.c.usd - price))
    await take(connection, saved, limits, others)


async def take(connection: AsyncConnection, job: Job, limits: SpendLimits, others: Reserve | None) -> None:
    """Take a job's price from the day's spending, after `others` have found room for it.

    Who does so has gone through the gate. Raises `SpendLimitReached`, and what `others` raises.
    """
    if others is not None:
        await others(connection, job)
    price = literal(job.reserved_usd, Usd)
    room = spending.c.usd + price <= literal(limits.per_day, Usd)
    today = spending.c.day == job.spend_day
    more = update(spending).where(today, room).values(usd=spending.c.usd + price)
    if (await connection.execute(more)).rowcount == 0:  # no room, or the first of the day
        await connection.execute(insert_if_absent(connection, spending, {"day": job.spend_day, "usd": NOTHING}))
        if (await connection.execute(more)).rowcount == 0:
            raise SpendLimitReached
    if limits.per_month is not None and await _spent_in_month(connection, job) > limits.per_month:
        raise SpendLimitReached(whole_month=True)


async def _spent_in_month(connection: AsyncConnection, job: Job) -> Decimal:
    first = job.spend_day.replace(day=1)
    next_first = (first + timedelta(days=31)).replace(day=1)
    query = select(func.sum(spending.c.usd, type_=Usd)).where(spending.c.day >= first, spending.c.day < next_first)
    return await connection.scalar(query) or NOTHING


async def settle(connection: AsyncConnection, saved: Job, change: Decimal) -> None:
    """Set right what a job has taken, `change` dollars more than before, now that it is saved."""
    if change:
        today = spending.c.day == saved.spend_day
        more = literal(change, Usd)
        await connection.execute(update(spending).where(today).values(usd=spending.c.usd + more))
    if change or saved.state in ENDED_UNCHARGED:
        mine = usage.c.job_id == saved.id
        values = {"usd": saved.ledger_usd, "counts": int(saved.counts)}
        await connection.execute(update(usage).where(mine).values(values))
