"""What a member wants of the bot, wherever they meet it."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import member_preferences


@dataclass(frozen=True, slots=True, kw_only=True)
class Preferences:
    tell_when_done: bool = False  # in a direct message, of each video that is posted
    takes_no_words: bool = False  # the last direct message was refused


DEFAULTS: Final = Preferences()


class PreferenceStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def get(self, member_id: int) -> Preferences:
        query = select(member_preferences).where(member_preferences.c.member_id == member_id)
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return DEFAULTS
        return Preferences(tell_when_done=bool(row.tell_when_done), takes_no_words=bool(row.takes_no_words))

    async def tell_when_done(self, member_id: int, *, wanted: bool) -> None:
        """Note whether a member wants direct messages; whether Discord delivers them shows with the next one."""
        await self._set(member_id, tell_when_done=int(wanted), takes_no_words=0)

    async def words_refused(self, member_id: int, *, refused: bool) -> None:
        """Note whether Discord let a direct message through to a member."""
        await self._set(member_id, takes_no_words=int(refused))

    async def hint(self, member_id: int) -> bool:
        """Return whether a member gets the hint for newcomers now: once, even if asked twice at the same time."""
        mine = member_preferences.c.member_id == member_id
        once = update(member_preferences).where(mine, member_preferences.c.hinted == 0).values(hinted=1)
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, member_preferences, {"member_id": member_id}))
            return (await connection.execute(once)).rowcount > 0

    async def forget_member(self, member_id: int) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(delete(member_preferences).where(member_preferences.c.member_id == member_id))

    async def _set(self, member_id: int, **values: int) -> None:
        mine = member_preferences.c.member_id == member_id
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, member_preferences, {"member_id": member_id}))
            await connection.execute(update(member_preferences).where(mine).values(values))
