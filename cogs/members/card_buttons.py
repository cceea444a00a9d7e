"""The buttons *Details*, *Cancel*, and *Delete* of cards and posts."""

import contextlib
import re
from typing import Any, Final

import discord

from bot.app import Reelcast, Services
from bot.delivery.private_answers import PROMPT_LIMIT, details_text, prompt_file
from bot.delivery.state_looks import DELETABLE
from bot.jobs.errors import WrongState
from bot.jobs.model import Job
from bot.jobs.ports import PortError
from bot.jobs.states import State
from bot.members.card_words import (
    cancelled_sentence,
    not_cancellable_sentence,
    not_yours_to_cancel,
    not_yours_to_delete,
)
from bot.ui.answers import defer, say
from bot.ui.custom_ids import CANCEL_PATTERN, DELETE_PATTERN, DETAILS_PATTERN
from bot.ui.language import N_, _
from bot.ui.pressed_item import JobButton, is_requester, may_moderate

NOT_OVER: Final = N_("It's still in progress. Cancel it first, or wait until the video is here.")
NOT_GONE: Final = N_("Discord didn't delete everything. Press *Delete* again in a minute.")
GONE: Final = N_("Deleted.")
_MENTION: Final = re.compile(r"<@([0-9]{1,20})>")


class DetailsButton(JobButton, template=DETAILS_PATTERN):
    """Shows everything about the job whose id is in the button's custom id."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        # The words under review, or taken down, are for who wrote them and for moderators.
        contents = job.shows_contents or is_requester(interaction, job) or may_moderate(interaction, job)
        files = [prompt_file(job.request.prompt)] if contents and len(job.request.prompt) > PROMPT_LIMIT else []
        await say(interaction, details_text(job, bot.services.offer, contents=contents), files=files)


class CancelButton(JobButton, template=CANCEL_PATTERN):
    """Takes a request back, for who asked or may manage messages here."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if not (is_requester(interaction, job) or may_moderate(interaction, job)):
            answer = not_yours_to_cancel()
        else:
            try:
                answer = cancelled_sentence(await bot.services.jobs.control.cancel(job.id))
            except WrongState as error:
                answer = not_cancellable_sentence(error.state)
        await say(interaction, answer)


class DeleteButton(JobButton, template=DELETE_PATTERN):
    """Removes the video and its card from the channel, for who asked or may manage messages there."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if not (is_requester(interaction, job) or may_moderate(interaction, job)):
            await say(interaction, not_yours_to_delete())
        elif job.state not in DELETABLE:
            await say(interaction, _(NOT_OVER))
        else:
            # Deleting takes two requests, which Discord may slow down; the answer has three seconds.
            await defer(interaction)
            await say(interaction, _(await _delete(bot.services, job, interaction.user.id)))
            await bot.services.moderators.cases.see_to(job.id)

    async def pressed_without_record(self, interaction: discord.Interaction[Any]) -> None:
        """Remove a post all the same, for the member whom it addresses, or who may manage messages there."""
        post = interaction.message
        if post is None or post.author != interaction.client.user:
            await super().pressed_without_record(interaction)
            return
        addressed = _addressed(post)
        if addressed == {str(interaction.user.id)} or interaction.permissions.manage_messages:
            await defer(interaction)
            with contextlib.suppress(discord.NotFound):
                await post.delete()
            await say(interaction, _(GONE))
        elif addressed:
            await say(interaction, not_yours_to_delete())
        else:
            await super().pressed_without_record(interaction)


def _addressed(post: discord.Message) -> set[str]:
    """Tell for whom a post was made: our own words name nobody else, and a card's are not looked at."""
    return set(_MENTION.findall(post.content))


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


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(DetailsButton)
    bot.add_dynamic_items(CancelButton)
    bot.add_dynamic_items(DeleteButton)
