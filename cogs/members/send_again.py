"""*Send again* and *Post here*: a video that was made but could not be posted."""

from typing import Any, Final

import discord

from bot.app import Reelcast, Services
from bot.delivery.problem_words import objection_sentence
from bot.gate.denial import Denial, DenialCode, missing_permissions
from bot.gate.words import denial_sentence
from bot.jobs.decisions import Pause
from bot.jobs.errors import WrongState
from bot.jobs.model import Handling, Job
from bot.jobs.ports import PortError
from bot.jobs.states import State
from bot.members.list_view import POST_HERE_PATTERN
from bot.members.words import not_yours_to_send, sent_again_sentence
from bot.moderation.words import discord_unclear
from bot.requests.refusal_words import missing_permissions_sentence
from bot.ui.answers import defer, say
from bot.ui.custom_ids import RESEND_PATTERN
from bot.ui.language import N_, _
from bot.ui.pressed_item import PressedItem
from cogs.requests.gatekeeping import asked_by, is_age_restricted, let_in

GONE: Final = N_("This video is no longer waiting to be sent.")
FOR_ADULTS: Final = N_(
    "You requested this video in an age-restricted channel, so it can only be posted in one. "
    "Use *Post here* in `/videos` there."
)


class SendAgainButton(PressedItem, template=RESEND_PATTERN):
    """Posts the video where it was to go from the first, for who asked or may manage messages there.

    It stands in direct messages too, so that the server of a press says nothing.
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
            # A pause, and what is against who asked, is for a moderator who presses for them to decide.
            own = interaction.user.id == job.request.member_id
            standing = bot.services.moderators.standing
            pause = await standing.pause(job) if own else None
            objection = await standing.objection(job) if own else None
            # What moderators approved goes as they approved it.
            asked = None if job.approved else await standing.asked_anew(job)
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
            answer = _(GONE)
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
        return _(GONE)
    return sent_again_sentence(channel_id, reviewed=job.state is State.REVIEW)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(SendAgainButton)
    bot.add_dynamic_items(PostHereButton)
