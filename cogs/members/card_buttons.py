"""The buttons of cards, posts, and notices: *Details*, *Cancel*, *Delete*, *Send again*, and *Post here*."""

import contextlib
import re
from typing import Any, Final

import discord

from bot.app import Reelcast, Services
from bot.delivery.private_answers import confirmation, details_view, has_prompt_file, prompt_file
from bot.delivery.problem_words import objection_sentence
from bot.delivery.state_looks import DELETABLE
from bot.gate.denial import Denial, DenialCode, missing_permissions
from bot.gate.words import denial_sentence
from bot.jobs.decisions import Pause
from bot.jobs.errors import WrongState
from bot.jobs.model import Handling, Job
from bot.jobs.ports import NotTaken, PortError
from bot.jobs.states import IN_FLIGHT, State
from bot.members.list_view import POST_HERE_PATTERN
from bot.members.words import (
    cancelled_sentence,
    delete_question,
    not_cancellable_sentence,
    not_yours_to_cancel,
    not_yours_to_delete,
    not_yours_to_send,
    sent_again_sentence,
    stop_question,
)
from bot.moderation.words import discord_unclear
from bot.requests.refusal_words import missing_permissions_sentence
from bot.ui.answers import Shape, answer_of, defer, say, show
from bot.ui.custom_ids import (
    CANCEL_PATTERN,
    DELETE_PATTERN,
    DETAILS_PATTERN,
    ERASE_PATTERN,
    RESEND_PATTERN,
    STOP_PATTERN,
    erase_id,
    stop_id,
)
from bot.ui.language import N_, _
from bot.ui.pressed_item import NO_RECORD, JobButton, PressedItem, is_requester, may_moderate
from cogs.requests.gatekeeping import asked_by, is_age_restricted, let_in
from cogs.requests.kept_references import shown_images

NOT_OVER: Final = N_("It's still in progress. Cancel it first, or wait until the video is here.")
NOT_GONE: Final = N_("Discord didn't delete everything. Press *Delete* again in a minute.")
GONE: Final = N_("Deleted.")
_MENTION: Final = re.compile(r"<@([0-9]{1,20})>")
NOT_WAITING: Final = N_("This video is no longer waiting to be sent.")
FOR_ADULTS: Final = N_(
    "You requested this video in an age-restricted channel, so it can only be posted in one. "
    "Use *Post here* in `/videos` there."
)


class DetailsButton(JobButton, template=DETAILS_PATTERN):
    """Shows what is known of the job whose id is in the button's custom id."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        own = is_requester(interaction, job) or may_moderate(interaction, job)
        # The words under review, or taken down, are for who wrote them and for moderators.
        contents = job.shows_contents or own
        images = await shown_images(bot.services, job) if contents else ()
        if not answer_of(interaction).takes_gallery:
            images = ()
        view = details_view(job, bot.services.offer, contents=contents, own=own, images=images)
        files = [prompt_file(job.request.prompt)] if contents and has_prompt_file(job) else []
        await show(interaction, view=view, files=files)

    async def pressed_without_record(self, interaction: discord.Interaction[Any]) -> None:
        """Offer to remove a post that has no record."""
        if _may_remove(interaction, interaction.message):
            await _ask_to_delete(interaction, self.job_id, _(NO_RECORD), interaction.message)
        else:
            await super().pressed_without_record(interaction)


class CancelButton(JobButton, template=CANCEL_PATTERN):
    """Cancels a request, for its member or someone with Manage Messages here; asks first if it is charged by now."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if not (is_requester(interaction, job) or may_moderate(interaction, job)):
            await say(interaction, not_yours_to_cancel())
        elif job.state in IN_FLIGHT and not job.cancel_requested:
            await say(interaction, stop_question(), view=confirmation(_("Don't post it"), stop_id(job.id)))
        else:
            await say(interaction, await _cancel(bot.services, job))


