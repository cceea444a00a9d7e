"""The *Details* button of cards and posts."""

from typing import Any

import discord

from bot.app import Reelcast
from bot.delivery.private_answers import PROMPT_LIMIT, details_text, prompt_file
from bot.jobs.model import Job
from bot.ui.answers import say
from bot.ui.custom_ids import DETAILS_PATTERN
from bot.ui.pressed_item import JobButton, is_requester, may_moderate


class DetailsButton(JobButton, template=DETAILS_PATTERN):
    """Shows everything about the job whose id is in the button's custom id."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        # The words under review, or taken down, are for who wrote them and for moderators.
        contents = job.shows_contents or is_requester(interaction, job) or may_moderate(interaction, job)
        files = [prompt_file(job.request.prompt)] if contents and len(job.request.prompt) > PROMPT_LIMIT else []
        await say(interaction, details_text(job, bot.services.offer, contents=contents), files=files)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(DetailsButton)
