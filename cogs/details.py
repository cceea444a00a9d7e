"""The *Details* button of cards and posts."""

import re
from typing import Any, Self

import discord

from bot.app import Reelcast
from bot.presentation.controls import DETAILS_PATTERN, DetailsId
from bot.presentation.details import PROMPT_LIMIT, details_text, prompt_file


class DetailsButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=DETAILS_PATTERN):
    """Shows everything about the job whose id is in the button's custom id."""

    def __init__(self, wanted: DetailsId) -> None:
        super().__init__(discord.ui.Button(label="Details", custom_id=str(wanted)))
        self._wanted = wanted

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(DetailsId(place=match["place"], job_id=int(match["job"]), attempt=int(match["attempt"])))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        job = await bot.services.store.get(self._wanted.job_id)
        # A video may have been sent again to another channel of its server, and its button with it.
        if job is None or job.request.guild_id != interaction.guild_id:
            await interaction.response.send_message("This video is no longer on record.", ephemeral=True)
            return
        files = [prompt_file(job.request.prompt)] if len(job.request.prompt) > PROMPT_LIMIT else []
        await interaction.response.send_message(
            details_text(job, bot.services.image_rules),
            files=files,
            ephemeral=True,
            allowed_mentions=discord.AllowedMentions.none(),
        )


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(DetailsButton)
