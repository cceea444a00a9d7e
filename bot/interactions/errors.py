"""The answer to whatever went wrong in a command, a button or a modal."""

import contextlib
from typing import Any, Final

import aiohttp
import discord
import structlog

from bot.presentation.language import N_, _

log = structlog.get_logger(__name__)

DISCORD_AWAY: Final = (aiohttp.ClientError, ConnectionError, TimeoutError)  # no answer, or half of one
SERVER_ERROR: Final = 500  # the least status of an answer that is Discord's own trouble
BROKEN: Final = N_("Something went wrong, and whoever runs this bot has been told. Nothing was charged.")


async def answer_broken(interaction: discord.Interaction[Any], name: str | None, error: BaseException) -> None:
    """Answer with a sentence instead of Discord's "interaction failed", and tell the operator the rest."""
    if isinstance(error, DISCORD_AWAY) or (isinstance(error, discord.HTTPException) and error.status >= SERVER_ERROR):
        log.warning("answer_unclear", command=name, interaction=interaction.id, error=type(error).__name__)
    else:
        log.error("command_broke", command=name, interaction=interaction.id, exc_info=error)
    with contextlib.suppress(discord.HTTPException, *DISCORD_AWAY):
        await say(interaction, _(BROKEN))


async def say(interaction: discord.Interaction[Any], sentence: str, **extra: Any) -> None:
    """Tell the member alone, whether or not the interaction has been answered before."""
    mentions = discord.AllowedMentions.none()
    if interaction.response.is_done():
        await interaction.followup.send(sentence, ephemeral=True, allowed_mentions=mentions, **extra)
    else:
        await interaction.response.send_message(sentence, ephemeral=True, allowed_mentions=mentions, **extra)
