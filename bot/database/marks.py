"""Moments by name, and turns that one of several processes takes."""

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import marks
from bot.database.upsert import insert_if_absent


async def take_turn(engine: AsyncEngine, name: str, now: datetime, *, every: timedelta) -> bool:
    """Take a turn if nobody has for so long; one to come was noted by a wrong clock. Of several one takes it."""
    due = or_(marks.c.at <= now - every, marks.c.at > now)
    async with engine.begin() as connection:
        first = insert_if_absent(connection, marks, {"name": name, "at": now}).returning(marks.c.name)
        if (await connection.execute(first)).one_or_none() is not None:
            return True
        turn = update(marks).where(marks.c.name == name, due).values(at=now)
        return (await connection.execute(turn)).rowcount > 0
