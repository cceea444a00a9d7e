"""What moderators press below what waits for them, and the list where they decide on several at once."""

from typing import Any

import discord
from discord.ext import commands
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.app import Reelcast, Services
from bot.gate.limits import caps_of
from bot.gate.usage import LimitReached, Rebooking
from bot.jobs.errors import SpendLimitReached, WrongState
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import NotTaken, PortError
from bot.jobs.states import REVIEWED, State
from bot.moderation.decide import ApprovalObjected, ApprovalPaused
from bot.moderation.history import is_restricted
from bot.moderation.ids import (
    REASON_PATTERN,
    REJECT_PATTERN,
    REVIEW_PATTERN,
    WAITING_PATTERN,
    ReviewVerb,
    WaitingVerb,
)
from bot.moderation.modals import BLOCK_IMAGES, block_modal, reject_modal
from bot.moderation.review_card import OTHER_REASON
from bot.moderation.waiting import Outcome, chosen_in
from bot.moderation.words import (
    approved_answer,
    cannot_approve,
    discord_unclear,
    no_room_sentence,
    not_a_moderator,
    not_listed,
    not_yet,
    outcome_sentence,
    paused_sentence,
    rejected_answer,
)
from bot.ui.answers import Shape, defer, open_form, say
from bot.ui.custom_ids import read_id
from bot.ui.forms import JobFormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import NO_RECORD, JobButton, PressedItem
from cogs.moderation.measures import (
    also_chosen,
    block_pictures,
    first_value,
    is_listed,
    ready_reason,
    reason_given,
    reviews_here,
    show_history,
    show_waiting,
    values_of,
)
from cogs.requests.gatekeeping import denial_of, tell_of_refusal, tell_of_spending


class ReviewButton(JobButton, template=REVIEW_PATTERN):
    """Decides on a case, for members with Manage Messages in the moderators' channel."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        services, verb = bot.services, ReviewVerb(self.verb)
        if not await reviews_here(services, interaction, job):
            await say(interaction, not_a_moderator())
            return
        match verb:
            case ReviewVerb.REJECT:
                await open_form(interaction, reject_modal(job.id))
            case ReviewVerb.BLOCK:
                await open_form(interaction, block_modal(job.request.member_id, job.id))
            case ReviewVerb.HISTORY:
                await show_history(interaction, job)
            case ReviewVerb.SEVERAL:
                await show_waiting(services, interaction, first=job)
            case ReviewVerb.APPROVE | ReviewVerb.SPOILER:
                # Discord is asked how the member stands, which may take a while; the answer has three seconds.
                await defer(interaction)
                told, _done = await _approve(services, interaction.user.id, job, spoiler=verb is ReviewVerb.SPOILER)
                await say(interaction, told)
                await services.moderators.reviews.settle(await services.store.get(job.id) or job)


class RejectMenu(JobButton, template=REJECT_PATTERN):
    """Rejects what waits for one of the ready reasons, or opens the form of another one."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        services, chosen = bot.services, first_value(interaction)
        if not await reviews_here(services, interaction, job):
            await say(interaction, not_a_moderator())
        elif chosen == OTHER_REASON:
            await open_form(interaction, reject_modal(job.id))
        else:
            await defer(interaction)
            told, _done = await _reject(services, interaction.user.id, job, ready_reason(job, chosen))
            await say(interaction, told)


class ReasonButton(JobButton, template=REASON_PATTERN):
    """Opens the form of a rejection, where the menu took too long to do so."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        await open_form(interaction, reject_modal(job.id))


class WaitingItem(PressedItem, template=WAITING_PATTERN):
    """Chooses several cases of a server and decides on them, each with the checks of a single one."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services, verb = bot.services, WaitingVerb(self.match["verb"])
        if not interaction.permissions.manage_messages:
            await say(interaction, not_a_moderator())
            return
        if verb is WaitingVerb.CHOOSE:
            chosen = [job_id for each in values_of(interaction) if (job_id := read_id(each))]
            await show_waiting(services, interaction, chosen=chosen)
            return
        await defer(interaction)
        outcomes: list[Outcome] = []
        restricted = await is_restricted(bot, interaction.channel_id or 0)
        for job_id in chosen_in(interaction.message.components if interaction.message else ()):
            job = await services.store.get(job_id)
            if job is None or job.forgotten:
                told, done = _(NO_RECORD), False
            elif not await reviews_here(services, interaction, job):
                told, done = not_a_moderator(), False
            elif job.state in REVIEWED and not await is_listed(services, job, restricted=restricted):
                told, done = not_listed(), False
            elif verb is WaitingVerb.APPROVE:
                told, done = await _approve(services, interaction.user.id, job, spoiler=False)
            else:
                reason = ready_reason(job, first_value(interaction))
                told, done = await _reject(services, interaction.user.id, job, reason)
            outcomes.append(Outcome(job_id=job_id, told=told, done=done))
        # What took no effect stays chosen, so that it is seen which that is.
        undone = [each.job_id for each in outcomes if not each.done]
        await show_waiting(services, interaction, chosen=undone, outcomes=outcomes)
        for each in outcomes:
            if (newest := await services.store.get(each.job_id)) is not None:
                await services.moderators.reviews.settle(newest)


