"""Requests at Segmind that no job owns, remembered so that the operator is told of each once."""

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.locks import take_turn
from bot.database.statements import insert_if_absent
from bot.database.tables import marks, orphans
from bot.jobs.tasks import uncancelled
from bot.segmind.models import HistoryRow

WATCHED_SINCE = "history_watched_since"
COMPARED = "history_compared"
COMPARED_WHOLE = "history_compared_whole"


class OrphanStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @uncancelled
    async def watched_since(self, now: datetime) -> datetime:
        """Tell since when the account's history is this bot's business: since this was first asked."""
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, marks, {"name": WATCHED_SINCE, "at": now}))
            query = select(marks.c.at).where(marks.c.name == WATCHED_SINCE)
            return (await connection.execute(query)).scalar_one()

    @uncancelled
    async def is_my_turn(self, now: datetime, *, every: timedelta) -> bool:
        """Take the turn to compare, if nobody has for so long; a turn to come was noted by a wrong clock."""
        return await take_turn(self._engine, COMPARED, now, every=every)

    @uncancelled
    async def last_whole(self) -> datetime | None:
        """Tell when all that can still matter was last compared to its end; None where it never was."""
        async with self._engine.connect() as connection:
            return await connection.scalar(select(marks.c.at).where(marks.c.name == COMPARED_WHOLE))

    @uncancelled
    async def compared_whole(self, now: datetime) -> None:
        """Note that all that can still matter was compared to its end."""
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, marks, {"name": COMPARED_WHOLE, "at": now}))
            await connection.execute(update(marks).where(marks.c.name == COMPARED_WHOLE).values(at=now))

    @uncancelled
    async def note(self, row: HistoryRow, now: datetime) -> bool:
        """Remember a request without an owner; False where it was noted before."""
        values = {"request_id": row.request_id, "noted_at": now, "cost_usd": row.cost}
        async with self._engine.begin() as connection:
            # Only UPDATE and DELETE have a row count on every driver.
            noted = insert_if_absent(connection, orphans, values).returning(orphans.c.request_id)
            return (await connection.execute(noted)).one_or_none() is not None
