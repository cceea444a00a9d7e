"""`/help`, and the button of the hint for newcomers."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.members.help_words import HELP_ID
from bot.ui.pressed_item import PressedItem
from cogs.requests.hints import show_help


class HelpButton(PressedItem, template=HELP_ID):
    """Shows the same as the command."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await show_help(bot.services, interaction)


class HelpCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="help", description="What this bot does, how to use it, and what counts here")
    async def help(self, interaction: discord.Interaction) -> None:
        await show_help(self._services, interaction)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(HelpButton)
    await bot.add_cog(HelpCog(bot.services))
