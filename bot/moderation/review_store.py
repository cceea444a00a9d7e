"""Where moderators see what waits for them: the messages of each job's review."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import reviews
from bot.database.types import value_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """The messages in which a job is before its moderators; none known is none there, for all that we know."""

    job_id: int
    guild_id: int
    channel_id: int | None
    request_message_id: int | None  # with prompt and references
    video_message_id: int | None
    tried_at: datetime | None
    open: bool  # they do not show yet how it ended


class ReviewStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, job_id: int) -> Review | None:
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(reviews).where(reviews.c.job_id == job_id))).one_or_none()
        return None if row is None else value_of(Review, row)

    async def claim(self, job_id: int, guild_id: int, now: datetime, patience: timedelta) -> bool:
        """Take it on oneself to see to a job's messages, unless someone did within `patience`; one of several may."""
        first = {"job_id": job_id, "guild_id": guild_id, "open": 1}
        due = or_(reviews.c.tried_at.is_(None), reviews.c.tried_at <= now - patience)
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, reviews, first))
            claimed = await connection.execute(
                update(reviews).where(reviews.c.job_id == job_id, due).values(tried_at=now, open=1)
            )
        return claimed.rowcount > 0

    async def look_again(self, guild_id: int) -> None:
        """Let the first process handle all that waits in a server, even if one did a moment ago."""
        mine = (reviews.c.guild_id == guild_id, reviews.c.open > 0)
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(*mine).values(tried_at=None))

    async def shown(self, job_id: int, channel_id: int, **messages: int | None) -> None:
        """Note where moderators see a job: `request_message_id` and `video_message_id`, as far as they are given."""
        values = {"channel_id": channel_id, **messages}
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(reviews.c.job_id == job_id).values(values))

    async def opened(self, *, at_most: int) -> Sequence[Review]:
        """Read the reviews whose messages do not show yet how they ended."""
        query = select(reviews).where(reviews.c.open > 0).limit(at_most)
        async with self._engine.connect() as connection:
            return [value_of(Review, row) for row in await connection.execute(query)]

    async def waiting(self) -> Sequence[int]:
        """Name the servers in which something is open."""
        query = select(reviews.c.guild_id).where(reviews.c.open > 0).distinct()
        async with self._engine.connect() as connection:
            return (await connection.scalars(query)).all()

    async def close(self, job_id: int) -> None:
        """Note that the messages show how it ended, or never will."""
        async with self._engine.begin() as connection:
            await connection.execute(update(reviews).where(reviews.c.job_id == job_id).values(open=0))
