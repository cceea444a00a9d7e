"""Decisions, kept for good: each is written down in the transaction that makes it so."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import search_key
from bot.database.tables import decisions
from bot.jobs.decisions import Decided, Decision, read_decision
from bot.jobs.tasks import uncancelled


class DecisionStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @uncancelled
    async def add(self, *made: Decision) -> None:
        async with self._engine.begin() as connection:
            await note(connection, *made)

    async def of_job(self, job_id: int) -> Sequence[Decision]:
        """Read what was decided about a job, oldest first."""
        query = select(decisions).where(decisions.c.job_id == job_id).order_by(decisions.c.at)
        async with self._engine.connect() as connection:
            return [read_decision(row) for row in await connection.execute(query)]

    async def counts(self, guild_id: int, member_id: int) -> dict[Decided, int]:
        """Count what was decided about a member in a server, by kind."""
        query = (
            select(decisions.c.kind, func.count())
            .where(decisions.c.guild_id == guild_id, decisions.c.member_id == member_id)
            .group_by(decisions.c.kind)
        )
        async with self._engine.connect() as connection:
            return {Decided(kind): count for kind, count in await connection.execute(query)}


async def note(connection: AsyncConnection, *made: Decision) -> None:
    """Write decisions down as part of a transaction."""
    if made:
        await connection.execute(decisions.insert(), [_to_row(each) for each in made])


def _to_row(decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "guild_id": decision.guild_id,
        "job_id": decision.job_id,
        "member_id": decision.member_id,
        "kind": decision.kind,
        "by_id": decision.by_id,
        "reason": decision.reason,
        "reason_key": search_key(decision.reason),
        "at": decision.at,
    }
