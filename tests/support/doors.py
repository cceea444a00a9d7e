"""A server as its moderators leave it to members: its channels chosen."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.database.engine import open_database
from bot.settings.model import GuildSettings
from bot.settings.store import SettingsStore


async def open_doors(database_url: str, guilds: Iterable[Mapping[str, Any]]) -> None:
    """Let members ask everywhere in these servers, as the sandbox describes them, unless somebody has chosen."""
    async with open_database(database_url) as engine:
        store = SettingsStore(engine)
        for guild in guilds:
            await let_in(store, int(guild["id"]), (int(channel["id"]) for channel in guild["channels"]))


async def let_in(store: SettingsStore, guild_id: int, channel_ids: Iterable[int]) -> None:
    """Let members ask in these channels of a server, and nowhere else; what was chosen before stays."""
    chosen = frozenset(channel_ids)

    def choose(settings: GuildSettings) -> GuildSettings:
        return replace(settings, channels=chosen) if settings.channels is None else settings

    await store.change(guild_id, choose, datetime.now(UTC))
