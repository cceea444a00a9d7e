"""A row that somebody waits for is read beside the writers, and whenever it can be."""

from pathlib import Path

from sqlalchemy import bindparam, func, insert, select

from bot.database.engine import open_database
from bot.database.reading import open_reader
from bot.database.tables import marks
from tests.support.database import file_url
from tests.support.jobs import NOON

COUNT = select(func.count()).select_from(marks).where(marks.c.name == bindparam("name"))
A_MARK = {"name": "paused", "at": NOON}


async def test_what_is_committed_is_read_while_another_transaction_goes_on(database_url: str) -> None:
    async with open_database(database_url) as database, open_reader(database) as reader:
        async with database.begin() as connection:
            await connection.execute(insert(marks).values(A_MARK))
            assert (await reader.row(COUNT, {"name": "paused"})).count_1 == 0
        assert (await reader.row(COUNT, {"name": "paused"})).count_1 == 1
        assert (await reader.row(COUNT, {"name": "other"})).count_1 == 0


async def test_a_transaction_can_still_be_taken_back_after_something_was_read(database_url: str) -> None:
    async with open_database(database_url) as database, open_reader(database) as reader:
        await reader.row(COUNT, {"name": "paused"})
        async with database.connect() as connection:
            await connection.execute(insert(marks).values(A_MARK))
            await connection.rollback()
        assert (await reader.row(COUNT, {"name": "paused"})).count_1 == 0


async def test_what_its_own_connection_cannot_read_is_read_through_the_one_that_writes(tmp_path: Path) -> None:
    folder = tmp_path / "a folder, 100% odd?"
    folder.mkdir()
    url = file_url(folder)
    file, away = folder / "reelcast.db", folder / "away.db"
    async with open_database(url) as database, open_reader(database) as reader:
        file.replace(away)  # what is open stays readable, and nothing can be opened
        assert (await reader.row(COUNT, {"name": "paused"})).count_1 == 0
        assert list(folder.glob("reelcast.db")) == []
        away.replace(file)
        assert (await reader.row(COUNT, {"name": "paused"})).count_1 == 0
