"""`/settings`: what a moderator sees first, and what may be written."""

import discord
from discord import app_commands

from bot.settings.changes import add_and_remove, add_words, choose, point_to, remove_words, set_numbers
from bot.settings.panel.ids import Page
from bot.ui.language import N_
from cogs.settings.options import REVIEWS, Posting, SettingsCommands, given, on_off

PATTERNS = [
    app_commands.Choice(name=N_("Refuse every text while a pattern cannot be applied"), value="block"),
    app_commands.Choice(name=N_("Leave such a pattern out"), value="skip"),
]


class ReviewCommands(SettingsCommands):
    review = app_commands.Group(name="review", description="Whether a moderator looks before videos are made or posted")
    filters = app_commands.Group(name="filters", description="What may be written in prompts")

    @review.command(name="mode", description="When a moderator looks")
    @app_commands.describe(mode="When a moderator looks")
    @app_commands.choices(mode=REVIEWS)
    async def review_mode(self, interaction: discord.Interaction, mode: str) -> None:
        await self.desk.change(interaction, lambda: choose("review", mode), Page.REVIEW)

    @review.command(name="channel", description="Where what waits for a moderator is shown")
    @app_commands.describe(channel="Best one that members do not see; none if you leave it out")
    async def review_channel(self, interaction: discord.Interaction, channel: Posting | None = None) -> None:
        await self.desk.change(interaction, lambda: point_to("review_channel_id", channel), Page.REVIEW)

    @review.command(name="trust", description="Let members with a role skip the review")
    @app_commands.describe(role="Who has this role skips the review")
    async def trust(self, interaction: discord.Interaction, role: discord.Role) -> None:
        await self.desk.change(interaction, lambda: add_and_remove("trusted_roles", [role.id], []), Page.REVIEW)

    @review.command(name="distrust", description="Let members with a role no longer skip the review")
    @app_commands.describe(role="Who has only this role no longer skips the review")
    async def distrust(self, interaction: discord.Interaction, role: discord.Role) -> None:
        await self.desk.change(interaction, lambda: add_and_remove("trusted_roles", [], [role.id]), Page.REVIEW)

    @review.command(name="times", description="How long things wait, and who counts as new")
    @app_commands.describe(
        hours="Hours after which what nobody looked at is rejected",
        new_member_days="Days during which whoever joined is reviewed, whatever the mode; 0: not at all",
    )
    async def times(
        self, interaction: discord.Interaction, hours: str | None = None, new_member_days: str | None = None
    ) -> None:
        typed = given(review_hours=hours, new_member_days=new_member_days)
        await self.desk.change(interaction, lambda: set_numbers(typed), Page.REVIEW)

    @filters.command(name="automod", description="Whether the server's AutoMod keyword rules count for prompts")
    @app_commands.describe(on="Whether they count")
    async def automod(self, interaction: discord.Interaction, on: bool) -> None:
        await self.desk.change(interaction, lambda: choose("automod", on_off(is_on=on)), Page.FILTERS)

    @filters.command(name="patterns", description="What happens where a pattern of AutoMod cannot be applied")
    @app_commands.describe(patterns="What happens to the text")
    @app_commands.choices(patterns=PATTERNS)
    async def patterns(self, interaction: discord.Interaction, patterns: str) -> None:
        await self.desk.change(interaction, lambda: choose("bad_patterns", patterns), Page.FILTERS)

    @filters.command(name="add-words", description="Refuse words, besides AutoMod's")
    @app_commands.describe(words="With commas between them; * at an end stands for more letters")
    async def add_words(self, interaction: discord.Interaction, words: str) -> None:
        await self.desk.change(interaction, lambda: add_words(words), Page.FILTERS)

    @filters.command(name="remove-words", description="Refuse words no longer")
    @app_commands.describe(words="With commas between them, as they stand in the list")
    async def remove_words(self, interaction: discord.Interaction, words: str) -> None:
        await self.desk.change(interaction, lambda: remove_words(words), Page.FILTERS)

    @filters.command(name="words", description="Show the words that are refused, besides AutoMod's")
    async def words(self, interaction: discord.Interaction) -> None:
        await self.desk.show_words(interaction)
