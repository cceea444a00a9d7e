"""The database file as the bot opens it: its schema and how safely it writes."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, inspect, select, text

from bot.database.engine import open_database
from bot.database.record_tables import metadata
from bot.database.schema import MIGRATIONS, configuration, revisions
from bot.database.tables import decisions
from bot.jobs.states import IN_DOUBT
from bot.jobs.storage.jobs import JobStore
from tests.support.database import LIMIT, file_url, unmade_url
from tests.support.jobs import NOON, a_job


def differences(connection: Connection) -> list[Any]:
    return list(compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def described(connection: Connection) -> dict[str, Any]:
    """Return all that SQLite knows of each table and index, whatever the order that columns were added in."""

    def rows(pragma: str) -> list[dict[str, Any]]:
        return [dict(row) for row in connection.exec_driver_sql(f"PRAGMA {pragma}").mappings()]

    found: dict[str, Any] = {}
    for table in tables(connection):
        indexes = [index for index in rows(f"index_list('{table}')") if not index["name"].startswith("sqlite_")]
        statements = connection.exec_driver_sql(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL ORDER BY name",
            (table,),
        )
        found[table] = {
            "columns": {column.pop("name"): {**column, "cid": 0} for column in rows(f"table_info('{table}')")},
            "indexes": {index["name"]: (index["unique"], index["origin"], index["partial"]) for index in indexes},
            "statements": statements.scalars().all(),
            "foreign keys": sorted(str(key) for key in rows(f"foreign_key_list('{table}')")),
            "unique": inspect(connection).get_unique_constraints(table),
            "checks": inspect(connection).get_check_constraints(table),
            "primary key": inspect(connection).get_pk_constraint(table),
            "rows": connection.exec_driver_sql(f"SELECT * FROM {table}").all(),  # noqa: S608 - a table of ours
        }
    others = "SELECT type, name, sql FROM sqlite_master WHERE type NOT IN ('table', 'index')"
    return {**found, "": connection.exec_driver_sql(others).all()}


async def test_the_migrations_make_exactly_the_tables_that_the_code_knows(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []
        assert await connection.run_sync(tables) == {*metadata.tables, "alembic_version"}


async def test_a_new_file_has_the_schema_that_the_migrations_make(tmp_path: Path) -> None:
    (tmp_path / "migrated").mkdir()
    async with (
        open_database(file_url(tmp_path / "migrated")) as migrated,
        open_database(unmade_url(tmp_path)) as new,
        migrated.connect() as one,
        new.connect() as other,
    ):
        assert await other.run_sync(described) == await one.run_sync(described)


def test_the_revisions_are_those_of_the_migrations() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert revisions() == sorted(each.revision for each in scripts.walk_revisions())
    assert revisions()[-1] == scripts.get_current_head()


async def test_opening_again_keeps_what_is_there(tmp_path: Path) -> None:
    async with open_database(unmade_url(tmp_path)) as engine:
        saved = await JobStore(engine).add(a_job(), daily_limit_usd=LIMIT)
    async with open_database(unmade_url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.run_sync(differences) == []
    async with open_database(unmade_url(tmp_path)) as engine:
        assert await JobStore(engine).get(saved.id) == saved


async def test_reasons_from_before_they_were_searched_folded_are_found_as_well(tmp_path: Path) -> None:
    url = unmade_url(tmp_path)
    insert = text(
        "INSERT INTO decisions (id, guild_id, member_id, kind, reason, at) VALUES (:id, 1, 2, '', :reason, 0)"
    )
    async with open_database(url, migrate=False) as engine, engine.begin() as connection:
        await connection.run_sync(lambda each: command.upgrade(configuration(each), "0016"))
        for name, reason in (("a", "ÄRGER"), ("b", "")):
            await connection.execute(insert, {"id": name, "reason": reason})
    async with open_database(url) as engine, engine.connect() as connection:
        keys = await connection.scalars(select(decisions.c.reason_key).order_by(decisions.c.id))
        assert keys.all() == ["ärger", ""]


async def test_without_migrating_an_empty_file_stays_empty(tmp_path: Path) -> None:
    async with open_database(unmade_url(tmp_path), migrate=False) as engine, engine.connect() as connection:
        assert await connection.run_sync(tables) == set()


async def test_a_committed_save_survives_a_power_cut(tmp_path: Path) -> None:
    async with open_database(unmade_url(tmp_path)) as engine, engine.connect() as connection:
        assert await connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert await connection.scalar(text("PRAGMA synchronous")) == 2  # FULL
        assert await connection.scalar(text("PRAGMA foreign_keys")) == 1


async def test_only_a_transaction_that_says_so_does_without_the_disk(tmp_path: Path) -> None:
    async with open_database(unmade_url(tmp_path)) as engine:
        async with engine.execution_options(durable=False).begin() as connection:
            assert await connection.scalar(text("PRAGMA synchronous")) == 1  # NORMAL
        async with engine.begin() as connection:
            assert await connection.scalar(text("PRAGMA synchronous")) == 2  # FULL


async def test_the_folder_of_the_database_is_made(tmp_path: Path) -> None:
    path = tmp_path / "some" / "where"
    async with open_database(unmade_url(path)):
        assert (path / "reelcast.db").exists()


QUESTIONS: dict[str, Callable[[JobStore], Awaitable[object]]] = {
    "at each start": lambda store: store.finished_runs(),
    "to thin": lambda store: store.delete_ended(before=NOON, at_most=500),
    "for each turn": lambda store: store.queue(NOON),
    "to reconcile": lambda store: store.never_arrived(since=NOON),
    "who is in doubt": lambda store: store.in_states(IN_DOUBT),
    "at each sweep": lambda store: store.cards_owed(before=NOON, at_most=100),
}


@pytest.mark.parametrize("question", QUESTIONS)
async def test_what_is_asked_again_and_again_never_reads_all_finished_jobs(tmp_path: Path, question: str) -> None:
    asked: list[tuple[str, Any]] = []
    async with open_database(unmade_url(tmp_path)) as engine:

        @event.listens_for(engine.sync_engine, "before_cursor_execute")
        def _note(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
            asked.append((statement, parameters))

        await QUESTIONS[question](JobStore(engine))
        [(statement, parameters)] = [each for each in asked if "jobs" in each[0]]
        async with engine.connect() as connection:
            plan = (await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
    steps = [step.detail for step in plan if "jobs" in step.detail]
    assert steps
    assert not [step for step in steps if "SCAN" in step and "INDEX" not in step]
    assert question != "to thin" or not [step for step in steps if "state=?" in step and "state_since<?" not in step]
