"""The *Cancel* button of a card."""

from typing import Any

import discord

from bot.app import Reelcast
from bot.jobs.errors import WrongState
from bot.jobs.model import Job
from bot.members.card_words import cancelled_sentence, not_cancellable_sentence, not_yours_to_cancel
from bot.ui.answers import say
from bot.ui.custom_ids import CANCEL_PATTERN
from bot.ui.pressed_item import JobButton, is_requester, may_moderate


class CancelButton(JobButton, template=CANCEL_PATTERN):
    """Takes a request back, for who asked or may manage messages here."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if not (is_requester(interaction, job) or may_moderate(interaction, job)):
            answer = not_yours_to_cancel()
        else:
            try:
                answer = cancelled_sentence(await bot.services.control.cancel(job.id))
            except WrongState as error:
                answer = not_cancellable_sentence(error.state)
        await say(interaction, answer)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(CancelButton)
