"""Transactions that exclude one another, whichever process they are in."""

from enum import IntEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection


class Lock(IntEnum):
    """What is done by one transaction at a time; the figures are advisory lock keys of PostgreSQL, ours alone."""

    MIGRATING = 0x7265656C_0001
    SUBMITTING = 0x7265656C_0002


async def exclusive(connection: AsyncConnection, lock: Lock) -> None:
    """Wait until no other transaction holds `lock`, and hold it to the end of this one.

    What is read afterwards is what the former holder left (READ COMMITTED). On SQLite each of our transactions has the
    database to itself from its start (`BEGIN IMMEDIATE`).
    """
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(int(lock))))