class StopButton(JobButton, template=STOP_PATTERN):
    """Keeps a video from being posted that is charged already, once it was asked."""

    shape = Shape.UPDATE

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        may = is_requester(interaction, job) or may_moderate(interaction, job)
        answer = await _cancel(bot.services, job) if may else not_yours_to_cancel()
        await show(interaction, content=answer, view=None)


class DeleteButton(JobButton, template=DELETE_PATTERN):
    """Asks whether to delete the video and its card, for the requester or someone with Manage Messages there."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        if why := _why_not_deleted(interaction, job):
            await say(interaction, why)
        else:
            await _ask_to_delete(interaction, job.id)

    async def pressed_without_record(self, interaction: discord.Interaction[Any]) -> None:
        """Offer the member it addresses, or a moderator there, to remove a post that has no record."""
        post = interaction.message
        if _may_remove(interaction, post):
            await _ask_to_delete(interaction, self.job_id, "", post)
        elif post is not None and post.author == interaction.client.user and _addressed(post):
            await say(interaction, not_yours_to_delete())
        else:
            await super().pressed_without_record(interaction)


class EraseButton(JobButton, template=ERASE_PATTERN):
    """Removes the video and its card from the channel, once it was asked."""

    shape = Shape.UPDATE

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if why := _why_not_deleted(interaction, job):
            await show(interaction, content=why, view=None)
            return
        # Deleting takes two requests, which Discord may slow down; the answer has three seconds.
        await defer(interaction)
        done = await _delete(bot.services, job, interaction.user.id)
        view = confirmation(_("Delete"), erase_id(job.id)) if done == NOT_GONE else None
        await show(interaction, content=_(done), view=view)
        await bot.services.moderators.cases.see_to(job.id)

    async def pressed_without_record(self, interaction: discord.Interaction[Any]) -> None:
        """Remove the post that was asked about; only who was asked sees this button."""
        post_id = int(self.match["message"])
        if not post_id:
            await show(interaction, content=_(NO_RECORD), view=None)
            return
        bot: Reelcast = interaction.client
        channel = bot.get_partial_messageable(interaction.channel_id or 0, guild_id=interaction.guild_id)
        await defer(interaction)
        with contextlib.suppress(discord.NotFound):
            await channel.get_partial_message(post_id).delete()
        await show(interaction, content=_(GONE), view=None)


async def _ask_to_delete(
    interaction: discord.Interaction[Any], job_id: int, told: str = "", post: discord.Message | None = None
) -> None:
    question = " ".join(filter(None, [told, delete_question()]))
    custom_id = erase_id(job_id, 0 if post is None else post.id)
    await say(interaction, question, view=confirmation(_("Delete"), custom_id))


def _why_not_deleted(interaction: discord.Interaction[Any], job: Job) -> str | None:
    """Say why who pressed cannot delete a video; None where they can."""
    if not (is_requester(interaction, job) or may_moderate(interaction, job)):
        return not_yours_to_delete()
    return None if job.state in DELETABLE else _(NOT_OVER)


def _may_remove(interaction: discord.Interaction[Any], post: discord.Message | None) -> bool:
    """Return whether who pressed may remove a post of which nothing is on record any more."""
    if post is None or post.author != interaction.client.user:
        return False
    addressed = _addressed(post)
    return bool(addressed) and (addressed == {str(interaction.user.id)} or interaction.permissions.manage_messages)


def _addressed(post: discord.Message) -> set[str]:
    """Tell for whom a post was made: our own words name no one else, and a card's are not read."""
    return set(_MENTION.findall(post.content))


async def _cancel(services: Services, job: Job) -> str:
    """Take a request back; say what became of it."""
    try:
        return cancelled_sentence(await services.jobs.control.cancel(job.id))
    except WrongState as error:
        return not_cancellable_sentence(error.state)


