"""The bot operator's stops: a pause of everything, or a block of a server or a member everywhere, until undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.changes import Remembered
from bot.database.record_tables import operator_blocks
from bot.database.statements import insert_if_absent
from bot.database.tables import marks

PAUSED: Final = "paused"  # the name of the mark


class Target(StrEnum):
    SERVER = "SERVER"
    MEMBER = "MEMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorBlock:
    target: Target
    target_id: int
    reason: str
    by_id: int
    at: datetime


class OperatorStore:
    """Stops count at once, in every process. What is in progress continues."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._paused = Remembered[None, datetime | None](engine, marks.name)

    async def paused_since(self) -> datetime | None:
        return await self._paused.read(None, self._paused_since)

    async def _paused_since(self) -> datetime | None:
        async with self._engine.connect() as connection:
            return await connection.scalar(select(marks.c.at).where(marks.c.name == PAUSED))

    async def pause(self, now: datetime) -> None:
        """Let no new work begin anywhere; pausing what is paused changes nothing."""
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, marks, {"name": PAUSED, "at": now}))

    async def resume(self) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(marks).where(marks.c.name == PAUSED))

    async def block(self, block: OperatorBlock) -> None:
        """Block a server or a member; a block that there is gives way to the new one."""
        row = {
            "kind": block.target,
            "target_id": block.target_id,
            "reason": block.reason,
            "by_id": block.by_id,
            "at": block.at,
        }
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, operator_blocks, row))
            mine = update(operator_blocks).where(_is(block.target, block.target_id))
            await connection.execute(mine.values(row))

    async def lift(self, target: Target, target_id: int) -> bool:
        """Take a block away; return whether there was one."""
        async with self._engine.begin() as connection:
            gone = await connection.execute(delete(operator_blocks).where(_is(target, target_id)))
        return gone.rowcount > 0

    async def blocks(self, *, first: int, at_most: int) -> tuple[Sequence[OperatorBlock], int]:
        """Read the blocks from the newest on, leaving out `first` of them; and tell how many there are."""
        query = select(operator_blocks).order_by(operator_blocks.c.at.desc(), operator_blocks.c.target_id)
        async with self._engine.connect() as connection:
            rows = (await connection.execute(query.offset(first).limit(at_most))).all()
            count = await connection.scalar(select(func.count()).select_from(operator_blocks))
        found = [
            OperatorBlock(
                target=Target(row.kind), target_id=row.target_id, reason=row.reason, by_id=row.by_id, at=row.at
            )
            for row in rows
        ]
        return found, count or 0

    async def is_blocked(self, guild_id: int, member_id: int) -> Target | None:
        """Return which of the two is blocked; the server, where both are."""
        query = select(operator_blocks.c.kind).where(or_(_is(Target.SERVER, guild_id), _is(Target.MEMBER, member_id)))
        async with self._engine.connect() as connection:
            kinds = {Target(row.kind) for row in await connection.execute(query)}
        return next((target for target in Target if target in kinds), None)


def _is(target: Target, target_id: int) -> Any:
    return and_(operator_blocks.c.kind == target, operator_blocks.c.target_id == target_id)
