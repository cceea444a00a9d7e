"""`/settings`: opens the panel, in which everything is decided. Discord hides it from who lacks Manage Server."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast
from bot.settings.entries import Page
from bot.settings.panel.ids import TITLES
from cogs.settings.editing import SettingsEditor

PAGES = [app_commands.Choice(name=title, value=page.value) for page, title in TITLES.items()]


class SettingsCog(commands.Cog):
    def __init__(self, editor: SettingsEditor) -> None:
        self._editor = editor

    @app_commands.command(name="settings", description="View and change this server's video settings")
    @app_commands.describe(page="Page to open first")
    @app_commands.choices(page=PAGES)
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: discord.Interaction, page: app_commands.Choice[str] | None = None) -> None:
        await self._editor.show(interaction, Page.OVERVIEW if page is None else Page(page.value))


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(SettingsCog(SettingsEditor(bot.services)))
