"""SQLite for SQLAlchemy: what takes microseconds runs on the event loop itself, and only what may wait in a thread.

To hand each call to a thread and back takes tens of times as long as most calls take. What waits for the disk (a
commit) or for a lock of another process, and what reads or deletes a lot, does go to a thread: a usual transaction
changes threads once. `DRIVER` takes the place of `aiosqlite` in SQLAlchemy's dialect for that.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from functools import partial
from time import perf_counter
from types import SimpleNamespace
from typing import Any, Final, Self, TypeVar

from sqlalchemy.dialects.sqlite.aiosqlite import AsyncAdapt_aiosqlite_dbapi

T = TypeVar("T")

BUSY_TIMEOUT: Final = 5_000  # milliseconds another process (a backup, `bot check`) may hold SQLite's write lock
LONGEST_READ: Final = 0.005  # seconds on the event loop; what takes longer begins again in a thread
STEPS: Final = 1_000  # of SQLite's virtual machine between two looks at the clock, about 0.1 ms
# What such statements begin with.
SHORT: Final = (
    *("SELECT", "INSERT", "UPDATE", "BEGIN", "PRAGMA SYNCHRONOUS"),
    *("SAVEPOINT", "RELEASE SAVEPOINT", "ROLLBACK TO"),
)
BOUNDED: Final = "SELECT"  # only a statement that changes nothing can begin again


async def connect(database: str, **options: Any) -> "Connection":
    """Open a file; raises what SQLite says."""
    # The driver must not open transactions by itself, which the engine does.
    options |= {"isolation_level": None, "check_same_thread": False, "timeout": BUSY_TIMEOUT / 1000}
    opened = await asyncio.to_thread(partial(sqlite3.connect, database, **options))
    return Connection(opened)


class Connection:
    """An open file, which one task at a time works with."""

    def __init__(self, opened: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = opened
        self._elsewhere: asyncio.Future[Any] | None = None  # what a thread does at the moment
        self._until = float("inf")
        opened.set_progress_handler(self._takes_too_long, STEPS)
        _wait_for_locks(opened, 0)

    @property
    def open(self) -> sqlite3.Connection:
        """Return the driver's own connection; raises ValueError once it's closed, as SQLAlchemy expects."""
        if self._connection is None:
            raise ValueError("no active connection")
        return self._connection

    @property
    def is_busy(self) -> bool:
        """Whether a thread works with it at the moment."""
        return self._elsewhere is not None and not self._elsewhere.done()

    @property
    def data_version(self) -> int:
        """Return a number that is another once another connection has written; raises what SQLite says."""
        self._until = float("inf")  # the limit of a read before it isn't this one's
        return self.open.execute("PRAGMA data_version").fetchone()[0]

    def cursor(self) -> "Cursor":
        return Cursor(self, self.open.cursor())

    async def commit(self) -> None:
        await self.in_thread(self.open.commit)

    async def rollback(self) -> None:
        await self.alone()
        self._until = float("inf")
        self.open.rollback()

    async def create_function(self, *arguments: Any, **options: Any) -> None:
        self.open.create_function(*arguments, **options)

    async def close(self) -> None:
        await self.alone()
        self.stop()

    def stop(self) -> None:
        opened, self._connection = self._connection, None
        if opened is not None:
            opened.close()

    async def run(self, statement: str, work: Callable[[], T]) -> T:
        """Run a statement by `work`, and return what that gives."""
        await self.alone()
        words = statement.lstrip()[:20].upper()
        if not words.startswith(SHORT):
            return await self.in_thread(work)
        self._until = perf_counter() + LONGEST_READ if words.startswith(BOUNDED) else float("inf")
        try:
            return work()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_INTERRUPT}:
                raise
            return await self.in_thread(work)

    async def alone(self) -> None:
        """Wait for what a thread still does for a task that was cancelled."""
        while (elsewhere := self._elsewhere) is not None:
            await asyncio.wait({elsewhere})
            _ = elsewhere.cancelled() or elsewhere.exception()  # the cancelled task doesn't ask for it
            self._elsewhere = None

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Return what `work` gives; it has the connection to itself, also if the caller is cancelled meanwhile."""
        await self.alone()
        self._until = float("inf")
        self._elsewhere = asyncio.get_running_loop().run_in_executor(None, self._patiently, work)
        await asyncio.wait({done := self._elsewhere})
        self._elsewhere = None  # a statement that it returns would stay open with it
        return done.result()

    def _patiently(self, work: Callable[[], T]) -> T:
        _wait_for_locks(self.open, BUSY_TIMEOUT)
        try:
            return work()
        finally:
            _wait_for_locks(self.open, 0)

    def _takes_too_long(self) -> bool:
        return perf_counter() > self._until


class Cursor:
    """One statement, and its rows."""

    def __init__(self, connection: Connection, cursor: sqlite3.Cursor) -> None:
        self._connection = connection
        self._cursor = cursor
        self._again: Callable[[], object] = lambda: None

    def __getattr__(self, name: str) -> Any:
        """Return the driver's `description`, `rowcount` and `lastrowid`."""
        return getattr(self._cursor, name)

    async def __aenter__(self) -> Self:
        return self

    async def execute(self, statement: str, parameters: Sequence[Any] = ()) -> None:
        self._again = partial(self._cursor.execute, statement, parameters)
        await self._connection.run(statement, self._again)

    async def executemany(self, statement: str, parameters: Sequence[Sequence[Any]]) -> None:
        await self._connection.in_thread(partial(self._cursor.executemany, statement, parameters))

    async def fetchall(self) -> list[Any]:
        await self._connection.alone()
        try:
            return self._cursor.fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
            return await self._connection.in_thread(self._all_anew)

    async def fetchmany(self, size: int) -> list[Any]:
        return await self._connection.in_thread(partial(self._cursor.fetchmany, size))

    async def close(self) -> None:
        self._cursor.close()

    def _all_anew(self) -> list[Any]:
        self._again()
        return self._cursor.fetchall()


def _wait_for_locks(connection: sqlite3.Connection, milliseconds: int) -> None:
    connection.execute(f"PRAGMA busy_timeout={milliseconds}")


_NAMES: Final = (
    *("DatabaseError", "Error", "IntegrityError", "NotSupportedError", "OperationalError", "ProgrammingError"),
    *("sqlite_version", "sqlite_version_info"),
)
_MODULE: Any = SimpleNamespace(Connection=Connection, **{name: getattr(sqlite3, name) for name in _NAMES})
DRIVER: Final = AsyncAdapt_aiosqlite_dbapi(_MODULE, sqlite3)
