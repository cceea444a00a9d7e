"""Opening the database: one engine per process, migrated to the newest schema, and watched.

Whether it is within reach shows in what the bot's transactions meet: it is told once, and once when it is back.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import URL, Connection, ExceptionContext, event, inspect, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from bot.database import sqlite
from bot.database.changes import CHANNEL, ChangeCounter, changed_in, changes_of, note_statement, noting
from bot.database.locks import Lock, exclusive
from bot.database.outages import DatabaseUnfit, explained, is_away, words
from bot.database.schema import REVISION, bring_up_to_date

log = structlog.get_logger(__name__)

SQLITE: Final = "sqlite"
POSTGRESQL: Final = "postgresql"
OLDEST_POSTGRESQL: Final = 15  # of those that its makers still care for
ENCODING: Final = "UTF8"
QUEUE_TABLES: Final = ("procrastinate_", "reelcast_work_queue_")  # what the names of its tables begin with
CONNECTIONS: Final = 8  # of one process to PostgreSQL; transactions are short, and more of them wait in turn
CONNECT_TIMEOUT: Final = 10  # seconds
# Milliseconds that a process may stand still within a transaction: one that froze there holds locks that all wait for.
IDLE_TIMEOUT: Final = 5_000
# Milliseconds that a statement waits for a lock: one that a frozen process sent must not get it long after.
LOCK_TIMEOUT: Final = 10_000
# A machine that vanished without a word is known to be gone in 20 s, on either side.
_KEEPALIVE: Final = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}  # seconds, seconds, times
_UNANSWERED: Final = 20_000  # milliseconds that what was sent may stay unacknowledged
_WRITES: Final = ("INSERT", "UPDATE", "DELETE")


@asynccontextmanager
async def open_database(url: str, *, migrate: bool = True) -> AsyncGenerator[AsyncEngine]:
    """Open the database at `url`, bring its schema up to date, close it at the end.

    Of several processes that start at once one migrates while the others wait. Raises `DatabaseUnfit` for a PostgreSQL
    that the bot cannot work with.
    """
    engine = create_engine(make_url(url))
    try:
        if migrate:
            async with engine.begin() as connection:
                await make_sure_of(connection)
                await exclusive(connection, Lock.MIGRATING)
                await connection.run_sync(bring_up_to_date)
        yield engine
    finally:
        await engine.dispose()


async def make_sure_of(connection: AsyncConnection) -> str:
    """Return a PostgreSQL's version, empty for SQLite.

    Raises `DatabaseUnfit` where it is too old or not in Unicode, and where another program has its tables.
    """
    await connection.run_sync(_make_sure_it_is_ours)
    if connection.dialect.name != POSTGRESQL:
        return ""
    version = str(await connection.scalar(text("SHOW server_version"))).partition(" ")[0]
    if int(str(await connection.scalar(text("SHOW server_version_num")))) < OLDEST_POSTGRESQL * 10_000:
        raise DatabaseUnfit(f"it's PostgreSQL {version}. Upgrade it to {OLDEST_POSTGRESQL} or later")
    encoding = str(await connection.scalar(text("SHOW server_encoding")))
    if encoding != ENCODING:
        raise DatabaseUnfit(
            f"its encoding is {encoding}. Create one with {ENCODING}: "
            f"CREATE DATABASE reelcast TEMPLATE template0 ENCODING '{ENCODING}'"
        )
    return version


def _make_sure_it_is_ours(connection: Connection) -> None:
    names = inspect(connection).get_table_names()
    # The work queue's tables are made first, and each on its own: a migration that was killed may have left them alone.
    if not names or any(name.startswith(QUEUE_TABLES) for name in names):
        return
    revision = connection.scalar(text("SELECT version_num FROM alembic_version")) if REVISION in names else "none"
    if not str(revision or 0).isdecimal():
        raise DatabaseUnfit("another program keeps its tables there. Use a database for the bot alone")


def create_engine(url: URL) -> AsyncEngine:
    """Make the engine for `sqlite:///…` or `postgresql://…`; its errors, which end up in logs, show no values."""
    return _postgresql(url) if url.get_backend_name() == POSTGRESQL else _sqlite(url)


def _postgresql(url: URL) -> AsyncEngine:
    return create_async_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=CONNECTIONS,
        max_overflow=0,
        hide_parameters=True,
        execution_options=noting(ChangeCounter()),
        pool_pre_ping=True,  # a connection that the server has dropped is replaced, not handed out
        connect_args=postgresql_options(url),
    )


def postgresql_options(url: URL) -> dict[str, Any]:
    """Return the parameters of every connection to PostgreSQL: a client that freezes or vanishes holds up no other."""
    session = {
        "idle_in_transaction_session_timeout": IDLE_TIMEOUT,
        "lock_timeout": LOCK_TIMEOUT,
        "tcp_user_timeout": _UNANSWERED,
        **{f"tcp_{name}": value for name, value in _KEEPALIVE.items()},
    }
    theirs = url.query.get("options", ())  # what the operator's address sets stays, and comes last
    settings = [f"-c {name}={value}" for name, value in session.items()]
    return {
        "connect_timeout": CONNECT_TIMEOUT,
        "application_name": "reelcast",
        "client_encoding": ENCODING,  # a database in SQL_ASCII would answer bytes
        "options": " ".join([*settings, *((theirs,) if isinstance(theirs, str) else theirs)]),
        "tcp_user_timeout": _UNANSWERED,
        **_KEEPALIVE,
    }


async def listen(engine: AsyncEngine) -> None:
    """Hear of the changes in a PostgreSQL database while a connection for it lasts."""
    from psycopg import AsyncConnection, OperationalError  # noqa: PLC0415 - loaded with PostgreSQL only

    address, changes = engine.url.set(drivername=POSTGRESQL), changes_of(engine)
    conninfo = address.render_as_string(hide_password=False)
    try:
        async with await AsyncConnection.connect(conninfo, autocommit=True, **postgresql_options(address)) as server:
            await server.execute(f"LISTEN {CHANNEL}")
            changes.listening(True)
            while True:
                await _readable(server.fileno())
                async for change in server.notifies(stop_after=1):
                    changes.note(change.payload)
    except OperationalError as error:
        # Sweeps go on without. Where the whole database is away, what watches it tells of that.
        log.info("changes_not_heard", error=words(error))
    finally:
        changes.listening(False)


async def _readable(file: int) -> None:
    """Wait until there is something to read: the driver itself would look ten times a second."""
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_reader(file, ready.set)
    try:
        await ready.wait()
    finally:
        loop.remove_reader(file)


def _sqlite(url: URL) -> AsyncEngine:
    """Make an engine with one connection.

    SQLite lets one writer in at a time and makes others wait by polling; one connection, handed on in order of
    arrival, keeps the waiting fair and short. What is written often and is no money goes through
    `engine.execution_options(durable=False)`: such a transaction does not make the next one wait for the disk; it
    outlives the process, but a power cut may undo it.
    """
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    changes = ChangeCounter()
    engine = create_async_engine(
        url.set(drivername="sqlite+aiosqlite"),
        hide_parameters=True,
        execution_options=noting(changes),
        poolclass=AsyncAdaptedQueuePool,  # also for a database in memory
        pool_size=1,
        max_overflow=0,
        module=sqlite.DRIVER,
        connect_args={"async_creator_fn": sqlite.connect},
    )
    event.listen(engine.sync_engine, "connect", _configure_sqlite)

    def opened(connection: Any, _record: object) -> None:
        changes.opened(connection.driver_connection)

    event.listen(engine.sync_engine, "connect", opened)
    event.listen(engine.sync_engine, "begin", _begin)
    event.listen(engine.sync_engine, "after_cursor_execute", note_statement)
    return _SqliteEngine(engine.sync_engine)


class _SqliteEngine(AsyncEngine):
    """`begin` opens a transaction that may write, `connect` one that only reads and waits for no lock."""

    def connect(self) -> AsyncConnection:
        return AsyncEngine(self.sync_engine.execution_options(reads=True)).connect()

    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[AsyncConnection]:
        async with super().connect() as connection:
            try:
                async with connection.begin():
                    yield connection
            finally:  # also where it is unknown whether it was committed
                changes_of(self).note(*changed_in(connection))

    def execution_options(self, **options: Any) -> AsyncEngine:
        return _SqliteEngine(self.sync_engine.execution_options(**options))


def _configure_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    # Another program's file is left as it is.
    cursor.execute("SELECT count(*), total(name = ?) FROM sqlite_master", [REVISION])
    tables, is_ours = cursor.fetchone()
    if is_ours or not tables:
        cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what a member has deleted is overwritten
    cursor.close()


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("reads"):
        connection.exec_driver_sql("BEGIN")
        return
    # FULL: a committed intent survives a power cut. It is money.
    durable = options.get("durable", True)
    if connection.info.get("durable") is not durable:  # of the open database, as it was set last
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        connection.info["durable"] = durable
    # A deferred transaction that turns into a write can fail with SQLITE_BUSY at once; an immediate one waits.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@asynccontextmanager
async def open_watched(url: str, monotonic: Callable[[], float]) -> AsyncGenerator[tuple[AsyncEngine, "DatabaseWatch"]]:
    """Open the database at `url`, as `open_database` does, and tell in the log when it is away and back."""
    async with open_database(url) as database:
        watch = DatabaseWatch(url, monotonic)
        watch.attach(database)
        yield database, watch


class DatabaseWatch:
    """Listens to an engine. A transaction that wrote and was followed by another is the proof that all is well.

    `trouble` says what is wrong, and is empty while nothing is.
    """

    def __init__(self, url: str, monotonic: Callable[[], float]) -> None:
        self.trouble = ""
        self._url = url
        self._monotonic = monotonic
        self._away_since: float | None = None
        self._failures = 0
        self._written = False

    def attach(self, engine: AsyncEngine) -> None:
        event.listen(engine.sync_engine, "handle_error", self._failed)
        event.listen(engine.sync_engine, "after_cursor_execute", self._executed)
        event.listen(engine.sync_engine, "commit", self._committing)
        event.listen(engine.sync_engine, "begin", self._began)

    def _failed(self, context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception or context.original_exception
        if not is_away(error):
            return
        self._written = False
        self._failures += 1
        self.trouble = explained(error, self._url)
        if self._away_since is None:
            self._away_since = self._monotonic()
            log.warning("database_away", error=words(error))

    def _executed(self, connection: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip()[:6].upper() in _WRITES:
            connection.info["written"] = True

    def _committing(self, connection: Connection) -> None:
        self._written = bool(connection.info.pop("written", False))

    def _began(self, _connection: Connection) -> None:
        if not self._written or self._away_since is None:
            return
        seconds = self._monotonic() - self._away_since
        log.info("database_back", after_seconds=round(seconds), failures=self._failures)
        self._away_since, self._failures, self._written, self.trouble = None, 0, False, ""
