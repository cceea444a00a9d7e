"""`/settings`: what may be made, how it is posted, in which language, and what is kept of it."""

import discord
from discord import app_commands

from bot.settings.changes import allow, choose, set_numbers
from bot.settings.panel.ids import Page
from bot.settings.words import LANGUAGE_NAMES
from bot.ui.language import N_
from cogs.settings.options import DURATIONS, RATIOS, SettingsCommands, on_off

ORIGINALS = [
    app_commands.Choice(name=N_("Unless there is a review"), value="auto"),
    app_commands.Choice(name=N_("Always"), value="on"),
    app_commands.Choice(name=N_("Never"), value="off"),
]
LANGUAGES = [
    app_commands.Choice(name=N_("As the server set it in Discord"), value="auto"),
    *(app_commands.Choice(name=name, value=value) for value, name in LANGUAGE_NAMES.items()),
]
SHARING = [
    app_commands.Choice(name=N_("Nobody"), value="off"),
    app_commands.Choice(name=N_("Moderators"), value="moderators"),
    app_commands.Choice(name=N_("All members"), value="members"),
]


class PostCommands(SettingsCommands):
    @app_commands.command(name="spoilers", description="Whether videos are hidden until a member clicks")
    @app_commands.describe(on="Whether they are hidden")
    async def spoilers(self, interaction: discord.Interaction, on: bool) -> None:
        await self.desk.change(interaction, lambda: choose("spoiler", on_off(is_on=on)), Page.POSTS)

    @app_commands.command(name="ai-label", description="Choose if posts say that the video is AI-generated")
    @app_commands.describe(on="Whether posts say it")
    async def ai_label(self, interaction: discord.Interaction, on: bool) -> None:
        await self.desk.change(interaction, lambda: choose("ai_label", on_off(is_on=on)), Page.POSTS)

    @app_commands.command(name="durations", description="Which durations are allowed")
    @app_commands.describe(allowed="The durations that members can choose")
    @app_commands.choices(allowed=DURATIONS)
    async def durations(self, interaction: discord.Interaction, allowed: str) -> None:
        await self.desk.change(interaction, lambda: allow("durations", allowed.split(",")), Page.POSTS)

    @app_commands.command(name="ratios", description="Which aspect ratios are allowed")
    @app_commands.describe(allowed="The aspect ratios that members can choose")
    @app_commands.choices(allowed=RATIOS)
    async def ratios(self, interaction: discord.Interaction, allowed: str) -> None:
        await self.desk.change(interaction, lambda: allow("aspect_ratios", allowed.split(",")), Page.POSTS)

    @app_commands.command(name="originals", description="Whether posts have a button to the original file")
    @app_commands.describe(when="A takedown cannot delete the file at the video service")
    @app_commands.choices(when=ORIGINALS)
    async def originals(self, interaction: discord.Interaction, when: str) -> None:
        await self.desk.change(interaction, lambda: choose("original_links", when), Page.POSTS)

    @app_commands.command(name="reports", description="How many reports hide a video until a moderator decides")
    @app_commands.describe(reports="A number; 0: reports never hide a video by themselves")
    async def reports(self, interaction: discord.Interaction, reports: str) -> None:
        await self.desk.change(interaction, lambda: set_numbers({"report_threshold": reports}), Page.POSTS)

    @app_commands.command(name="records", description="How long it is on record who made what")
    @app_commands.describe(days="Days for which records are kept")
    async def records(self, interaction: discord.Interaction, days: str) -> None:
        await self.desk.change(interaction, lambda: set_numbers({"keep_records_days": days}), Page.POSTS)

    @app_commands.command(name="language", description="The language of cards and posts")
    @app_commands.describe(language="What only one member sees is in that member's own")
    @app_commands.choices(language=LANGUAGES)
    async def language(self, interaction: discord.Interaction, language: str) -> None:
        await self.desk.change(interaction, lambda: choose("language", language), Page.CAST)

    @app_commands.command(name="cast", description="Who may share saved characters with the whole server")
    @app_commands.describe(sharing="Everybody else uses the shared ones, and keeps their own")
    @app_commands.choices(sharing=SHARING)
    async def cast(self, interaction: discord.Interaction, sharing: str) -> None:
        await self.desk.change(interaction, lambda: choose("cast_sharing", sharing), Page.CAST)
