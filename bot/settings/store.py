"""The settings of servers, in the database. A change counts at once, in every process."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.changes import Remembered
from bot.database.statements import insert_if_absent
from bot.database.tables import guild_settings
from bot.database.types import adapter_of
from bot.settings.model import UNSET, GuildSettings

Change = Callable[[GuildSettings], GuildSettings]
Noted = Callable[[AsyncConnection, GuildSettings, GuildSettings], Awaitable[None]]


class SettingsStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._known = Remembered[int, GuildSettings](engine, guild_settings.name)

    async def get(self, guild_id: int) -> GuildSettings:
        """Read a server's settings; the defaults where it has set nothing."""
        return await self._known.read(guild_id, partial(self._read, guild_id))

    async def _read(self, guild_id: int) -> GuildSettings:
        query = select(guild_settings.c.settings).where(guild_settings.c.guild_id == guild_id)
        async with self._engine.connect() as connection:
            saved = (await connection.execute(query)).scalar_one_or_none()
        return parsed(saved)

    async def change(
        self, guild_id: int, change: Change, now: datetime, *, noted: Noted | None = None
    ) -> GuildSettings:
        """Apply a change to the newest settings and save it; of two at once, the second sees what the first did.

        `noted` writes down, in the same transaction, what they were and what they are, if that is not the same.
        Whatever `change` raises goes on, and nothing is saved then.
        """
        mine = guild_settings.c.guild_id == guild_id
        first = {"guild_id": guild_id, "settings": _dump(UNSET), "changed_at": now}
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, guild_settings, first))
            query = select(guild_settings.c.settings).where(mine).with_for_update()
            before = adapter_of(GuildSettings).validate_python((await connection.execute(query)).scalar_one())
            after = change(before)
            await connection.execute(update(guild_settings).where(mine).values(settings=_dump(after), changed_at=now))
            if noted is not None and after != before:
                await noted(connection, before, after)
        return after


def parsed(saved: object) -> GuildSettings:
    """Make settings of what the column holds; the defaults of None, where a server has no row."""
    return UNSET if saved is None else adapter_of(GuildSettings).validate_python(saved)


def _dump(settings: GuildSettings) -> object:
    return adapter_of(GuildSettings).dump_python(settings, mode="json", exclude_defaults=True)
