"""What somebody at the machine wants done with a job, left in the database for the bot that runs."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import wishes
from bot.jobs.tasks import uncancelled


class WishStore:
    """One wish for a job at a time: that its work be taken up again."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @uncancelled
    async def leave(self, job_id: int, now: datetime) -> None:
        """Leave a wish; one for the same job that was answered, or not yet, gives way to it."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(wishes).where(wishes.c.job_id == job_id))
            await connection.execute(wishes.insert().values(job_id=job_id, asked_at=now))

    @uncancelled
    async def take(self, now: datetime) -> int | None:
        """Take the oldest wish that nobody has taken; return its job, or None where there is none."""
        oldest = select(wishes.c.job_id).where(wishes.c.taken_at.is_(None)).order_by(wishes.c.asked_at).limit(1)
        async with self._engine.begin() as connection:
            job_id = (await connection.execute(oldest)).scalar_one_or_none()
            if job_id is None:
                return None
            mine = update(wishes).where(wishes.c.job_id == job_id, wishes.c.taken_at.is_(None)).values(taken_at=now)
            return job_id if (await connection.execute(mine)).rowcount else None

    @uncancelled
    async def answer(self, job_id: int, words: str) -> None:
        """Say what came of a wish."""
        async with self._engine.begin() as connection:
            await connection.execute(update(wishes).where(wishes.c.job_id == job_id).values(answer=words))

    @uncancelled
    async def answered(self, job_id: int) -> str | None:
        """Read what came of a wish; None as long as nobody has said."""
        query = select(wishes.c.answer).where(wishes.c.job_id == job_id)
        async with self._engine.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()
