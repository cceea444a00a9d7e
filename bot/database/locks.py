"""Transactions that exclude one another, whichever process they are in."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Final

from sqlalchemy import exists, func, not_, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import marks

_NOT_AVAILABLE: Final = "55P03"  # PostgreSQL's code for a lock that wasn't released in time


class Lock(IntEnum):
    """What is done by one transaction at a time; the figures are advisory lock keys of PostgreSQL, ours alone."""

    MIGRATING = 0x7265656C_0001
    SUBMITTING = 0x7265656C_0002
    RESERVING = 0x7265656C_0003
    SAVING_CHARACTER = 0x7265656C_0004


# Milliseconds, in place of what each session has. A migration is waited for however long it takes, and may take its
# time between two statements. A submit leaves the line soon: of a process that froze in it, the lock would have
# to be taken away first.
_PATIENCE: Final[Mapping[Lock, Mapping[str, int]]] = {
    Lock.MIGRATING: {"lock_timeout": 0, "idle_in_transaction_session_timeout": 60_000},
    Lock.SUBMITTING: {"lock_timeout": 3_000},
    # Longer than a process that froze in it can hold it: a member is answered late then, but not turned away.
    Lock.RESERVING: {"lock_timeout": 8_000},
    Lock.SAVING_CHARACTER: {"lock_timeout": 8_000},
}


LASTING: Final = timedelta(minutes=1)  # a time that a restart is not to begin anew


class LockTaken(Exception):
    """Another transaction holds the lock for longer than it is waited for."""


async def exclusive(connection: AsyncConnection, lock: Lock) -> None:
    """Wait until no other transaction holds `lock`, and hold it to the end of this one.

    What is read afterwards is what the former holder left (READ COMMITTED). On SQLite each of our transactions has the
    database to itself from its start (`BEGIN IMMEDIATE`). Raises `LockTaken`, after which the transaction has ended.
    """
    if connection.dialect.name != "postgresql":
        return
    waits = [func.set_config(name, str(value), True) for name, value in _PATIENCE[lock].items()]
    await connection.execute(select(*waits))
    try:
        await connection.execute(select(func.pg_advisory_xact_lock(int(lock))))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_AVAILABLE:
            raise
        raise LockTaken(lock.name) from None


async def take_turn(engine: AsyncEngine, name: str, now: datetime, *, every: timedelta) -> bool:
    """Take a turn that no process took for so long. One noted in the future came from a wrong clock.

    With SQLite one process does all, which keeps short times by itself.
    """
    if engine.dialect.name == "sqlite" and every < LASTING:
        return True
    due = or_(marks.c.at <= now - every, marks.c.at > now)
    async with engine.connect() as connection:
        taken = select(exists().where(marks.c.name == name, not_(due)))
        if await connection.scalar(taken):
            return False
    # One that a power cut undoes is taken twice, no more.
    async with engine.execution_options(durable=False).begin() as connection:
        first = insert_if_absent(connection, marks, {"name": name, "at": now}).returning(marks.c.name)
        if (await connection.execute(first)).one_or_none() is not None:
            return True
        turn = update(marks).where(marks.c.name == name, due).values(at=now)
        return (await connection.execute(turn)).rowcount > 0
