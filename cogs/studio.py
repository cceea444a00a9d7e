"""`/studio`: a whole request in one modal, its images dropped into one field."""

import re
from typing import Any

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.interactions.requests import Requests
from bot.requests.forms import studio_modal
from bot.requests.wish import uploaded_images_in, wish_in
from bot.ui.answers import Shape, open_form
from bot.ui.custom_ids import STUDIO_ID
from bot.ui.forms import FormCog, Submission
from bot.ui.pressed_item import PressedItem


class StudioButton(PressedItem, template=re.escape(STUDIO_ID)):
    """Does what the command does, where that took too long to open the form."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await _open(bot.services, interaction)


class StudioCog(FormCog):
    form_pattern = re.escape(STUDIO_ID)
    shape = Shape.PUBLIC

    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="studio", description="Make a video: drop your images into one form")
    @app_commands.guild_only()
    async def studio(self, interaction: discord.Interaction) -> None:
        await _open(self._services, interaction)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        wish = wish_in(submission, self._services.offer, uploaded_images_in(submission))
        await Requests(self._services).take(interaction, wish)


async def _open(services: Services, interaction: discord.Interaction[Any]) -> None:
    if await Requests(services).admits(interaction):
        await open_form(interaction, studio_modal(services.offer))


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(StudioButton)
    await bot.add_cog(StudioCog(bot.services))
