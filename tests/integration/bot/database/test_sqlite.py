"""What the bot asks of SQLite keeps the event loop for microseconds; what may wait is for a thread."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database import sqlite
from bot.database.engine import open_database
from bot.database.statements import erase_remains

COUNT = text("SELECT count(*) FROM marks")
MARK = text("INSERT INTO marks (name, at) VALUES (:name, 0)")
# Counts on for millions of steps: as one row, and as many rows with a long way to each.
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000)"
LONG = f"SELECT count(*) FROM ({NUMBERS} SELECT i FROM n)"  # noqa: S608 - our own
LONG_ROWS = LONG.replace("count(*)", "*") + " WHERE i % 100000 = 1"


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with open_database(f"sqlite:///{tmp_path}/reelcast.db") as opened:
        yield opened


@pytest.fixture
def hops(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the names of what is handed to a thread, as it comes."""
    seen: list[str] = []
    in_thread = sqlite.Connection.in_thread

    async def counted(self: sqlite.Connection, work: Any) -> Any:
        seen.append(getattr(work, "__name__", "a statement"))
        return await in_thread(self, work)

    monkeypatch.setattr(sqlite.Connection, "in_thread", counted)
    return seen


async def test_a_transaction_changes_threads_once(engine: AsyncEngine, hops: list[str]) -> None:
    async with engine.begin() as connection:
        await connection.execute(MARK, {"name": "one"})
        await connection.execute(text("UPDATE marks SET at = 1 WHERE name = 'one'"))
        assert (await connection.execute(COUNT)).scalar_one() == 1
    assert hops == ["commit"]


async def test_reading_changes_threads_never(engine: AsyncEngine, hops: list[str]) -> None:
    async with engine.connect() as connection:
        assert (await connection.execute(COUNT)).scalar_one() == 0
    assert hops == []


async def test_what_deletes_goes_to_a_thread(engine: AsyncEngine, hops: list[str]) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("DELETE FROM marks"))
    assert hops == ["a statement", "commit"]


@pytest.mark.parametrize(("query", "rows"), [(LONG, [(300_000,)]), (LONG_ROWS, [(1,), (100_001,), (200_001,)])])
async def test_a_long_read_begins_again_in_a_thread(
    engine: AsyncEngine, hops: list[str], monkeypatch: pytest.MonkeyPatch, query: str, rows: list[tuple[int]]
) -> None:
    monkeypatch.setattr(sqlite, "LONGEST_READ", 0.0)
    async with engine.connect() as connection:
        assert [tuple(row) for row in await connection.execute(text(query))] == rows
    assert hops == ["a statement" if query is LONG else "_all_anew"]


async def test_a_long_read_keeps_the_transaction_around_it(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with engine.begin() as connection:
        await connection.execute(MARK, {"name": "before"})
        monkeypatch.setattr(sqlite, "LONGEST_READ", 0.0)
        assert (await connection.execute(text(LONG))).scalar_one() == 300_000
        monkeypatch.undo()
        await connection.execute(MARK, {"name": "after"})
    async with engine.connect() as connection:
        assert (await connection.execute(COUNT)).scalar_one() == 2


async def test_a_writer_waits_for_another_process_and_a_reader_does_not(
    engine: AsyncEngine, hops: list[str], tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / "reelcast.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        writing = asyncio.create_task(_mark(engine, "mine"))
        while not hops:  # noqa: ASYNC110 - it comes within some turns of the loop
            await asyncio.sleep(0)
        other.execute("COMMIT")
        await writing
        other.execute("BEGIN IMMEDIATE")
        async with engine.connect() as connection:
            assert (await connection.execute(COUNT)).scalar_one() == 1
        other.execute("COMMIT")
    assert hops == ["a statement", "commit"]


async def test_a_lock_that_is_never_given_back_is_said(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT", 50)
    with closing(sqlite3.connect(tmp_path / "reelcast.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="database is locked"):
            await _mark(engine, "never")
        other.execute("COMMIT")
    await _mark(engine, "now")


async def test_what_a_cancelled_task_left_to_a_thread_is_done_before_anything_else(tmp_path: Path) -> None:
    connection = await sqlite.connect(str(tmp_path / "file.db"))
    begun, go_on = Event(), Event()
    order: list[str] = []

    def slow() -> None:
        begun.set()
        assert go_on.wait(60)
        order.append("slow")

    task = asyncio.create_task(connection.in_thread(slow))
    await asyncio.to_thread(begun.wait, 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    following = asyncio.create_task(connection.run("SELECT", lambda: order.append("next")))
    await asyncio.sleep(0)
    assert order == []
    go_on.set()
    await following
    assert order == ["slow", "next"]
    await connection.close()


async def test_what_follows_an_emptied_log_can_be_committed(engine: AsyncEngine) -> None:
    await erase_remains(engine)
    async with engine.connect() as connection:
        raw: Any = await connection.get_raw_connection()
        file: sqlite3.Connection = raw.driver_connection.open
        file.execute("BEGIN IMMEDIATE")
        file.execute("INSERT INTO marks (name, at) VALUES ('one', 0)")
        file.commit()
    async with engine.connect() as connection:
        assert (await connection.execute(COUNT)).scalar_one() == 1


async def test_an_error_is_what_the_driver_says(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        with pytest.raises(OperationalError, match="no such table"):
            await connection.execute(text("SELECT * FROM missing"))


async def _mark(engine: AsyncEngine, name: str) -> None:
    async with engine.begin() as connection:
        await connection.execute(MARK, {"name": name})
