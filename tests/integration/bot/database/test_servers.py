"""Which PostgreSQL servers the bot starts on, each from an empty database, and what it says of the others."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database import engine as engine_module
from bot.database.engine import open_database
from bot.database.migrations import work_queue
from bot.database.outages import DatabaseUnfit, explained
from bot.jobs.driving.work_queue import open_work_queue
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.database import LIMIT
from tests.support.jobs import a_job
from tests.support.postgres import LocalPostgres

SCRIPTS = work_queue._scripts


async def tables(database: AsyncEngine) -> set[str]:
    async with database.connect() as connection:
        return set(await connection.run_sync(lambda sync: inspect(sync).get_table_names()))


async def test_an_empty_database_becomes_one_that_jobs_go_through(unmade_postgres_url: str) -> None:
    async with (
        open_database(unmade_postgres_url) as database,
        open_work_queue(unmade_postgres_url, database) as queue,
    ):
        store = JobStore(database, queue.enlist)
        job = await store.save(await store.add(a_job(State.WAITING), daily_limit_usd=LIMIT))
        async with database.connect() as connection:
            waiting = await connection.execute(text("SELECT status FROM procrastinate_jobs"))
            assert [row.status for row in waiting] == ["todo"]
        assert await store.get(job.id) == job


@pytest.mark.parametrize("done", [0, 1, 15, 30])
async def test_a_migration_that_was_killed_goes_on_where_it_was(
    unmade_postgres_url: str, monkeypatch: pytest.MonkeyPatch, done: int
) -> None:
    def killed(after: str, until: str) -> Iterator[Path]:
        for number, script in enumerate(SCRIPTS(after, until)):
            if number == done:
                raise ConnectionAbortedError
            yield script

    with monkeypatch.context() as patch:
        patch.setattr(work_queue, "_scripts", killed)
        with pytest.raises(ConnectionAbortedError):
            async with open_database(unmade_postgres_url):
                pass
    async with open_database(unmade_postgres_url) as database:
        assert {"jobs", "procrastinate_jobs", "alembic_version"} <= await tables(database)
        assert work_queue._DONE.name not in await tables(database)


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII", "EUC_JP"])
async def test_an_encoding_without_all_letters_is_named(postgres: LocalPostgres, encoding: str) -> None:
    async with postgres.database(encoding=encoding) as url:
        with pytest.raises(DatabaseUnfit) as unfit:
            async with open_database(url):
                pass
        assert f"its encoding is {encoding}. Create one with UTF8" in explained(unfit.value, url)
        async with open_database(url, migrate=False) as database:
            assert await tables(database) == set()


async def test_a_server_that_is_too_old_is_named(unmade_postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "OLDEST_POSTGRESQL", 99)
    with pytest.raises(DatabaseUnfit, match=r"it's PostgreSQL 1\d\.\d+\. Upgrade it to 99 or later"):
        async with open_database(unmade_postgres_url):
            pass
