"""Whom a server's moderators have blocked: for a time, or for good."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import blocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A row of `blocks`, by the names of its columns."""

    guild_id: int
    member_id: int
    until: datetime | None  # none: for good
    by_id: int
    reason: str
    at: datetime


class Clock(Protocol):
    def now(self) -> datetime: ...


class BlockStore:
    """The blocks that count now; one that has run out is as good as none."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    async def put(self, block: Block) -> None:
        """Block a member; a block that there is gives way to the new one."""
        async with self._engine.begin() as connection:
            row = asdict(block)
            await connection.execute(insert_if_absent(connection, blocks, row))
            await connection.execute(update(blocks).where(*_of(block.guild_id, block.member_id)).values(row))

    async def lift(self, guild_id: int, member_id: int) -> Block | None:
        """Take a block away; return it, or None where none counted."""
        found = await self.get(guild_id, member_id)
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(blocks).where(*_of(guild_id, member_id)))
        return found if gone.rowcount else None

    async def get(self, guild_id: int, member_id: int) -> Block | None:
        query = select(blocks).where(*_of(guild_id, member_id), _counts_at(self._clock.now()))
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        return None if row is None else Block(**row)

    async def page(self, guild_id: int, *, first: int, at_most: int) -> tuple[Sequence[Block], int]:
        """Read a server's blocks from the newest on, leaving out `first` of them; and tell how many there are."""
        counting = and_(blocks.c.guild_id == guild_id, _counts_at(self._clock.now()))
        query = select(blocks).where(counting).order_by(blocks.c.at.desc(), blocks.c.member_id)
        async with self._engine.connect() as connection:
            rows = await connection.execute(query.offset(first).limit(at_most))
            found = [Block(**row) for row in rows.mappings()]
            count = await connection.scalar(select(func.count()).select_from(blocks).where(counting))
        return found, count or 0


def _of(guild_id: int, member_id: int) -> tuple[Any, ...]:
    return blocks.c.guild_id == guild_id, blocks.c.member_id == member_id


def _counts_at(now: datetime) -> Any:
    return or_(blocks.c.until.is_(None), blocks.c.until > now)
