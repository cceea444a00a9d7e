"""Requests that wait for an answer of their own member: kept in the database, so that nobody types anything twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Delete, delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import paused_requests

KEPT_FOR: Final = timedelta(days=1)  # the answer to an interaction is on the screen no longer than that
MOST_OF_ONE: Final = 5  # of one member; the oldest make room


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """What was asked for, as whoever paused it wrote it down."""

    facts: Mapping[str, Any]
    paused_at: datetime


class PausedStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def pause(self, request_id: int, member_id: int, facts: Mapping[str, Any], now: datetime) -> None:
        """Keep a request under the id of its interaction."""
        mine = paused_requests.c.member_id == member_id
        newest = select(paused_requests.c.id).where(mine).order_by(paused_requests.c.paused_at.desc())
        row = {"id": request_id, "member_id": member_id, "facts": facts, "paused_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(_old(now))
            await connection.execute(paused_requests.insert().values(row))
            kept = (await connection.scalars(newest.limit(MOST_OF_ONE))).all()
            await connection.execute(delete(paused_requests).where(mine, paused_requests.c.id.not_in(kept)))

    async def look(self, request_id: int, member_id: int) -> Paused | None:
        """Read a member's request and leave it where it is."""
        query = select(paused_requests.c.facts, paused_requests.c.paused_at).where(*_own(request_id, member_id))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None else Paused(facts=row.facts, paused_at=row.paused_at)

    async def resume(self, request_id: int, member_id: int) -> Paused | None:
        """Take a member's request out; of two presses at once, one gets it."""
        taking = (
            delete(paused_requests)
            .where(*_own(request_id, member_id))
            .returning(paused_requests.c.facts, paused_requests.c.paused_at)
        )
        async with self._engine.begin() as connection:
            row = (await connection.execute(taking)).one_or_none()
        return None if row is None else Paused(facts=row.facts, paused_at=row.paused_at)

    async def thin(self, now: datetime) -> int:
        """Delete what nobody has answered in time; return how many rows."""
        async with self._engine.begin() as connection:
            return (await connection.execute(_old(now))).rowcount

    async def forget_member(self, member_id: int) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(paused_requests).where(paused_requests.c.member_id == member_id))


def _old(now: datetime) -> Delete:
    return delete(paused_requests).where(paused_requests.c.paused_at < now - KEPT_FOR)


def _own(request_id: int, member_id: int) -> tuple[Any, ...]:
    return paused_requests.c.id == request_id, paused_requests.c.member_id == member_id
