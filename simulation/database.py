"""SQLite on a disk that can fail, or lose what was not synced: the loop makes each call, in order, with no waiting."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar
from unittest.mock import patch

from bot.database import engine, sqlite
from simulation.loop import LIFE
from tests.support.statements import compiled_once

T = TypeVar("T")
Fail = Callable[[str], None]  # told of BEGIN, and before and after each COMMIT; raises what the driver would

_CREATE_ENGINE: Final = compiled_once(engine.create_async_engine)  # for all lives


class Disk:
    """The database's file, and who works with it. `committed` hears which tables each transaction has written."""

    def __init__(self, path: Path, fail: Fail) -> None:
        self.path = path
        self.fail = fail
        self.committed: Callable[[frozenset[str]], None] = lambda _tables: None
        self.power_fails = False  # soon: what a power cut would leave is kept from now on
        self._left: dict[Path, bytes] | None = None  # None: everything
        self._open: dict[int, list[sqlite3.Connection]] = {}

    @property
    def _files(self) -> tuple[Path, Path]:
        return self.path, self.path.with_name(f"{self.path.name}-wal")

    def opened(self, connection: sqlite3.Connection) -> None:
        self._open.setdefault(id(LIFE.get()), []).append(connection)

    def close_all_of(self, life: object) -> None:
        """Close what a killed life had open: what it had not committed is gone."""
        for connection in self._open.pop(id(life), []):
            connection.close()

    def commits(self, *, durable: bool) -> None:
        """Keep what is on the disk for sure: a durable commit syncs all that there was before, another one nothing."""
        if durable:
            self._left = None
        elif self.power_fails and self._left is None:
            self._left = {file: file.read_bytes() for file in self._files if file.exists()}

    def cut(self) -> int:
        """Lose what was not synced; return how many bytes are others now. Nothing has it open any more."""
        left, self._left, self.power_fails = self._left, None, False
        if left is None:
            return 0
        lost = sum(file.stat().st_size for file in self._files if file.exists())
        for file in (*self._files, self.path.with_name(f"{self.path.name}-shm")):
            file.unlink(missing_ok=True)
        for file, content in left.items():
            file.write_bytes(content)
        return lost


class _Connection(sqlite.Connection):
    """A connection that closes with the life that opened it."""

    def __init__(self, opened: sqlite3.Connection, disk: Disk) -> None:
        super().__init__(opened)
        self._disk = disk
        self._durable = True
        self._written: set[str] | None = None  # tables; None outside of a transaction that may write
        disk.opened(opened)

    async def run(self, statement: str, work: Callable[[], T]) -> T:
        words = statement.split(None, 3)
        match words[0]:
            case "BEGIN" if len(words) > 1:
                await asyncio.sleep(0)  # others may go first, or the process die
                self._disk.fail("begin")
                self._written = set()
            case "PRAGMA" if words[1].startswith("synchronous="):
                self._durable = words[1].endswith("FULL")
            case "UPDATE" | "INSERT" | "DELETE" if self._written is not None:
                self._written.add(words[1 if words[0] == "UPDATE" else 2])
            case _:
                pass
        return work()

    async def commit(self) -> None:
        written, self._written = self._written, None
        await asyncio.sleep(0)
        if written is None:
            self.open.commit()
            return
        self._disk.fail("commit")
        self._disk.commits(durable=self._durable)
        self.open.commit()
        self._disk.committed(frozenset(written))
        await asyncio.sleep(0)
        self._disk.fail("committed")


@contextmanager
def called_in_order(disk: Disk) -> Generator[None]:
    """Let the engine open such connections."""

    async def connect(database: str, **options: Any) -> _Connection:
        options |= {"isolation_level": None, "check_same_thread": False}
        return _Connection(sqlite3.connect(database, **options), disk)

    # What is read begins again nowhere: how long it takes is no seed's.
    with (
        patch.object(sqlite, "connect", connect),
        patch.object(sqlite, "LONGEST_READ", float("inf")),
        patch.object(engine, "create_async_engine", _CREATE_ENGINE),
    ):
        yield
