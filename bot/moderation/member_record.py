"""What a server knows of a member when a moderator has to decide about them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import decisions, jobs, reports
from bot.jobs.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberRecord:
    """Counts of one server; `joined_at` is None where Discord did not say."""

    videos: int  # posted, of those that are still on record
    rejected: int
    taken_down: int
    reports: int  # by others, of videos still on record
    blocks: int
    joined_at: datetime | None = None


class RecordReader:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def read(self, guild_id: int, member_id: int) -> MemberRecord:
        own = (jobs.c.guild_id == guild_id, jobs.c.member_id == member_id)
        posted = select(func.count()).select_from(jobs).where(*own, jobs.c.state == State.DELIVERED)
        reported = select(func.count()).select_from(reports.join(jobs, jobs.c.id == reports.c.job_id)).where(*own)
        decided = (
            select(decisions.c.kind, func.count())
            .where(decisions.c.guild_id == guild_id, decisions.c.member_id == member_id)
            .group_by(decisions.c.kind)
        )
        async with self._engine.connect() as connection:
            videos = await connection.scalar(posted)
            found = await connection.scalar(reported)
            counts = {str(kind): count for kind, count in await connection.execute(decided)}
        return MemberRecord(
            videos=videos or 0,
            rejected=counts.get("REJECTED", 0),
            taken_down=counts.get("TAKEN_DOWN", 0),
            reports=found or 0,
            blocks=counts.get("BLOCKED", 0),
        )
