"""The *Cancel* button of a card."""

import re
from typing import Any, Self

import discord

from bot.app import Reelcast
from bot.jobs.errors import WrongState
from bot.presentation.controls import CANCEL_PATTERN, cancel_id
from bot.presentation.sentences import cancelled_sentence, not_cancellable_sentence


class CancelButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=CANCEL_PATTERN):
    """Takes a request back, for who asked or may manage messages here, as long as that costs nothing."""

    def __init__(self, job_id: int) -> None:
        super().__init__(discord.ui.Button(label="Cancel", custom_id=cancel_id(job_id)))
        self._job_id = job_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(int(match["job"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        job = await bot.services.store.get(self._job_id)
        if job is None or job.request.channel_id != interaction.channel_id:
            answer = "This video is no longer on record."
        elif interaction.user.id != job.request.member_id and not interaction.permissions.manage_messages:
            answer = "Only the member who asked for this video, or who may manage messages here, can cancel it."
        else:
            try:
                answer = cancelled_sentence(await bot.services.control.cancel(self._job_id))
            except WrongState as error:
                answer = not_cancellable_sentence(error.state)
        await interaction.response.send_message(answer, ephemeral=True)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(CancelButton)
