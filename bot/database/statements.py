"""What SQLAlchemy's core has no form for: inserts without conflict, search keys, erasing, and shared transactions."""

import unicodedata
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

_EMPTY_LOG: Final = "PRAGMA wal_checkpoint(TRUNCATE)"


@asynccontextmanager
async def transaction(engine: AsyncEngine, within: AsyncConnection | None = None) -> AsyncGenerator[AsyncConnection]:
    """Begin a transaction, or go on `within` one that is given, whose end is for its owner."""
    if within is not None:
        yield within
        return
    async with engine.begin() as connection:
        yield connection


def insert_if_absent(connection: AsyncConnection, table: Table, values: dict[str, Any] | None = None) -> Insert:
    """Build an INSERT that leaves a row with the same key as it is; without `values` it is run with a row's."""
    if connection.dialect.name == "sqlite":
        insert = sqlite.insert(table).on_conflict_do_nothing()
    else:
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - loaded by then, but only for a PostgreSQL

        insert = postgresql.insert(table).on_conflict_do_nothing()
    return insert if values is None else insert.values(values)


def search_key(text: str) -> str:
    """Fold a text for the search: case, width and composed letters make no difference."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


async def erase_remains(engine: AsyncEngine) -> None:
    """Empty SQLite's write-ahead log, which still has what was there before; the file itself is overwritten by then.

    A process that reads at this moment, such as a backup, keeps the log: the next time that it is emptied will do.
    PostgreSQL reuses the space by itself, in its own time.
    """
    if engine.dialect.name != "sqlite":
        return
    async with engine.connect() as connection:
        raw: Any = await connection.get_raw_connection()
        # Past SQLAlchemy, which would open a transaction, in which nothing can be emptied.
        file = raw.driver_connection
        # With its row unread the statement would stay open, and no transaction could be committed.
        await file.in_thread(lambda: file.open.execute(_EMPTY_LOG).fetchall())
