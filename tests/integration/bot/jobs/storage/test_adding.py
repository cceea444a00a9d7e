"""Jobs that come at once: one transaction and one wait for the disk for all, and each as if it came alone."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace

import pytest
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.engine import open_database
from bot.gate.limits import Terms
from bot.gate.usage import LimitReached, Reservation
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job
from bot.jobs.storage.adding import MOST_AT_ONCE
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import Reserve
from bot.settings.model import Limits
from tests.support.database import LIMIT
from tests.support.jobs import NOON, PRICE, a_job

NO_MORE = Reservation(terms=Terms(member=Limits(per_day=0)))


@pytest.fixture
async def engine(database_url: str) -> AsyncIterator[AsyncEngine]:
    async with open_database(database_url) as opened:
        yield opened


def commits(engine: AsyncEngine) -> list[object]:
    """Return what grows with each commit from now on."""
    seen: list[object] = []
    event.listen(engine.sync_engine, "commit", seen.append)
    return seen


async def add(store: JobStore, jobs: Sequence[Job], reserves: Sequence[Reserve | None]) -> list[Job | BaseException]:
    adding = (
        store.add(job, daily_limit_usd=LIMIT, reserve=reserve) for job, reserve in zip(jobs, reserves, strict=True)
    )
    return await asyncio.gather(*adding, return_exceptions=True)


async def test_jobs_that_come_at_once_are_saved_in_few_transactions(engine: AsyncEngine) -> None:
    store, jobs, seen = JobStore(engine), [a_job() for _ in range(2 * MOST_AT_ONCE)], commits(engine)
    saved = await add(store, jobs, [None] * len(jobs))
    assert [await store.get(job.id) for job in jobs] == saved
    assert len(seen) == 3  # the first one alone, which found no one else
    assert await store.spent(NOON.date()) == len(jobs) * PRICE


async def test_what_finds_no_room_takes_nothing_from_those_beside_it(engine: AsyncEngine) -> None:
    store, jobs = JobStore(engine), [a_job() for _ in range(6)]
    jobs[4] = replace(jobs[4], id=jobs[3].id)  # there is one of that interaction already
    poor = replace(jobs[5], reserved_usd=LIMIT + 1)
    outcomes = await add(store, [*jobs[:5], poor], [None, NO_MORE, None, None, None, None])
    assert [type(each) for each in outcomes] == [Job, LimitReached, Job, Job, IntegrityError, SpendLimitReached]
    assert await store.get(jobs[1].id) is None
    assert await store.get(poor.id) is None
    assert await store.spent(NOON.date()) == 3 * PRICE


async def test_where_nothing_can_be_committed_each_hears_of_it_and_the_next_is_saved(engine: AsyncEngine) -> None:
    store, jobs = JobStore(engine), [a_job() for _ in range(4)]

    async def lose(connection: AsyncConnection, _job: Job) -> None:
        await connection.run_sync(lambda sync: event.listen(sync, "commit", broken, once=True))

    def broken(_connection: object) -> None:
        raise OperationalError("COMMIT", None, OSError("gone"))

    outcomes = await add(store, jobs, [None, None, lose, None])
    assert [type(each) for each in outcomes] == [Job, *[OperationalError] * 3]
    [later] = await add(store, [a_job()], [None])
    assert isinstance(later, Job)
    assert await store.spent(NOON.date()) == 2 * PRICE
