"""What moderators press below what waits for them: *Approve*, *Approve as spoiler*, *Reject* with its modal."""

from typing import Any

import discord
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.gate.limits import caps_of
from bot.gate.usage import LimitReached, Rebooking
from bot.jobs.errors import SpendLimitReached, WrongState
from bot.jobs.model import Job
from bot.jobs.ports import PortError
from bot.jobs.states import State
from bot.moderation.decide import ApprovalObjected, ApprovalPaused
from bot.moderation.ids import REASON_PATTERN, REVIEW_PATTERN, ReviewVerb
from bot.moderation.modals import BLOCK_IMAGES, reject_modal
from bot.moderation.words import (
    approved_answer,
    cannot_approve,
    discord_unclear,
    no_room_sentence,
    not_a_moderator,
    not_yet,
    outcome_sentence,
    paused_sentence,
    rejected_answer,
)
from bot.ui.answers import defer, open_form, say
from bot.ui.forms import JobFormCog, Submission
from bot.ui.pressed_item import JobButton
from cogs.moderation.measures import also_chosen, block_pictures, may_review, reason_given
from cogs.requests.gatekeeping import denial_of, tell_of_refusal, tell_of_spending


class ReviewButton(JobButton, template=REVIEW_PATTERN):
    """Decides on what waits, for who may manage messages in the channel where moderators see it."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        services, verb = bot.services, ReviewVerb(self.verb)
        if not await _may_review(services, interaction, job):
            await say(interaction, not_a_moderator())
        elif verb is ReviewVerb.REJECT:
            await open_form(interaction, reject_modal(job.id))
        else:
            # Discord is asked how the member stands, which may take a while; the answer has three seconds.
            await defer(interaction)
            await say(interaction, await _approve(services, interaction.user.id, job, verb))
            await services.moderators.reviews.settle(await services.store.get(job.id) or job)


class ReviewCog(JobFormCog):
    """Takes the modal of *Reject*, and sees to it that what waits is where moderators look."""

    form_pattern = REASON_PATTERN

    def __init__(self, bot: Reelcast) -> None:
        self._bot = bot
        self._services: Services = bot.services

    @commands.Cog.listener("on_ready")
    async def events_missed(self) -> None:
        """Do what `channel_gone` does for channels that went while no event told of it."""
        for guild_id in await self._services.moderators.review_store.waiting():
            guild = self._bot.get_guild(guild_id)
            chosen = (await self._services.guild_settings.get(guild_id)).review_channel_id
            if guild is not None and not guild.unavailable and chosen and guild.get_channel(chosen) is None:
                await self._services.moderators.look_again(guild_id)

    @commands.Cog.listener("on_guild_channel_delete")
    async def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """Have what stood in a moderators' channel told of, or shown elsewhere, at once."""
        if await self._is_read_in(channel):
            await self._services.moderators.look_again(channel.guild.id)

    @commands.Cog.listener("on_guild_channel_update")
    async def channel_changed(self, before: discord.abc.GuildChannel, after: discord.abc.GuildChannel) -> None:
        """Do the same where the bot may do something else in it, or others see it."""
        if _openness(before) != _openness(after) and await self._is_read_in(after):
            await self._services.moderators.look_again(after.guild.id)

    async def _is_read_in(self, channel: discord.abc.GuildChannel) -> bool:
        settings = await self._services.guild_settings.get(channel.guild.id)
        return channel.id in {settings.review_channel_id, settings.log_channel_id}

    async def submitted_for(self, interaction: discord.Interaction[Any], job: Job, submission: Submission) -> None:
        services = self._services
        if not await _may_review(services, interaction, job):
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
            await services.delivery.notices.tell(rejected)


async def _may_review(services: Services, interaction: discord.Interaction[Any], job: Job) -> bool:
    review = await services.moderators.review_store.get(job.id)
    chosen = (await services.guild_settings.get(job.request.guild_id)).review_channel_id
    return may_review(interaction, job, review, chosen)


async def _approve(services: Services, by_id: int, job: Job, verb: ReviewVerb) -> str:
    spoiler = verb is ReviewVerb.SPOILER
    reservation = Rebooking(terms=caps_of(await services.guild_settings.get(job.request.guild_id)))
    try:
        approved = await services.moderation.approve(job.id, by_id, spoiler=spoiler, reserve=reservation)
    except WrongState:
        return await _too_late(services, job)
    except ApprovalObjected as error:
        return cannot_approve(error.code)
    except ApprovalPaused as error:
        return paused_sentence(error.pause)
    except (LimitReached, SpendLimitReached) as error:
        denial = denial_of(error, services.clock.now())
        await tell_of_refusal(services, job.request, denial)
        return no_room_sentence(denial)
    except PortError:
        return discord_unclear()
    await tell_of_spending(services, approved, reservation)
    return approved_answer(spoiler=spoiler)


async def _too_late(services: Services, job: Job) -> str:
    """Say what became of a job that somebody else has decided on, that went on without, or that is not there yet."""
    newest = await services.store.get(job.id) or job
    if newest.state is State.PREPARING and not newest.approved:
        return not_yet()
    return outcome_sentence(newest, await services.moderators.decisions.of_job(job.id))


def _openness(channel: discord.abc.GuildChannel) -> tuple[bool, dict[Any, Any]]:
    """Give what decides on who sees a channel, and what the bot may do there."""
    return bool(getattr(channel, "nsfw", False)), channel.overwrites


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ReviewButton)
    await bot.add_cog(ReviewCog(bot))
