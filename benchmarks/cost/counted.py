"""`python -m benchmarks.cost.counted FILE`: `bot run`, counting in a file what its SQLite is asked for.

What takes requests out of the request budget is counted apart.
"""

import mmap
import os
import re
import sqlite3
import sys
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

_CHANGES: Final = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_BUDGET: Final = "request_budget"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted so far; statements are those that read or change rows."""

    statements: int = 0
    read_transactions: int = 0
    write_transactions: int = 0  # that took the lock of writers
    only_read: int = 0  # of these, those that changed nothing
    syncs: int = 0  # of the disk
    looks: int = 0  # at `PRAGMA data_version`
    budget_statements: int = 0
    budget_transactions: int = 0

    def since(self, before: "Counts") -> "Counts":
        return Counts(*(getattr(self, each.name) - getattr(before, each.name) for each in fields(Counts)))


SIZE: Final = 8 * len(fields(Counts))


def read_counts(file: Path) -> Counts:
    return Counts(*memoryview(file.read_bytes()).cast("q"))


class Counter:
    """Hears of each statement of one connection."""

    def __init__(self, count: Callable[[str, int], None]) -> None:
        self._count = count
        self._durable = True
        self._writes: bool | None = None  # whether the transaction can; None outside of one
        self._statements: list[str] = []

    def heard(self, statement: str) -> None:
        words = statement.upper().split(maxsplit=3)
        match words[0]:
            case "BEGIN":
                self._writes, self._statements = "IMMEDIATE" in words, []
            case "COMMIT" | "ROLLBACK" if words[1:2] != ["TO"]:  # a savepoint
                self._ended(committed=words[0] == "COMMIT")
            case "PRAGMA":
                self._pragma(statement)
            case _ if self._writes is None:
                self._count("statements", 1)
            case _:
                self._statements.append(statement)

    def _pragma(self, statement: str) -> None:
        if "data_version" in statement:
            self._count("looks", 1)
        elif found := re.search(r"synchronous\s*=\s*(\w+)", statement, re.IGNORECASE):
            self._durable = found[1].upper() in {"FULL", "EXTRA"}

    def _ended(self, *, committed: bool) -> None:
        of_budget = any(_BUDGET in each for each in self._statements)
        changes = any(each.lstrip().upper().startswith(_CHANGES) for each in self._statements)
        self._count("budget_statements" if of_budget else "statements", len(self._statements))
        if of_budget:
            self._count("budget_transactions", 1)
        elif self._writes:
            self._count("write_transactions", 1)
            self._count("only_read", int(not changes))
        else:
            self._count("read_transactions", 1)
        self._count("syncs", int(committed and changes and self._durable))
        self._writes = None


def main() -> None:
    """Count into the file that the first argument names, and run the bot."""
    file = Path(sys.argv.pop(1))
    with file.open("r+b") as opened:
        counts = memoryview(mmap.mmap(opened.fileno(), SIZE)).cast("q")
    places = {each.name: place for place, each in enumerate(fields(Counts))}

    def count(name: str, more: int) -> None:
        counts[places[name]] += more

    connect, fsync = sqlite3.connect, os.fsync

    def connected(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.set_trace_callback(Counter(count).heard)
        return connection

    def synced(handle: int) -> None:
        count("syncs", 1)
        fsync(handle)

    sqlite3.connect, os.fsync = connected, synced
    from bot import __main__  # noqa: PLC0415 - which loads what the two stand in for

    __main__.main()


if __name__ == "__main__":
    main()
