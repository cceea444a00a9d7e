"""A press of what its message does not have, as only a tampered client sends it: answered, and nothing is done.

discord.py hands no such press to anybody, so that whoever sent it would read that the bot did not respond.
"""

from typing import Any

import discord
import structlog
from discord.ext import commands

from bot.app import Reelcast
from bot.interactions.errors import answer_broken, say
from bot.presentation.language import _, speak

log = structlog.get_logger(__name__)


class StrayCog(commands.Cog):
    @commands.Cog.listener("on_interaction")
    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        if interaction.type is not discord.InteractionType.component or interaction.message is None:
            return
        if _custom_id(interaction) in _custom_ids(interaction.message):
            return
        speak(interaction.locale.value)
        log.info("stray_press", member=interaction.user.id, guild=interaction.guild_id)
        try:
            await say(interaction, _("That message has no such button or menu. Nothing was done."))
        except Exception as error:  # noqa: BLE001 - it may be gone by now
            await answer_broken(interaction, type(self).__name__, error)


def _custom_id(interaction: discord.Interaction[Any]) -> str:
    data: Any = interaction.data or {}
    return str(data.get("custom_id", ""))


def _custom_ids(message: discord.Message) -> set[str]:
    """Give what can be pressed in a message, as discord.py looks it up."""
    kind = discord.ui.LayoutView if message.flags.components_v2 else discord.ui.View
    view = kind.from_message(message, timeout=None)
    view.stop()
    return {getattr(item, "custom_id", "") or "" for item in view.walk_children()}


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(StrayCog())
