"""Moving everything from one database to another, such as from SQLite to PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import LargeBinary, Table, func, make_url, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.database.engine import SQLITE, open_database
from bot.database.locks import Lock, exclusive
from bot.database.record_tables import metadata

BATCH: Final = 500  # rows that are in memory at a time
LARGE_BATCH: Final = 10  # the same of a table that keeps files


class TransferRefused(Exception):
    """Nothing was copied; the text says why, and names no address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """One table's rows, counted on both sides."""

    table: str
    rows: int


async def transfer(source: str, target: str) -> Sequence[Copied]:
    """Copy every table of the database at `source` to the empty one at `target`: all, or nothing.

    Both schemas are brought up to date first. The source is only read, and no one else may write to it meanwhile: on
    SQLite the transaction ensures that, otherwise the caller. Raises `TransferRefused`.
    """
    if source == target:
        raise TransferRefused("the two databases are the same")
    if not _is_there(source):
        raise TransferRefused("the source file doesn't exist")
    async with (
        open_database(source) as old,
        open_database(target) as new,
        old.connect() as reading,
        new.begin() as writing,
    ):
        await exclusive(writing, Lock.MIGRATING)
        for table in metadata.sorted_tables:
            if await _count(writing, table):
                raise TransferRefused(f"the target isn't empty: {table.name} has rows. Use an empty database")
        return [await _copy(reading, writing, table) for table in metadata.sorted_tables]


def _is_there(url: str) -> bool:
    """Tell an SQLite file that would only be made by opening it; a server answers for itself."""
    address = make_url(url)
    return address.get_backend_name() != SQLITE or Path(address.database or "").is_file()


async def _copy(reading: AsyncConnection, writing: AsyncConnection, table: Table) -> Copied:
    size = LARGE_BATCH if any(isinstance(column.type, LargeBinary) for column in table.columns) else BATCH
    async with reading.stream(select(table), execution_options={"yield_per": size}) as rows:
        async for batch in rows.mappings().partitions(size):
            await writing.execute(table.insert(), [dict(row) for row in batch])
    there, here = await _count(reading, table), await _count(writing, table)
    if there != here:
        raise TransferRefused(f"only {here} of {there} rows of {table.name} arrived")
    return Copied(table=table.name, rows=here)


async def _count(connection: AsyncConnection, table: Table) -> int:
    return (await connection.execute(select(func.count()).select_from(table))).scalar_one()
