"""What a process hears of changes to a PostgreSQL database, whoever makes them."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.changes import ChangeCounter, changes_of
from bot.database.engine import listen, open_database
from bot.database.record_tables import operator_notices
from bot.database.tables import cases, emptied_messages, reports, reviews, spending, wishes
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.saving import FORGOTTEN
from bot.jobs.tasks import keep_looking
from bot.operator.watch import _HAPPENED
from bot.records.log_channel import TOPICS
from tests.support.clock import PATIENCE, ManualClock
from tests.support.database import LIMIT
from tests.support.jobs import a_job

TABLES = {
    *(table.name for table in (cases, emptied_messages, operator_notices, reports, reviews, spending, wishes)),
    *(topic for topic in (*TOPICS, *_HAPPENED) if not isinstance(topic, State)),
}


@asynccontextmanager
async def hearing(url: str) -> AsyncGenerator[ChangeCounter]:
    """Open a database as a process that listens."""
    async with open_database(url) as engine:
        changes, listening = changes_of(engine), asyncio.create_task(listen(engine))
        try:
            await until_heard(changes)
            yield changes
        finally:
            listening.cancel()
            with suppress(asyncio.CancelledError):
                await listening
            assert changes.heard() is None


async def until_heard(changes: ChangeCounter) -> None:
    async with asyncio.timeout(PATIENCE):
        await changes.after(0)


async def change(changes: ChangeCounter, before: int | None, *topics: str) -> None:
    async with asyncio.timeout(PATIENCE):
        await changes.after(before, *topics)


async def said(database: AsyncEngine, statement: str) -> None:
    async with database.begin() as connection:
        await connection.execute(text(statement))


@pytest.mark.parametrize("table", sorted(TABLES))
async def test_every_table_that_work_waits_for_tells_of_its_changes(postgres_url: str, table: str) -> None:
    async with hearing(postgres_url) as changes, open_database(postgres_url) as another:
        before, others = changes.heard(table), changes.heard("marks")
        await said(another, f"DELETE FROM {table} WHERE false")  # noqa: S608 - a table of ours
        await change(changes, before, table)
        assert changes.heard("marks") == others


async def test_a_job_tells_of_its_state_and_whether_its_member_has_deleted_it(postgres_url: str) -> None:
    async with hearing(postgres_url) as changes, open_database(postgres_url) as another:
        store = JobStore(another)
        before = changes.heard(State.PREPARING)
        job = await store.add(a_job(State.PREPARING), daily_limit_usd=LIMIT)
        await change(changes, before, State.PREPARING)

        before = changes.heard(State.WAITING)
        forgotten = changes.heard(FORGOTTEN)
        job = await store.save(replace(job, state=State.WAITING))
        await change(changes, before, State.WAITING)
        assert changes.heard(FORGOTTEN) == forgotten

        await store.save(replace(job, forgotten=True))
        await change(changes, forgotten, FORGOTTEN)


async def test_that_a_member_was_told_is_no_news(postgres_url: str) -> None:
    async with hearing(postgres_url) as changes, open_database(postgres_url) as another:
        store = JobStore(another)
        job = await store.add(a_job(State.FAILED), daily_limit_usd=LIMIT)
        await store.owe_notice(job)
        before, last = changes.heard(State.FAILED), changes.heard("wishes")
        await change(changes, before and before - 1, State.FAILED)
        await store.notice_given(job)
        await said(another, "DELETE FROM wishes WHERE false")
        await change(changes, last, "wishes")
        told = changes.heard(State.FAILED)
        await store.owe_notice(job)
        await change(changes, told, State.FAILED)


async def test_work_looks_again_with_a_change_and_rests_without_one(postgres_url: str) -> None:
    clock, looks = ManualClock(), asyncio.Queue[None]()

    async def look() -> None:
        looks.put_nowait(None)

    async with open_database(postgres_url) as engine, open_database(postgres_url) as another:
        listening = asyncio.create_task(listen(engine))
        await until_heard(changes_of(engine))
        looking = asyncio.create_task(keep_looking(look, engine, "wishes", every=30.0, clock=clock))
        try:
            await looks.get()
            await said(another, "DELETE FROM wishes WHERE false")
            await clock.asleep()
            clock.advance(30.0)
            async with asyncio.timeout(PATIENCE):
                await looks.get()
            assert looks.empty()
        finally:
            for task in (looking, listening):
                task.cancel()
            await asyncio.gather(looking, listening, return_exceptions=True)


async def test_who_waits_goes_on_where_the_connection_breaks_off_and_nothing_is_heard_from_then_on(
    postgres_url: str,
) -> None:
    async with open_database(postgres_url) as engine, open_database(postgres_url) as another:
        changes, listening = changes_of(engine), asyncio.create_task(listen(engine))
        await until_heard(changes)
        waiting = asyncio.create_task(change(changes, changes.heard("wishes"), "wishes"))
        await asyncio.sleep(0)
        async with another.connect() as connection:
            await connection.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE query LIKE 'LISTEN%' AND datname = current_database()"
                )
            )
        await waiting
        await listening  # it ends, and is started again by what keeps it going
        assert changes.heard("wishes") is None
