"""What no reference image of a server may show: kept as fingerprints, never as pictures."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import blocked_images
from bot.media.images.fingerprints import are_alike

MOST_OF_A_SERVER: Final = 5_000  # compared in some 3 ms; the oldest make room


class BlockedImageStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def add(self, guild_id: int, fingerprints: Sequence[str], *, by_id: int, reason: str, now: datetime) -> int:
        """Block pictures; return how many were not blocked before. What is too plain to be known again is left out."""
        known = await self._of(guild_id)
        new = [each for each in dict.fromkeys(fingerprints) if each and not any(are_alike(each, one) for one in known)]
        mine = blocked_images.c.guild_id == guild_id
        newest = select(blocked_images.c.fingerprint).where(mine).order_by(blocked_images.c.at.desc())
        async with self._engine.begin() as connection:
            for each in new:
                row = {"guild_id": guild_id, "fingerprint": each, "by_id": by_id, "reason": reason, "at": now}
                await connection.execute(insert_if_absent(connection, blocked_images, row))
            if len(known) + len(new) > MOST_OF_A_SERVER:
                kept = newest.limit(MOST_OF_A_SERVER)
                await connection.execute(delete(blocked_images).where(mine, blocked_images.c.fingerprint.not_in(kept)))
        return len(new)

    async def allow(self, guild_id: int, fingerprints: Sequence[str]) -> int:
        """Block pictures no longer; return how many entries that were."""
        known = await self._of(guild_id)
        gone = [each for each in known if any(are_alike(each, one) for one in fingerprints)]
        mine = blocked_images.c.guild_id == guild_id
        async with self._engine.begin() as connection:
            await connection.execute(delete(blocked_images).where(mine, blocked_images.c.fingerprint.in_(gone)))
        return len(gone)

    async def find(self, guild_id: int, fingerprints: Sequence[str]) -> int | None:
        """Tell which of these pictures is blocked, as its place from 0; None where none is."""
        known = await self._of(guild_id)
        for place, each in enumerate(fingerprints):
            if any(are_alike(each, one) for one in known):
                return place
        return None

    async def _of(self, guild_id: int) -> Sequence[str]:
        query = select(blocked_images.c.fingerprint).where(blocked_images.c.guild_id == guild_id)
        async with self._engine.connect() as connection:
            return (await connection.scalars(query)).all()
