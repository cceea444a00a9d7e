"""The database file as the bot opens it: its schema and how safely it writes."""

from pathlib import Path
from typing import Any

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

from bot.database.engine import open_database
from bot.database.tables import metadata
from bot.jobs.store import JobStore
from tests.support.database import LIMIT, file_url
from tests.support.jobs import a_job


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


async def test_the_migrations_make_exactly_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}


async def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        saved = await JobStore(engine).add(a_job(), daily_limit_usd=LIMIT)
    async with open_database(file_url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    async with open_database(file_url(tmp_path)) as engine:
        assert await JobStore(engine).get(saved.id) == saved


async def test_without_migrating_an_empty_file_stays_empty(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path), migrate=False) as engine, engine.connect() as connection:
        assert await connection.run_sync(tables) == set()


async def test_a_committed_save_survives_a_power_cut(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


async def test_only_a_transaction_that_says_so_does_without_the_disk(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        async with engine.execution_options(durable=False).begin() as connection:
            assert await connection.scalar(text("PRAGMA synchronous")) == 1  # NORMAL
        async with engine.begin() as connection:
            assert await connection.scalar(text("PRAGMA synchronous")) == 2  # FULL


async def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where"
    async with open_database(file_url(path)):
        assert (path / "reelcast.db").exists()
