"""Opening the database: one engine, migrated to the newest schema."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.database.migrate import upgrade

BUSY_TIMEOUT = 5_000  # milliseconds another process (a backup, `bot check`) may hold the write lock


@asynccontextmanager
async def open_database(url: str, *, migrate: bool = True) -> AsyncGenerator[AsyncEngine]:
    """Open the database at `url`, bring its schema up to date, close it at the end."""
    engine = create_engine(make_url(url))
    try:
        if migrate:
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
        yield engine
    finally:
        await engine.dispose()


def create_engine(url: URL) -> AsyncEngine:
    """Make the engine for `sqlite:///…`.

    SQLite lets one writer in at a time and makes others wait by polling; one connection, handed on in order of
    arrival, keeps the waiting fair and short.
    """
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_async_engine(url.set(drivername="sqlite+aiosqlite"), pool_size=1, max_overflow=0)
    event.listen(engine.sync_engine, "connect", _configure_sqlite)
    event.listen(engine.sync_engine, "begin", _begin_immediate)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver must not open transactions by itself: _begin_immediate does.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: a committed intent survives a power cut. It is money.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT}")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    # A deferred transaction that turns into a write can fail with SQLITE_BUSY at once; an immediate one waits.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
