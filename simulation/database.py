"""SQLite whose commits the weather lets fail: the loop makes each call, in order, with no waiting for a disk."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any, Final, TypeVar
from unittest.mock import patch

from bot.database import engine, sqlite
from simulation.loop import LIFE
from tests.support.statements import compiled_once

T = TypeVar("T")
Fail = Callable[[str], None]  # told of BEGIN, and before and after each COMMIT; raises what the driver would


class _Connection(sqlite.Connection):
    """A connection that closes with the life that opened it."""

    def __init__(self, opened: sqlite3.Connection, fail: Fail) -> None:
        super().__init__(opened)
        self._fail = fail
        opened.execute("PRAGMA synchronous=OFF")
        _OPEN.setdefault(id(LIFE.get()), []).append(opened)

    async def run(self, statement: str, work: Callable[[], T]) -> T:
        if statement == "BEGIN IMMEDIATE":
            await asyncio.sleep(0)  # others may go first, or the process die
            self._fail("begin")
        return work()

    async def commit(self) -> None:
        await asyncio.sleep(0)
        self._fail("commit")
        self.open.commit()
        await asyncio.sleep(0)
        self._fail("committed")


_CREATE_ENGINE: Final = compiled_once(engine.create_async_engine)  # for all lives
_OPEN: dict[int, list[sqlite3.Connection]] = {}


def close_all_of(life: object) -> None:
    """Close what a killed life had open: what it had not committed is gone."""
    for connection in _OPEN.pop(id(life), []):
        connection.close()


@contextmanager
def called_in_order(fail: Fail) -> Generator[None]:
    """Let the engine open such connections."""

    async def connect(database: str, **options: Any) -> _Connection:
        options |= {"isolation_level": None, "check_same_thread": False}
        return _Connection(sqlite3.connect(database, **options), fail)

    # What is read begins again nowhere: how long it takes is no seed's.
    with (
        patch.object(sqlite, "connect", connect),
        patch.object(sqlite, "LONGEST_READ", float("inf")),
        patch.object(engine, "create_async_engine", _CREATE_ENGINE),
    ):
        yield
