"""What moderators press below what waits for them: *Approve*, *Approve as spoiler*, *Reject* with its modal."""

import re
from typing import Any, Self

import discord

from bot.app import Reelcast, Services
from bot.interactions.errors import say
from bot.interactions.forms import FormCog, Submission
from bot.interactions.job_button import NO_RECORD, JobButton
from bot.interactions.moderators import also_chosen, may_review, reason_given
from bot.interactions.takedowns import block_pictures
from bot.jobs.errors import WrongState
from bot.jobs.model import Job
from bot.jobs.moderating import ApprovalObjected
from bot.jobs.ports import PortError
from bot.jobs.states import State
from bot.presentation.language import _
from bot.presentation.moderation_modals import BLOCK_IMAGES, reject_modal
from bot.presentation.review_ids import REASON_PATTERN, REVIEW_PATTERN, Verb
from bot.presentation.review_words import (
    approved_answer,
    cannot_approve,
    discord_unclear,
    not_a_moderator,
    not_yet,
    outcome_sentence,
    rejected_answer,
)


class ReviewButton(JobButton, template=REVIEW_PATTERN):
    """Decides on what waits, for who may manage messages in the channel where moderators see it."""

    def __init__(self, custom_id: str, job_id: int, verb: Verb) -> None:
        super().__init__(custom_id, job_id)
        self._verb = verb

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string, int(match["job"]), Verb(match["verb"]))

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        services = bot.services
        if not may_review(interaction, job, await services.moderators.review_store.get(job.id)):
            await say(interaction, not_a_moderator())
        elif self._verb is Verb.REJECT:
            await interaction.response.send_modal(reject_modal(job.id))
        else:
            # Discord is asked how the member stands, which may take a while; the answer has three seconds.
            await interaction.response.defer(ephemeral=True, thinking=True)
            await say(interaction, await _approve(services, interaction.user.id, job, self._verb))
            await services.moderators.reviews.settle(await services.store.get(job.id) or job)


class ReviewCog(FormCog):
    """Takes the modal of *Reject*."""

    form_pattern = REASON_PATTERN

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        services = self._services
        job = await services.store.get(int(match["job"]))
        if job is None or job.request.guild_id != interaction.guild_id:
            await say(interaction, _(NO_RECORD))
            return
        if not may_review(interaction, job, await services.moderators.review_store.get(job.id)):
            await say(interaction, not_a_moderator())
            return
        reason = reason_given(submission)
        try:
            rejected = await services.moderation.reject(job.id, interaction.user.id, reason)
        except WrongState:
            await say(interaction, await _too_late(services, job))
            return
        blocks = also_chosen(submission, BLOCK_IMAGES)
        blocked = await block_pictures(services, interaction.user.id, job, reason) if blocks else None
        await say(interaction, rejected_answer(rejected, blocked=blocked))
        await services.moderators.reviews.settle(rejected)
        if rejected.owes_notice:
            await services.notices.tell(rejected)


async def _approve(services: Services, by_id: int, job: Job, verb: Verb) -> str:
    spoiler = verb is Verb.SPOILER
    try:
        await services.moderation.approve(job.id, by_id, spoiler=spoiler)
    except WrongState as error:
        return not_yet() if error.state is State.PREPARING else await _too_late(services, job)
    except ApprovalObjected as error:
        return cannot_approve(error.code)
    except PortError:
        return discord_unclear()
    return approved_answer(spoiler=spoiler)


async def _too_late(services: Services, job: Job) -> str:
    """Say what became of a job that somebody else has decided on, or that went on without."""
    newest = await services.store.get(job.id) or job
    return outcome_sentence(newest, await services.moderators.decisions.of_job(job.id))


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ReviewButton)
    await bot.add_cog(ReviewCog(bot.services))
