"""What was decided about a member or a job, by whom, and why: kept for good, in the transaction that makes it so."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.tables import decisions
from bot.jobs.tasks import uncancelled


class Decided(StrEnum):
    """What came of it."""

    APPROVED = "APPROVED"
    APPROVED_AS_SPOILER = "APPROVED_AS_SPOILER"
    REJECTED = "REJECTED"  # by a moderator, or for want of one in time
    WITHHELD = "WITHHELD"  # at delivery: who asked had left or was blocked
    REPORTED = "REPORTED"
    HIDDEN = "HIDDEN"  # for its reports
    PUT_BACK = "PUT_BACK"
    DISMISSED = "DISMISSED"  # the reports came to nothing
    TAKEN_DOWN = "TAKEN_DOWN"
    QUOTA_GIVEN_BACK = "QUOTA_GIVEN_BACK"
    BLOCKED = "BLOCKED"
    UNBLOCKED = "UNBLOCKED"
    IMAGES_BLOCKED = "IMAGES_BLOCKED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    guild_id: int
    member_id: int  # whom it concerns
    kind: Decided
    at: datetime
    job_id: int | None = None
    by_id: int | None = None  # none: the bot itself
    reason: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)


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
            return [_from_row(row) for row in await connection.execute(query)]

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
        "at": decision.at,
    }


def _from_row(row: Row[Any]) -> Decision:
    return Decision(
        id=row.id,
        guild_id=row.guild_id,
        job_id=row.job_id,
        member_id=row.member_id,
        kind=Decided(row.kind),
        by_id=row.by_id,
        reason=row.reason,
        at=row.at,
    )
