"""A real database file."""

from decimal import Decimal
from pathlib import Path

from sqlalchemy import URL

LIMIT = Decimal(1_000)  # USD a day that no test comes to by itself


def file_url(folder: Path) -> str:
    return URL.create("sqlite", database=str(folder / "reelcast.db")).render_as_string()
