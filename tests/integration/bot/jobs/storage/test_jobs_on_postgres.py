"""Jobs in PostgreSQL: the same values as in SQLite, and sums that hold with several processes at once."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.database.record_tables import metadata
from bot.jobs.errors import EqualBodyInDoubt, NoFreePlace, SpendLimitReached, StaleJob
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import IN_FLIGHT, State
from bot.jobs.storage.jobs import JobStore
from tests.support.jobs import NOON, PRICE, a_job, a_request

PROCESSES = 4
PLENTY = Decimal(1_000)


@asynccontextmanager
async def opened_together(url: str) -> AsyncGenerator[list[AsyncEngine]]:
    """Open the same database as several processes do that start together: each with connections of its own."""
    async with AsyncExitStack() as stack:
        yield list(await asyncio.gather(*(stack.enter_async_context(open_database(url)) for _ in range(PROCESSES))))


@pytest.fixture
async def engines(postgres_url: str) -> AsyncGenerator[list[AsyncEngine]]:
    async with opened_together(postgres_url) as opened:
        yield opened


@pytest.fixture
async def first_engines(unmade_postgres_url: str) -> AsyncGenerator[list[AsyncEngine]]:
    async with opened_together(unmade_postgres_url) as opened:
        yield opened


@pytest.fixture
def stores(engines: list[AsyncEngine]) -> list[JobStore]:
    return [JobStore(engine) for engine in engines]


async def add(store: JobStore, job: Job) -> Job:
    return await store.add(job, daily_limit_usd=PLENTY)


def intent(job: Job, *, prompt: str) -> Job:
    return job.move(State.SUBMITTING, NOON, body={"prompt": prompt}, submitted_at=NOON, submit_attempts=1)


async def outcomes(*work: Awaitable[object]) -> list[object]:
    return await asyncio.gather(*work, return_exceptions=True)


def count_of(kind: type[object], results: list[object]) -> int:
    return sum(isinstance(result, kind) for result in results)


async def test_a_job_comes_back_as_it_was_saved(stores: list[JobStore]) -> None:
    added = await add(stores[0], a_job(State.PREPARING, request=a_request(prompt="Füchse 🦊 \"' %s")))
    full = added.evolve(
        driver="7f",
        cost_usd=Decimal("1.349999"),
        card_message_id=2**63 - 1,
        body={"prompt": "a\0b", "image_urls": ["https://cdn.example/1.png"]},
        submitted_at=datetime(2026, 3, 1, 12, 0, 0, 123_456, tzinfo=UTC),
        request_id="r" * 200,
        completed_at=NOON + timedelta(minutes=4),
        problem=Problem(code=ProblemCode.IMAGE, detail="bro\0ken", image=2),
        cancel_requested=True,
    )
    saved = await stores[0].save(full)
    assert saved == replace(full, version=2, ledger_usd=Decimal("1.349999"))
    assert await stores[1].get(full.id) == saved


async def test_a_nul_in_a_prompt_which_postgresql_cannot_keep_does_not_lose_the_job(stores: list[JobStore]) -> None:
    job = await add(stores[0], a_job(request=a_request(prompt="a \0 fox")))
    kept = await stores[0].get(job.id)
    assert kept is not None
    assert kept.request.prompt == "a \N{REPLACEMENT CHARACTER} fox"


async def test_the_migrations_make_what_the_tables_say(first_engines: list[AsyncEngine]) -> None:
    def differences(connection: Connection) -> list[object]:
        ours = MigrationContext.configure(
            connection, opts={"include_name": lambda name, kind, _parent: kind != "table" or name in metadata.tables}
        )
        return compare_metadata(ours, metadata)

    async with first_engines[0].connect() as connection:
        assert await connection.run_sync(differences) == []
        tables = await connection.run_sync(lambda each: inspect(each).get_table_names())
        assert {"jobs", "spending", "request_budget", "procrastinate_jobs"} <= set(tables)


async def test_processes_that_start_together_leave_one_schema(first_engines: list[AsyncEngine]) -> None:
    for engine in first_engines:
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM alembic_version"))).scalar_one() == 1


async def test_the_days_limit_holds_with_several_processes_at_once(stores: list[JobStore]) -> None:
    limit = PRICE * 5
    results = await outcomes(*((stores[n % PROCESSES].add(a_job(), daily_limit_usd=limit)) for n in range(24)))
    assert count_of(Job, results) == 5
    assert count_of(SpendLimitReached, results) == 19
    assert await stores[0].spent(NOON.date()) == limit


async def test_no_more_jobs_than_places_are_submitted_by_several_processes_at_once(stores: list[JobStore]) -> None:
    waiting = [await add(stores[0], a_job(State.WAITING)) for _ in range(16)]
    results = await outcomes(
        *(
            (stores[n % PROCESSES].save_submitting(intent(job, prompt=f"fox {n}"), places=3))
            for n, job in enumerate(waiting)
        )
    )
    assert count_of(NoFreePlace, results) == 13
    assert len(await stores[0].in_states(IN_FLIGHT)) == 3


async def test_of_equal_bodies_one_is_in_doubt_at_a_time_whichever_process_submits(stores: list[JobStore]) -> None:
    waiting = [await add(stores[0], a_job(State.WAITING)) for _ in range(8)]
    results = await outcomes(
        *(
            (stores[n % PROCESSES].save_submitting(intent(job, prompt="a fox"), places=100))
            for n, job in enumerate(waiting)
        )
    )
    assert count_of(Job, results) == 1
    assert count_of(EqualBodyInDoubt, results) == 7


async def test_of_saves_of_one_version_one_counts(stores: list[JobStore]) -> None:
    job = await add(stores[0], a_job(State.PREPARING))
    moves = [job.move(State.WAITING, NOON), job.move(State.CANCELLED, NOON)] * 4
    results = await outcomes(*((stores[n % 4].save(move)) for n, move in enumerate(moves)))
    assert count_of(Job, results) == 1
    assert count_of(StaleJob, results) == 7
    kept = await stores[0].get(job.id)
    assert kept in results
    assert await stores[0].spent(NOON.date()) == (PRICE if kept and kept.state is State.WAITING else 0)
