"""Who has accepted the notice about other people's likeness, which stands before a member's first images.

Nothing of a member is kept, or sent to Segmind, before that.
"""

from datetime import datetime
from typing import Final

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import consents

WORDING: Final = 1  # raised whenever the notice promises or asks something else: then everybody is asked anew


class ConsentStore:
    """The record: who, when, which wording, and in which language it was read."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def given(self, member_id: int) -> bool:
        """Tell whether a member has accepted today's wording."""
        accepted = exists().where(consents.c.member_id == member_id, consents.c.version == WORDING)
        async with self._engine.connect() as connection:
            return bool(await connection.scalar(select(accepted)))

    async def give(self, member_id: int, *, locale: str, now: datetime) -> None:
        """Record that a member accepts today's wording; the first time counts."""
        values = {"member_id": member_id, "version": WORDING, "locale": locale, "accepted_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, consents, values))
