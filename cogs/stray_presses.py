"""Presses and forms that mean nothing to the bot, as only a tampered client or an old message sends them.

discord.py hands no such press to anyone, so its sender would read that the bot did not respond.
"""

import re
from typing import Any

import discord
import structlog
from discord.ext import commands

from bot.app import Reelcast
from bot.ui.answers import Shape, say
from bot.ui.failures import answer_broken
from bot.ui.forms import FormCog
from bot.ui.language import N_, _, speak
from bot.ui.pressed_item import PressedItem

NO_BUTTON = N_("That message doesn't have this button or menu. Nothing was done.")
NO_FORM = N_("The bot doesn't know this form anymore. Nothing was done. Use the command again.")

log = structlog.get_logger(__name__)


class StrayCog(commands.Cog):
    def __init__(self, bot: Reelcast) -> None:
        self._bot = bot

    @commands.Cog.listener("on_interaction")
    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        custom_id = interaction.custom_id or ""
        if interaction.type is discord.InteractionType.component and interaction.message is not None:
            if custom_id in _custom_ids(interaction.message) and _matches_any(custom_id, PressedItem.templates):
                return
            event, sentence = "stray_press", NO_BUTTON
        elif interaction.type is discord.InteractionType.modal_submit:
            if _matches_any(custom_id, self._form_patterns):
                return
            event, sentence = "stray_form", NO_FORM
        else:
            return
        if not await self._bot.arrivals.receive(interaction, Shape.PRIVATE):
            return
        speak(interaction.locale.value)
        log.info(event, member=interaction.user.id, guild=interaction.guild_id)
        try:
            await say(interaction, _(sentence))
        except Exception as error:  # noqa: BLE001 - it may be gone by now
            await answer_broken(interaction, type(self).__name__, error)

    @property
    def _form_patterns(self) -> list[re.Pattern[str]]:
        return [re.compile(each.form_pattern) for each in self._bot.cogs.values() if isinstance(each, FormCog)]


def _matches_any(custom_id: str, patterns: list[re.Pattern[str]]) -> bool:
    return any(each.fullmatch(custom_id) for each in patterns)


def _custom_ids(message: discord.Message) -> set[str]:
    """Return what can be pressed in a message, as discord.py looks it up."""
    kind = discord.ui.LayoutView if message.flags.components_v2 else discord.ui.View
    view = kind.from_message(message, timeout=None)
    view.stop()
    return {getattr(item, "custom_id", "") or "" for item in view.walk_children()}


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(StrayCog(bot))
