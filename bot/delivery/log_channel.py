"""A server's log channel: one word at a time to its moderators, wherever they want to read it."""

from typing import Final

import aiohttp
import discord
import structlog

from bot.policy.settings_store import SettingsStore

log = structlog.get_logger(__name__)

_SILENT: Final = discord.AllowedMentions.none()


class LogChannel:
    """Says things by channel id, so that no gateway is needed; nothing that goes wrong here stops anybody."""

    def __init__(self, client: discord.Client, settings: SettingsStore) -> None:
        self._client = client
        self._settings = settings

    async def say(self, guild_id: int, words: str | discord.ui.LayoutView) -> bool:
        """Tell a server's moderators; tell whether it stands in a channel now. Never raises for what Discord does.

        `words` are in the language of the server and ping nobody. A server without a log channel is told nothing.
        """
        channel_id = (await self._settings.get(guild_id)).log_channel_id
        if channel_id is None:
            return False
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        try:
            if isinstance(words, str):
                await channel.send(words, allowed_mentions=_SILENT)
            else:
                await channel.send(view=words, allowed_mentions=_SILENT)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:  # a timeout is an OSError
            status = error.status if isinstance(error, discord.HTTPException) else None
            log.warning(
                "log_channel_closed", guild=guild_id, channel=channel_id, error=type(error).__name__, status=status
            )
            return False
        return True
