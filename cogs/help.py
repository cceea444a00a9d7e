"""`/help`, and the button of the hint for newcomers."""

import re
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.interactions.errors import answer_broken
from bot.interactions.help import show_help
from bot.presentation.help import HELP_ID
from bot.presentation.language import speak


class HelpButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=HELP_ID):
    """Shows the same as the command."""

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(discord.ui.Button(custom_id=match.string))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        bot: Reelcast = interaction.client
        try:
            await show_help(bot.services, interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)


class HelpCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="help", description="What this bot does, how to use it, and what counts here")
    async def help(self, interaction: discord.Interaction) -> None:
        await show_help(self._services, interaction)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(HelpButton)
    await bot.add_cog(HelpCog(bot.services))
