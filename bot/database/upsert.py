"""The one statement that SQLAlchemy's core has no common word for."""

from typing import Any

from sqlalchemy import Insert, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert_if_absent(connection: AsyncConnection, table: Table, values: dict[str, Any]) -> Insert:
    """Build an INSERT that leaves a row with the same key as it is."""
    insert = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}[connection.dialect.name]
    return insert(table).values(values).on_conflict_do_nothing()