async def _delete(services: Services, job: Job, by_id: int) -> str:
    """Return what became of it, to be looked up; moderators who have a report of it are shown that it is gone."""
    if job.state is State.DELIVERED:
        try:
            job = await services.jobs.control.take_down(job.id, by_id)
        except WrongState:
            return NOT_OVER
    try:
        await services.delivery.removal.remove(job)
    except PortError:
        services.delivery.cards.changed(job)  # the card that is left says that the video is removed
        return NOT_GONE
    return GONE


class SendAgainButton(PressedItem, template=RESEND_PATTERN):
    """Posts the video to its first destination, for its requester or a member with Manage Messages there.

    It's in direct messages, too, where a press has no server.
    """

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        await say(interaction, await self._pressed(interaction))

    async def _pressed(self, interaction: discord.Interaction[Any]) -> str:
        bot: Reelcast = interaction.client
        job = await bot.services.store.get(int(self.match["job"]))
        if job is None or not _may_send(interaction, job):
            return not_yours_to_send()
        if missing := _missing(interaction):
            return missing_permissions_sentence(missing)
        # Discord may have to be asked several things; the answer has three seconds.
        await defer(interaction)
        try:
            # Only the requester is held to a pause and to decisions against them. A moderator decides by pressing.
            own = interaction.user.id == job.request.member_id
            standing = bot.services.moderators.standing
            pause = await standing.pause(job) if own else None
            objection = await standing.objection(job.sent_to(job.usual_channel_id)) if own else None
            # What moderators approved goes as they approved it.
            asked = None if job.approved else await standing.asked_anew(job)
        except NotTaken as error:
            return objection_sentence(error.problem)
        except PortError:
            return discord_unclear()
        if pause is not None:
            return denial_sentence(Denial(code=DenialCode.BOT_PAUSED if pause is Pause.BOT else DenialCode.PAUSED))
        if objection is not None:
            return objection_sentence(objection)
        rules = None if asked is None else await bot.services.gate.rules.handling(asked)
        return await _send(bot.services, job.id, job.usual_channel_id, rules)


class PostHereButton(PressedItem, template=POST_HERE_PATTERN):
    """Posts one's own video in the channel of the press, as far as a new one could be made there."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services = bot.services
        job = await services.store.get(int(self.match["job"]))
        if job is None or job.request.member_id != interaction.user.id or job.request.guild_id != interaction.guild_id:
            answer = _(NOT_WAITING)
        elif missing := _missing(interaction):
            answer = missing_permissions_sentence(missing)
        elif job.request.handling.age_restricted and not is_age_restricted(interaction.channel):
            answer = _(FOR_ADULTS)
        else:
            # As for a new request: its member's standing and words are judged here, and it goes where videos go.
            asked = asked_by(interaction, texts=(job.request.prompt,))
            verdict = await let_in(services, interaction, asked)
            if verdict is None:
                return
            where = verdict.handling.output_channel_id or interaction.channel_id or 0
            answer = await _send(services, job.id, where, verdict.handling)
        await say(interaction, answer)


def _may_send(interaction: discord.Interaction[Any], job: Job) -> bool:
    if interaction.user.id == job.request.member_id:
        return True
    return interaction.channel_id == job.request.channel_id and interaction.permissions.manage_messages


def _missing(interaction: discord.Interaction[Any]) -> tuple[str, ...]:
    return missing_permissions(interaction.app_permissions, thread=isinstance(interaction.channel, discord.Thread))


async def _send(services: Services, job_id: int, channel_id: int, rules: Handling | None) -> str:
    try:
        job = await services.jobs.control.send_again(job_id, channel_id, rules)
    except WrongState:
        return _(NOT_WAITING)
    return sent_again_sentence(channel_id, reviewed=job.state is State.REVIEW)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(DetailsButton, CancelButton, StopButton, DeleteButton, EraseButton)
    bot.add_dynamic_items(SendAgainButton, PostHereButton)
