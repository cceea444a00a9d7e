"""A PostgreSQL that is away is told from a fault of the code, and every job goes on when it is back."""

import asyncio
from dataclasses import replace

import pytest
import structlog.testing
from sqlalchemy import text, update
from sqlalchemy.exc import DBAPIError

from bot.database import engine as engine_module
from bot.database.engine import create_engine, open_database, open_watched
from bot.database.outages import is_away, words
from bot.database.tables import jobs
from bot.jobs.driving.driver import drive
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.clock import PATIENCE
from tests.support.database import LIMIT
from tests.support.jobs import a_job
from tests.support.stage import Stage


async def test_a_session_that_the_server_ended_is_no_fault_of_ours(postgres_url: str) -> None:
    async with open_database(postgres_url) as here, open_database(postgres_url) as there:
        connection = await here.connect()
        pid = await connection.scalar(text("SELECT pg_backend_pid()"))
        async with there.begin() as admin:
            await admin.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        with pytest.raises(DBAPIError) as lost:
            await connection.execute(text("SELECT 1"))
        await connection.close()
    assert is_away(lost.value)


async def test_a_server_that_is_not_there_is_no_fault_of_ours(postgres_url: str) -> None:
    async with open_database(postgres_url) as database:
        nowhere = database.url.update_query_dict({"host": "/nowhere"})
    engine = create_engine(nowhere)
    with pytest.raises(DBAPIError) as refused:
        async with engine.connect():
            pass
    assert is_away(refused.value)
    assert "\n" not in words(refused.value)


async def test_a_query_that_is_wrong_is_a_fault_on_either_database(database_url: str) -> None:
    async with open_database(database_url) as database, database.connect() as connection:
        with pytest.raises(DBAPIError) as wrong:
            await connection.execute(text("SELECT nothing FROM nowhere"))
    assert not is_away(wrong.value)


async def test_a_step_that_the_database_kept_waiting_is_taken_again_and_is_one_line_in_the_log(
    stage: Stage, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine_module, "LOCK_TIMEOUT", 100)
    async with (
        open_watched(postgres_url, stage.clock.monotonic) as (here, _),
        open_database(postgres_url) as there,
        asyncio.timeout(PATIENCE),
    ):
        store = JobStore(here)
        store.tell(stage.announcer)
        job = await store.add(a_job(State.COMPLETED).evolve(cancel_requested=True), daily_limit_usd=LIMIT)
        with structlog.testing.capture_logs() as told:
            async with there.begin() as holding:
                await holding.execute(update(jobs).where(jobs.c.id == job.id).values(driver=""))
                driver = asyncio.create_task(drive(replace(stage.engine, store=store), job))
                await stage.clock.asleep()
            await stage.clock.pass_until(driver)
    assert driver.result().state is State.WITHHELD
    assert [line["event"] for line in told if line["log_level"] in {"warning", "error"}] == ["database_away"]
    assert [line["job"] for line in told if line["event"] == "database_waited_for"] == [job.id]
