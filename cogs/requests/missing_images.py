"""The button and the modal by which a member adds images that are gone once more."""

import re
from dataclasses import replace
from typing import Any

import discord

from bot.app import Reelcast, Services
from bot.requests.forms import IMAGES_PATTERN, TOO_LATE, images_modal
from bot.requests.wish import numbered, uploaded_images_in, wish_of
from bot.ui.answers import Shape, open_form, say
from bot.ui.forms import FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.requests.asking import Requests


class AddImagesButton(PressedItem, template=IMAGES_PATTERN):
    """Opens the modal for the request whose id is in the button's custom id."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        request_id = int(self.match["request"])
        if await bot.services.paused.look(request_id, interaction.user.id) is None:
            await say(interaction, _(TOO_LATE))
        else:
            await open_form(interaction, images_modal(request_id, bot.services.offer.most_images))


class MissingImagesCog(FormCog):
    """Takes the images, and goes on with what they were missing from."""

    form_pattern = IMAGES_PATTERN
    shape = Shape.PUBLIC

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        paused = await self._services.paused.resume(int(match["request"]), interaction.user.id)
        if paused is None:
            await say(interaction, _(TOO_LATE))
            return
        wish = replace(wish_of(paused.facts["video"]), images=numbered(uploaded_images_in(submission)))
        await Requests(self._services).take(interaction, wish)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(AddImagesButton)
    await bot.add_cog(MissingImagesCog(bot.services))