class ReviewCog(JobFormCog):
    """Takes the modal of *Reject*, and has cases shown elsewhere when the moderators' channel changes."""

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
        if not await reviews_here(services, interaction, job):
            await say(interaction, not_a_moderator())
            return
        told, _done = await _reject(
            services,
            interaction.user.id,
            job,
            reason_given(submission),
            block_images=also_chosen(submission, BLOCK_IMAGES),
        )
        await say(interaction, told)


async def _approve(
    services: Services, by_id: int, job: Job, *, spoiler: bool, channel_id: int | None = None
) -> tuple[str, bool]:
    """Approve what waits; return what the moderator is told, and whether it was done.

    A finished video whose channel was deleted is posted in the channel that the server has chosen for videos by now, if
    any. Any other channel may be open to people who weren't meant to see it.
    """
    reservation = Rebooking(terms=caps_of(await services.guild_settings.get(job.request.guild_id)))
    try:
        approved = await services.moderation.approve(
            job.id, by_id, spoiler=spoiler, reserve=reservation, channel_id=channel_id
        )
    except WrongState:
        return await _too_late(services, job), False
    except ApprovalObjected as error:
        return cannot_approve(error.code, job.state), False
    except ApprovalPaused as error:
        return paused_sentence(error.pause), False
    except (LimitReached, SpendLimitReached) as error:
        denial = denial_of(error, services.clock.now())
        await tell_of_refusal(services, job.request, denial)
        return no_room_sentence(denial), False
    except NotTaken as error:
        gone = error.problem is ProblemCode.CHANNEL_GONE and job.state is State.REVIEW and channel_id is None
        try:
            output = await _output_now(services, job) if gone else None
        except PortError:
            return discord_unclear(), False
        if output is None:
            return cannot_approve(error.problem, job.state), False
        return await _approve(services, by_id, job, spoiler=spoiler, channel_id=output)
    except PortError:
        return discord_unclear(), False
    await tell_of_spending(services, approved, reservation)
    return approved_answer(spoiler=spoiler, channel_id=channel_id), True


async def _output_now(services: Services, job: Job) -> int | None:
    """Return the channel that the server has chosen by now for the videos of a job's channel, or None."""
    asked = await services.moderators.standing.asked_anew(job)
    return (await services.guild_settings.get(job.request.guild_id)).in_channel(asked.home_id).output_channel_id


async def _reject(
    services: Services, by_id: int, job: Job, reason: str, *, block_images: bool = False
) -> tuple[str, bool]:
    """Reject what waits, and tell its member; return what the moderator is told, and whether it was done."""
    blocked: int | None = None

    async def block(connection: AsyncConnection, _rejected: Job) -> None:
        nonlocal blocked
        blocked = await block_pictures(services, by_id, job, reason, within=connection)

    try:
        rejected = await services.moderation.reject(job.id, by_id, reason, also=block if block_images else None)
    except WrongState:
        return await _too_late(services, job), False
    await services.moderators.reviews.settle(rejected)
    if rejected.owes_notice:
        await services.delivery.notices.tell(rejected)
    return rejected_answer(rejected, blocked=blocked), True


async def _too_late(services: Services, job: Job) -> str:
    """Say what became of a job that someone else has decided on, that went on without, or that is not there yet."""
    newest = await services.store.get(job.id) or job
    if newest.state is State.PREPARING and not newest.approved:
        return not_yet()
    return outcome_sentence(newest, await services.moderators.decisions.of_job(job.id))


def _openness(channel: discord.abc.GuildChannel) -> tuple[bool, dict[Any, Any]]:
    """Return what decides on who sees a channel, and what the bot may do there."""
    return bool(getattr(channel, "nsfw", False)), channel.overwrites


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ReviewButton, RejectMenu, ReasonButton, WaitingItem)
    await bot.add_cog(ReviewCog(bot))
