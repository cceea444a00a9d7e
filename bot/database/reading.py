"""Reading one row while someone waits for an answer: beside whatever is being written, and without a transaction."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Protocol
from urllib.parse import quote

from sqlalchemy import Engine, Executable, Row, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import POSTGRESQL


class Reader(Protocol):
    async def row(self, query: Executable, values: Mapping[str, Any]) -> Row[Any]:
        """Run a query that has one row; it sees all that is committed."""
        ...


@asynccontextmanager
async def open_reader(database: AsyncEngine) -> AsyncGenerator[Reader]:
    """Open what reads from an open database of either kind."""
    if database.url.get_backend_name() == POSTGRESQL:
        yield SharedReader(database.execution_options(isolation_level="AUTOCOMMIT"))  # no BEGIN, no ROLLBACK
        return
    file = f"file:{quote(database.url.database or '')}"
    own = create_engine(
        database.url.set(drivername="sqlite+pysqlite", database=file, query={"mode": "ro", "uri": "true"}),
        hide_parameters=True,
        pool_size=1,
        max_overflow=0,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": 0},
    )
    try:
        yield _FileReader(own, SharedReader(database))
    finally:
        own.dispose()


class SharedReader:
    """Reads through the connections that write, too."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database

    async def row(self, query: Executable, values: Mapping[str, Any]) -> Row[Any]:
        async with self._database.connect() as connection:
            return (await connection.execute(query, values)).one()


class _FileReader:
    """Reads SQLite's file on the event loop itself.

    Some rows found by their keys take a tenth of a millisecond and wait for no writer: in WAL mode readers do not. To
    hand each call of the driver to a thread and back takes tens of times as long (`python -m benchmarks.policy`).
    In the rare moments when SQLite makes readers wait, such as its recovery after a crash, the shared connection waits.
    """

    def __init__(self, own: Engine, shared: Reader) -> None:
        self._own = own
        self._shared = shared

    async def row(self, query: Executable, values: Mapping[str, Any]) -> Row[Any]:
        try:
            with self._own.connect() as connection:
                return connection.execute(query, values).one()
        except OperationalError:
            return await self._shared.row(query, values)
