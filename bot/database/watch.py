"""Whether the database is within reach, by what the bot's transactions meet: told once, and once when it is back."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy import Connection, ExceptionContext, event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.database.trouble import explained, is_away, words

log = structlog.get_logger(__name__)

_WRITES = ("INSERT", "UPDATE", "DELETE")


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
