"""A server's log channel: one word at a time to its moderators, wherever they want to read it."""

from enum import Enum, auto
from typing import Any, Final

import discord
import structlog

from bot.discord_api.channel_pace import AtOnce, Turns
from bot.discord_api.errors import translated
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.settings.store import SettingsStore

log = structlog.get_logger(__name__)

_SILENT: Final = discord.AllowedMentions.none()


class Heard(Enum):
    """What came of saying something."""

    SAID = auto()
    NOBODY = auto()  # the server has no log channel
    CLOSED = auto()  # it is gone, or closed to the bot
    UNCLEAR = auto()  # Discord is in trouble: it may stand there all the same


class LogChannel:
    """Says things by channel id, so that no gateway is needed; nothing that goes wrong here stops anybody."""

    def __init__(self, client: discord.Client, settings: SettingsStore, turns: Turns | None = None) -> None:
        """`turns` are those of all processes, where there are several."""
        self._client = client
        self._settings = settings
        self._turns = turns or AtOnce()

    async def say(self, guild_id: int, words: str | discord.ui.LayoutView) -> bool:
        """Tell a server's moderators; tell whether it stands in a channel now. Never raises for what Discord does.

        `words` are in the language of the server and ping nobody. A server without a log channel is told nothing.
        """
        return await self.send(guild_id, words) is Heard.SAID

    async def send(self, guild_id: int, words: str | discord.ui.LayoutView, *, nonce: str | None = None) -> Heard:
        """Do the same, and tell what came of it; Discord drops a repeat of the same `nonce` for some minutes."""
        channel_id = (await self._settings.get(guild_id)).log_channel_id
        if channel_id is None:
            return Heard.NOBODY
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        said: dict[str, Any] = {"content": words} if isinstance(words, str) else {"view": words}
        if nonce is not None:
            said["nonce"] = nonce
        await self._turns.post(channel_id)
        try:
            with translated():
                await channel.send(**said, allowed_mentions=_SILENT)
        except OutcomeUnclear as error:
            log.warning("log_channel_unclear", guild=guild_id, channel=channel_id, error=error.detail)
            return Heard.UNCLEAR
        except PortError as error:
            log.warning("log_channel_closed", guild=guild_id, channel=channel_id, error=error.detail)
            return Heard.CLOSED
        return Heard.SAID
