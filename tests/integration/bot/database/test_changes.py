"""What a process hears of changes to a SQLite database, and what it remembers until then."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Delete, Update, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.changes import NOTED_BY_CALLER, ChangeCounter, Remembered, changes_of
from bot.database.engine import open_database
from bot.database.tables import marks

NOW = datetime(2026, 1, 5, tzinfo=UTC)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with open_database(f"sqlite:///{tmp_path / 'a.db'}") as opened:
        yield opened


async def write(engine: AsyncEngine, name: str = "a") -> None:
    async with engine.begin() as connection:
        await connection.execute(marks.insert().values(name=name, at=NOW))


async def test_a_change_counts_for_its_table_and_for_no_other(engine: AsyncEngine) -> None:
    changes = changes_of(engine)
    before = changes.version("marks"), changes.version("jobs")

    await write(engine)

    assert changes.version("marks") != before[0]
    assert changes.version("jobs") == before[1]


@pytest.mark.parametrize("statement", [update(marks).values(at=NOW), delete(marks)], ids=["update", "delete"])
async def test_each_kind_of_change_is_heard_unless_its_statement_is_told_of_otherwise(
    engine: AsyncEngine, statement: Update | Delete
) -> None:
    changes = changes_of(engine)
    before = changes.version("marks")

    async with engine.execution_options(durable=False).begin() as connection:
        await connection.execute(statement.execution_options(**{NOTED_BY_CALLER: True}))
    told_otherwise = changes.version("marks")
    async with engine.execution_options(durable=False).begin() as connection:
        await connection.execute(statement)

    assert told_otherwise == before
    assert changes.version("marks") != before


async def test_what_another_program_writes_counts_for_everything(engine: AsyncEngine) -> None:
    changes = changes_of(engine)
    before = changes.version("jobs")

    with closing(sqlite3.connect(engine.url.database or "")) as other:
        other.execute("INSERT INTO marks (name, at) VALUES ('other', 0)")
        other.commit()

    assert changes.version("jobs") != before


async def test_who_waits_goes_on_with_the_change_alone(engine: AsyncEngine) -> None:
    changes = changes_of(engine)
    waiting = asyncio.create_task(changes.after(changes.version("marks"), "marks"))
    await asyncio.sleep(0)

    changes.note("jobs")
    await asyncio.sleep(0)
    assert not waiting.done()

    await write(engine)
    await waiting


async def test_who_waits_goes_on_with_what_another_program_writes(engine: AsyncEngine) -> None:
    changes = changes_of(engine)
    looks = asyncio.Semaphore(0)

    async def sleep(_seconds: float) -> None:
        await looks.acquire()

    looking = asyncio.create_task(changes.run(sleep))
    waiting = asyncio.create_task(changes.after(changes.version("marks"), "marks"))
    with closing(sqlite3.connect(engine.url.database or "")) as other:
        other.execute("INSERT INTO marks (name, at) VALUES ('other', 0)")
        other.commit()
    looks.release()
    await waiting
    looking.cancel()


async def test_who_waits_goes_on_where_the_file_was_closed(engine: AsyncEngine) -> None:
    changes = changes_of(engine)
    waiting = asyncio.create_task(changes.after(changes.version("marks"), "marks"))
    await asyncio.sleep(0)
    await engine.dispose()
    assert changes.version("marks") is None
    await waiting


async def test_no_one_waits_where_changes_are_not_heard_of() -> None:
    changes = ChangeCounter()

    assert changes.version("marks") is None
    await changes.after(changes.version("marks"), "marks")


async def test_what_was_read_is_remembered_until_it_changes(engine: AsyncEngine) -> None:
    known = Remembered[str, int](engine, "marks")
    reads: list[int] = []

    async def read() -> int:
        async with engine.connect() as connection:
            reads.append(len((await connection.execute(select(marks))).all()))
        return reads[-1]

    first = await known.read("all", read), await known.read("all", read)
    await write(engine, "one more")
    then = await known.read("all", read)

    assert first == (reads[0], reads[0])
    assert reads == [reads[0], reads[0] + 1]
    assert then == reads[1]


async def test_what_was_read_before_a_change_is_not_remembered_after_it(engine: AsyncEngine) -> None:
    known = Remembered[str, str](engine, "marks")

    async def read_slowly() -> str:
        await write(engine)
        return "as before"

    await known.read("all", read_slowly)

    async def read_anew() -> str:
        return "as it is"

    assert await known.read("all", read_anew) == "as it is"
