"""`/settings`: the panel, and a command for everything that can be decided there."""

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast
from bot.settings.changes import SERVER, choose
from bot.settings.panel.ids import Page
from bot.settings.panel.parts import TITLES
from cogs.settings.editing import SettingsEditor
from cogs.settings.limits import LimitCommands
from cogs.settings.options import Asking
from cogs.settings.places import PlaceCommands
from cogs.settings.posts import PostCommands
from cogs.settings.review import ReviewCommands

PAGES = [app_commands.Choice(name=title, value=page.value) for page, title in TITLES.items()]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class SettingsCog(
    PlaceCommands,
    ReviewCommands,
    LimitCommands,
    PostCommands,
    commands.GroupCog,
    group_name="settings",
    group_description="What this server has decided about videos",
):
    def __init__(self, desk: SettingsEditor) -> None:
        self.desk = desk

    @app_commands.command(name="show", description="Open the panel with all settings")
    @app_commands.describe(page="What to see first")
    @app_commands.choices(page=PAGES)
    async def show(self, interaction: discord.Interaction, page: app_commands.Choice[str] | None = None) -> None:
        await self.desk.show(interaction, Page.OVERVIEW if page is None else Page(page.value))

    @app_commands.command(name="check", description="Find missing permissions and rules that contradict each other")
    async def check(self, interaction: discord.Interaction) -> None:
        await self.desk.show(interaction, Page.CHECK)

    @app_commands.command(name="pause", description="Make no new videos until you resume")
    @app_commands.describe(channel="Only in this channel; the whole server if you leave this out")
    async def pause(self, interaction: discord.Interaction, channel: Asking | None = None) -> None:
        await self._pause(interaction, channel, "on")

    @app_commands.command(name="resume", description="Make new videos again")
    @app_commands.describe(channel="Only in this channel; the whole server if you leave this out")
    async def resume(self, interaction: discord.Interaction, channel: Asking | None = None) -> None:
        await self._pause(interaction, channel, "off")

    @app_commands.command(name="tidy", description="Forget channels and roles that no longer exist")
    async def tidy(self, interaction: discord.Interaction) -> None:
        await self.desk.tidy(interaction)

    @app_commands.command(name="reset", description="Forget every setting of this server")
    async def reset(self, interaction: discord.Interaction) -> None:
        await self.desk.ask_to_reset(interaction)

    async def _pause(self, interaction: discord.Interaction, channel_id: int | None, value: str) -> None:
        page = Page.OVERVIEW if channel_id is None else Page.CHANNEL
        place = SERVER if channel_id is None else channel_id
        await self.desk.change(interaction, lambda: choose("paused", value, place), page, place)


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(SettingsCog(SettingsEditor(bot.services)))
