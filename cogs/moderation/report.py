"""*Report*: members tell moderators of a video, and moderators decide on it."""

from typing import Any

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.jobs.decisions import Decided
from bot.jobs.errors import WrongState
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.moderation.ids import CASE_PATTERN, CaseVerb
from bot.moderation.modals import block_modal, report_modal, takedown_modal
from bot.moderation.moderators import hide_if_due
from bot.moderation.words import (
    dismissed_answer,
    no_video_here,
    not_a_moderator_here,
    not_a_moderator_of_server,
    not_reportable,
    outcome_sentence,
    own_video,
    put_back_answer,
    reported_answer,
    reported_before,
)
from bot.ui.answers import defer, open_form, say
from bot.ui.commands import MenuCog
from bot.ui.custom_ids import REPORT_PATTERN
from bot.ui.forms import JobFormCog, Submission
from bot.ui.pressed_item import JobButton, is_requester
from cogs.moderation.measures import may_block, may_remove, reason_given, show_history, video_of


class ReportButton(JobButton, template=REPORT_PATTERN):
    """Opens the form of a report."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        await _ask(bot.services, interaction, job)


class ReportCog(MenuCog, JobFormCog):
    """Takes reports, from the button below a video or the command on its message."""

    form_pattern = REPORT_PATTERN

    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        super().__init__(bot.tree, app_commands.ContextMenu(name="Report video", callback=self._asked))

    async def _asked(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        job = await video_of(self._services, interaction, message)
        if job is None:
            await say(interaction, no_video_here())
        else:
            await _ask(self._services, interaction, job)

    async def submitted_for(self, interaction: discord.Interaction[Any], job: Job, submission: Submission) -> None:
        services = self._services
        if why := _why_not(interaction, job):
            await say(interaction, why)
        else:
            # Moderators are told, and the video may be taken off its post; the answer has three seconds.
            await defer(interaction)
            now, reports = services.clock.now(), services.moderators.reports
            is_new = await reports.add(job, interaction.user.id, reason_given(submission), now) is not None
            await hide_if_due(services.moderators, services.moderation, services.guild_settings, job.id)
            await services.moderators.cases.see_to(job.id)
            reached = await services.moderators.cases.reached(job)
            await say(interaction, reported_answer(reached) if is_new else reported_before(reached))


class CaseButton(JobButton, template=CASE_PATTERN):
    """A moderator's button on the message about a reported video."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        services, verb = bot.services, CaseVerb(self.verb)
        case = await services.moderators.reports.case(job.id)
        if case is None or not await may_remove(interaction, job, case):
            await say(interaction, not_a_moderator_here())
        elif verb is CaseVerb.HISTORY:
            await show_history(interaction, job, reported=True)
        elif verb is CaseVerb.TAKE_DOWN:
            await open_form(interaction, takedown_modal(job.id, may_block=may_block(interaction, case)))
        elif verb is CaseVerb.BLOCK and not may_block(interaction, case):
            await say(interaction, not_a_moderator_of_server())
        elif verb is CaseVerb.BLOCK:
            await open_form(interaction, block_modal(job.request.member_id, job.id))
        else:
            await defer(interaction)
            await say(interaction, await _let_it_be(services, job, interaction.user.id))
            await services.moderators.cases.see_to(job.id)


async def _ask(services: Services, interaction: discord.Interaction[Any], job: Job) -> None:
    if why := _why_not(interaction, job):
        await say(interaction, why)
    elif await services.moderators.reports.was_made(job.id, interaction.user.id):
        await say(interaction, reported_before(await services.moderators.cases.reached(job)))
    else:
        await open_form(interaction, report_modal(job.id))


def _why_not(interaction: discord.Interaction[Any], job: Job) -> str | None:
    """Say why there is nothing to report; None where there is."""
    if job.state is not State.DELIVERED:
        return not_reportable(job)
    return own_video() if is_requester(interaction, job) else None


async def _let_it_be(services: Services, job: Job, by_id: int) -> str:
    """Put a hidden video back, or dismiss the reports of one that is not hidden; return what the moderator is told."""
    try:
        done = await services.moderation.put_back(job.id, by_id)
    except WrongState:  # decided on before, maybe a moment ago
        newest = await services.store.get(job.id) or job
        return outcome_sentence(newest, await services.moderators.decisions.of_job(job.id))
    return put_back_answer() if done is Decided.PUT_BACK else dismissed_answer()


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ReportButton, CaseButton)
    await bot.add_cog(ReportCog(bot))
