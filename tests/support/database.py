"""A real database file."""

import sqlite3
from decimal import Decimal
from functools import cache
from pathlib import Path

from sqlalchemy import URL, create_engine
from sqlalchemy.pool import StaticPool

from bot.database.schema import upgrade

LIMIT = Decimal(1_000)  # USD a day that no test comes to by itself


def file_url(folder: Path) -> str:
    """Give the address of a database with today's schema, which is put there unless one is there already.

    To copy what the migrations make takes a hundredth of the time that they take.
    """
    path = _file_in(folder)
    if not path.exists():
        path.write_bytes(_migrated())
    return unmade_url(folder)


def unmade_url(folder: Path) -> str:
    """Give the address of a database that whoever opens it first has to make."""
    return URL.create("sqlite", database=str(_file_in(folder))).render_as_string()


def _file_in(folder: Path) -> Path:
    return folder / "reelcast.db"


@cache
def _migrated() -> bytes:
    """Run the migrations once for each process of a test run."""
    memory = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    engine = create_engine("sqlite://", creator=lambda: memory, poolclass=StaticPool)
    with engine.begin() as connection:
        upgrade(connection)
    content = memory.serialize()
    engine.dispose()
    return content
