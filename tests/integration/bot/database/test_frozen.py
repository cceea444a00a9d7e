"""A process that stands still, wherever that is, does not hold up the others for long."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import column, func, make_url, table, text, update
from sqlalchemy.exc import DBAPIError

from bot.database import engine as engine_module
from bot.database import locks
from bot.database.engine import open_database, postgresql_options
from bot.database.locks import Lock, exclusive
from bot.database.tables import jobs
from bot.jobs.driving.work_queue import STALLED_AFTER, open_work_queue
from bot.jobs.errors import NoFreePlace
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.clock import PATIENCE
from tests.support.database import LIMIT
from tests.support.jobs import NOON, a_job

SOON = 100  # milliseconds
IDLE = "idle_in_transaction_session_timeout"


async def test_the_locks_of_a_process_that_froze_in_a_transaction_come_free(postgres_url: str) -> None:
    async with (
        open_database(postgres_url) as awake,
        open_database(postgres_url, migrate=False) as frozen,
        asyncio.timeout(PATIENCE),
    ):
        holding = await frozen.connect()
        setting = await holding.scalar(text("SELECT setting FROM pg_settings WHERE name = :name"), {"name": IDLE})
        assert int(setting) == engine_module.IDLE_TIMEOUT
        await exclusive(holding, Lock.SUBMITTING)
        # Sooner, and only now: on a busy machine the statements above may be far from one another.
        await holding.execute(text(f"SET {IDLE} = {SOON}"))  # and from here on nothing more is heard of it
        async with awake.begin() as connection:
            await exclusive(connection, Lock.SUBMITTING)
        with pytest.raises(DBAPIError):
            await holding.execute(text("SELECT 1"))  # it wakes up, and what it began is undone
        await holding.invalidate()
        await holding.close()


async def test_whoever_waits_to_submit_leaves_the_line_soon_and_the_job_waits_on(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "_PATIENCE", {**locks._PATIENCE, Lock.SUBMITTING: {"lock_timeout": SOON}})
    async with open_database(postgres_url) as there, open_database(postgres_url) as here, asyncio.timeout(PATIENCE):
        store = JobStore(here)
        waiting = await store.add(a_job(State.WAITING), daily_limit_usd=LIMIT)
        intent = waiting.move(State.SUBMITTING, NOON, body={"prompt": "a fox"}, submitted_at=NOON)
        async with there.begin() as holding:
            await exclusive(holding, Lock.SUBMITTING)
            with pytest.raises(NoFreePlace):
                await store.save_submitting(intent, places=1)
        assert (await store.save_submitting(intent, places=1)).state is State.SUBMITTING


async def test_a_lock_that_a_statement_of_a_frozen_process_waits_for_is_not_given_to_it_long_after(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_database(postgres_url) as there:
        monkeypatch.setattr(engine_module, "LOCK_TIMEOUT", SOON)
        async with open_database(postgres_url, migrate=False) as here, asyncio.timeout(PATIENCE):
            job = await JobStore(there).add(a_job(State.WAITING), daily_limit_usd=LIMIT)
            async with there.begin() as holding:
                await holding.execute(update(jobs).where(jobs.c.id == job.id).values(driver="there"))
                with pytest.raises(DBAPIError, match="lock timeout"):
                    await JobStore(here).take(job.id, "here")


async def test_a_row_that_a_worker_took_before_it_froze_can_be_given_to_others(postgres_url: str) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        open_database(postgres_url) as database,
        open_work_queue(postgres_url, database) as frozen,
        open_work_queue(postgres_url, database) as awake,
    ):
        job = await JobStore(database, enlist=awake.enlist).add(a_job(State.ACCEPTED), daily_limit_usd=LIMIT)
        await awake.enlist_now([job.id])
        worker = await frozen._app.job_manager.register_worker()
        async with frozen._app.connector.pool.connection() as session:  # pyright: ignore[reportAttributeAccessIssue]
            await session.execute("SELECT procrastinate_fetch_job_v2(NULL, %s)", [worker])
            # Here it stands still, and never comes to end what procrastinate takes for a transaction.
            async with database.begin() as connection:
                silent = update(table("procrastinate_workers", column("last_heartbeat")))
                await connection.execute(silent.values(last_heartbeat=func.now() - timedelta(hours=1)))
            assert await awake.requeue_stalled() == [job.id]
            assert await awake._app.job_manager.prune_stalled_workers(STALLED_AFTER) == [worker]


def test_what_the_operators_own_address_sets_for_its_sessions_stays() -> None:
    options = postgresql_options(make_url("postgresql://host/db?options=-csearch_path%3Dreelcast"))["options"]
    assert options.endswith(" -csearch_path=reelcast")
