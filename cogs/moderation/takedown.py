"""*Take down*: a moderator's one action against a video, by its message, its address, or a report of it."""

from typing import Any

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.jobs.errors import WrongState
from bot.jobs.model import Job
from bot.jobs.states import ENDED, State
from bot.moderation.ids import TAKEDOWN_PATTERN
from bot.moderation.modals import takedown_modal
from bot.moderation.words import no_video_here, not_a_link, not_a_moderator_here, not_removable, outcome_sentence
from bot.ui.answers import defer, open_form, say
from bot.ui.commands import MenuCog
from bot.ui.forms import JobFormCog, Submission
from bot.ui.pressed_item import JobButton
from cogs.moderation.measures import Measures, linked_message, may_block, may_remove, take_down, video_of


class TakedownButton(JobButton, template=TAKEDOWN_PATTERN):
    """Opens the form of a takedown, where its command took too long to do so."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        await _open(bot.services, interaction, job)


class TakedownCog(MenuCog, JobFormCog):
    form_pattern = TAKEDOWN_PATTERN

    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        super().__init__(bot.tree, app_commands.ContextMenu(name="Take down", callback=self._asked))
        self._menu.default_permissions = discord.Permissions(manage_messages=True)

    @app_commands.command(name="takedown", description="Take down a video by its message link")
    @app_commands.describe(link="Link to the video's message (use Copy Message Link)")
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_messages=True)
    async def takedown(self, interaction: discord.Interaction, link: str) -> None:
        message = await linked_message(interaction, link)
        if message is None:
            await say(interaction, not_a_link())
        else:
            await self._asked(interaction, message)

    async def _asked(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        services = self._services
        job = await video_of(services, interaction, message)
        if job is None:
            await say(interaction, no_video_here())
        else:
            await _open(services, interaction, job)

    async def submitted_for(self, interaction: discord.Interaction[Any], job: Job, submission: Submission) -> None:
        services = self._services
        # Channels are looked for, messages deleted and edited; the answer has three seconds.
        await defer(interaction)
        case = await services.moderators.reports.case(job.id)
        if not await may_remove(interaction, job, case):
            await say(interaction, not_a_moderator_here())
            return
        try:
            blocks = may_block(interaction, case)
            answer = await take_down(services, interaction, job, Measures.read(submission), blocks=blocks)
        except WrongState:
            newest = await services.store.get(job.id) or job
            made = await services.moderators.decisions.of_job(job.id)
            answer = outcome_sentence(newest, made)
        await say(interaction, answer)
        await services.moderation.end_what_waits(job.request.guild_id, job.request.member_id)
        newest = await services.store.get(job.id) or job
        await services.moderators.reviews.settle(newest)
        if newest.owes_notice:
            await services.delivery.notices.tell(newest)


async def _open(services: Services, interaction: discord.Interaction[Any], job: Job) -> None:
    if not await may_remove(interaction, job):
        await say(interaction, not_a_moderator_here())
    elif job.state in ENDED - {State.DELIVERED} and not job.deleted_by_hand:
        made = await services.moderators.decisions.of_job(job.id)
        await say(interaction, outcome_sentence(job, made) if made else not_removable())
    else:
        await open_form(interaction, takedown_modal(job.id, may_block=may_block(interaction)))


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(TakedownButton)
    await bot.add_cog(TakedownCog(bot))
