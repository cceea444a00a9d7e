"""`/studio`: a whole request in one modal, its images dropped into one field."""

import re
from typing import Any

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.interactions.forms import FormCog, Submission
from bot.interactions.requests import Requests
from bot.presentation.controls import STUDIO_ID
from bot.presentation.modals import studio_modal


class StudioCog(FormCog):
    form_pattern = re.escape(STUDIO_ID)

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="studio", description="Make a video: drop your images into one form")
    @app_commands.guild_only()
    async def studio(self, interaction: discord.Interaction) -> None:
        if await Requests(self._services).admits(interaction):
            await interaction.response.send_modal(studio_modal(self._services.offer))

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        wish = submission.wish(self._services.offer, submission.uploaded_images)
        await Requests(self._services).take(interaction, wish)


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(StudioCog(bot.services))
