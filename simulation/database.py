"""SQLite without its driver's thread: the event loop makes each call, in order, and the weather lets some fail."""

import asyncio
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiosqlite
import aiosqlite.core

from simulation.loop import LIFE

Fail = Callable[[str], None]  # told of BEGIN, and before and after each COMMIT; raises what the driver would


class _Connection(aiosqlite.core.Connection):
    """A connection whose calls are made at once; it closes with the life that opened it."""

    def __init__(self, connector: Callable[[], sqlite3.Connection], fail: Fail) -> None:
        super().__init__(connector, 64)
        self._fail = fail
        self._life = LIFE.get()
        self._tx = _AtOnce()  # type: ignore[assignment] # SQLAlchemy puts work into it by itself, too

    def __await__(self) -> Generator[Any, None, "_Connection"]:
        self._connection = self._connector()
        _OPEN.setdefault(id(self._life), []).append(self._connection)
        return self
        yield  # pragma: no cover - makes this a generator

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        name = getattr(fn, "__name__", "")
        statement = str(args[0]) if args else ""
        if name == "execute" and statement.startswith("BEGIN"):
            await asyncio.sleep(0)  # others may go first, or the process die
            self._fail("begin")
        if name != "commit":
            return fn(*args, **kwargs)
        await asyncio.sleep(0)
        self._fail("commit")
        result = fn(*args, **kwargs)
        await asyncio.sleep(0)
        self._fail("committed")
        return result

    def stop(self) -> None:
        self._running = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def __del__(self) -> None:
        """A killed life leaves its connections as they are."""


class _AtOnce:
    """Takes the place of the queue to the driver's thread."""

    def put_nowait(self, work: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        future, function = work
        result = function()
        if future is not None:
            future.set_result(result)


_OPEN: dict[int, list[sqlite3.Connection]] = {}


def close_all_of(life: object) -> None:
    """Close what a killed life had open: what it had not committed is gone."""
    for connection in _OPEN.pop(id(life), []):
        connection.close()


@contextmanager
def called_in_order(fail: Fail) -> Generator[None]:
    """Let `aiosqlite.connect` give connections without a thread, with no waiting for a disk."""
    real = aiosqlite.connect

    def connect(database: str | Path, **kwargs: Any) -> _Connection:
        def connector() -> sqlite3.Connection:
            options: dict[str, Any] = {"check_same_thread": False, **kwargs}
            connection: sqlite3.Connection = sqlite3.connect(str(database), **options)
            connection.execute("PRAGMA synchronous=OFF")
            return connection

        return _Connection(connector, fail)

    aiosqlite.connect = connect  # type: ignore[assignment]
    try:
        yield
    finally:
        aiosqlite.connect = real
