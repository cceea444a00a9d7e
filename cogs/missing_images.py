"""The button and the modal by which a member adds images that are gone once more."""

import re
from dataclasses import replace
from typing import Any, Self

import discord

from bot.app import Reelcast, Services
from bot.interactions.errors import answer_broken, say
from bot.interactions.forms import FormCog, Submission
from bot.interactions.requests import Requests
from bot.interactions.wish import numbered, wish_of
from bot.presentation.language import _, speak
from bot.presentation.missing_images import IMAGES_PATTERN, TOO_LATE, images_modal


class AddImagesButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=IMAGES_PATTERN):
    """Opens the modal for the request whose id is in the button's custom id."""

    def __init__(self, custom_id: str, request_id: int) -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self._request_id = request_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string, int(match["request"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        bot: Reelcast = interaction.client
        try:
            if await bot.services.paused.look(self._request_id, interaction.user.id) is None:
                await say(interaction, _(TOO_LATE))
            else:
                await interaction.response.send_modal(images_modal(self._request_id, bot.services.offer.most_images))
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)


class MissingImagesCog(FormCog):
    """Takes the images, and goes on with what they were missing from."""

    form_pattern = IMAGES_PATTERN

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        paused = await self._services.paused.resume(int(match["request"]), interaction.user.id)
        if paused is None:
            await say(interaction, _(TOO_LATE))
            return
        wish = replace(wish_of(paused.facts["video"]), images=numbered(submission.uploaded_images))
        await Requests(self._services).take(interaction, wish)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(AddImagesButton)
    await bot.add_cog(MissingImagesCog(bot.services))
