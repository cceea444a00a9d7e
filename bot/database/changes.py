"""What has changed in the database, heard of instead of looked for.

A change has topics: the table, or, for what is saved of a job, the state that it is saved in. With SQLite one process
has the database to itself and knows its own changes. What other programs write, such as an order from the command
line, shows in SQLite's `data_version`, and counts for all topics. PostgreSQL tells each process a moment after a
commit (triggers of migration 0027): enough to look again, but not to answer from memory, so nothing is remembered.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterable
from typing import Any, Final, Generic, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.sqlite import Connection as File

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

CHANNEL: Final = "reelcast"  # that PostgreSQL tells of changes in
LOOK_EVERY: Final = 5.0  # seconds between two looks at what other programs have written
NOTED_BY_CALLER: Final = "noted_by_caller"  # an option of statements: the caller notes a topic of its own
_OPTION: Final = "changes"  # of an engine
_INFO: Final = "changed"  # what an open transaction has changed


class ChangeCounter:
    """Counts what has changed since the process began, by topic."""

    def __init__(self) -> None:
        self._file: File | None = None
        self._data_version = 0
        self._listening = False
        self._counts: Counter[str] = Counter()
        self._of_all = 0
        self._waiting: dict[asyncio.Event, frozenset[str]] = {}

    def opened(self, file: File) -> None:
        """Take note of the connection that everything of this process is written through."""
        self._file, self._data_version = file, file.data_version
        self._all_changed()

    def listening(self, listening: bool) -> None:
        """Take note that the server tells of changes from now on, or no longer."""
        if listening or self._listening:
            self._all_changed()
        self._listening = listening

    def note(self, *topics: str) -> None:
        self._counts.update(topics)
        for event, wanted in self._waiting.items():
            if not wanted.isdisjoint(topics):
                event.set()

    def version(self, *topics: str) -> int | None:
        """Return a number that is another once one of `topics` has changed; None where that can't be told.

        What other programs write while a thread works with the connection, mostly within a transaction that keeps them
        out, counts from the next time on.
        """
        if self._file is None or not (self._file.is_busy or self._look(self._file)):
            return None
        return self._so_far(topics)

    def heard(self, *topics: str) -> int | None:
        """Return what `version` does, or may return soon after: None where no change is heard of."""
        return self._so_far(topics) if self._listening else self.version(*topics)

    async def after(self, version: int | None, *topics: str) -> None:
        """Wait until the version of `topics` differs from `version`; return at once if that is unknown."""
        event = asyncio.Event()
        self._waiting[event] = frozenset(topics)
        try:
            while version is not None and version == self._so_far(topics):
                await event.wait()
                event.clear()
        finally:
            del self._waiting[event]

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """Look at what other programs have written now and then, until cancelled."""
        while True:
            await sleep(LOOK_EVERY)
            self.version()

    def _so_far(self, topics: Iterable[str]) -> int:
        return self._of_all + sum(self._counts[topic] for topic in topics)

    def _look(self, file: File) -> bool:
        try:
            data_version = file.data_version
        except sqlite3.Error:  # the file is away
            return False
        except ValueError:  # it's closed: what happens until the next one is opened isn't heard of
            self._file = None
            self._all_changed()
            return False
        if data_version != self._data_version:
            self._data_version = data_version
            self._all_changed()
        return True

    def _all_changed(self) -> None:
        self._of_all += 1
        for event in self._waiting:
            event.set()


class Remembered(Generic[K, V]):
    """What was read of some topics, until one of them changes."""

    def __init__(self, engine: AsyncEngine, *topics: str, at_most: int = 1_000) -> None:
        self._changes = changes_of(engine)
        self._topics = topics
        self._at_most = at_most
        self._at: int | None = None
        self._values: dict[K, V] = {}

    @property
    def version(self) -> int | None:
        """Return as of when a value that is read from now on counts; None where nothing can be remembered."""
        return self._changes.version(*self._topics)

    async def read(self, key: K, read: Callable[[], Awaitable[V]], *, keep: bool = True) -> V:
        """Return what is remembered, else what `read` gives; remember that unless `keep` is false."""
        at = self.version
        if at is not None and at == self._at and key in self._values:
            return self._values[key]
        value = await read()
        if keep:
            self.put(key, value, at)
        return value

    def known(self, key: K) -> V | None:
        """Return what is remembered; None if nothing is."""
        return self._values.get(key) if self._at is not None and self.version == self._at else None

    def put(self, key: K, value: V, at: int | None) -> None:
        """Remember a value that was read, or written, when the version was `at`."""
        if at is None or (self._at is not None and at < self._at):
            self.drop(key)
            return
        if at != self._at or len(self._values) >= self._at_most:
            self._values.clear()
            self._at = at
        self._values[key] = value

    def drop(self, key: K) -> None:
        self._values.pop(key, None)


def changes_of(engine: AsyncEngine) -> ChangeCounter:
    """Return what an engine's changes are noted in."""
    return engine.sync_engine.get_execution_options().get(_OPTION) or ChangeCounter()


def noting(changes: ChangeCounter) -> dict[str, Any]:
    """Return the options of an engine whose changes are noted there."""
    return {_OPTION: changes}


def note_statement(
    connection: Connection, _cursor: Any, statement: str, _parameters: Any, context: Any, _many: Any
) -> None:
    """Note which table a statement changes; it counts once its transaction has ended."""
    words = statement.split(None, 3)
    table = {"INSERT": 2, "DELETE": 2, "UPDATE": 1}.get(words[0])
    if table is not None and not context.execution_options.get(NOTED_BY_CALLER):
        connection.info.setdefault(_INFO, set()).add(words[table])


def changed_in(connection: Any) -> set[str]:
    """Take which tables a transaction has changed."""
    return set() if connection.invalidated else connection.info.pop(_INFO, set())
