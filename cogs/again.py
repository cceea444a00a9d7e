"""*Again* and *Edit*: a request that is over becomes a new one, as it was or changed."""

import re
from collections.abc import Sequence
from typing import Any, Final

import discord

from bot.app import Reelcast, Services
from bot.interactions.errors import say
from bot.interactions.forms import FormCog, Submission
from bot.interactions.job_button import NO_RECORD, JobButton, is_requester
from bot.interactions.kept_references import ReferencesGone, ReferencesUnreadable, kept_references
from bot.interactions.requests import Requests
from bot.interactions.wish import Wish, numbered
from bot.jobs.model import Job, Reference
from bot.jobs.states import State
from bot.presentation.buttons import REPEATABLE
from bot.presentation.controls import AGAIN_PATTERN, EDIT_PATTERN
from bot.presentation.language import N_, _
from bot.presentation.modals import edit_modal
from bot.presentation.refusal import with_prompt
from bot.presentation.sentences import not_repeatable_sentence, references_gone_sentence

NOT_YOURS: Final = N_(
    "Only the member who asked for this video can make it again. Use `/studio` or `/video` for one of your own."
)
TWICE: Final = N_("It is being made again already, since a moment ago.")


class AgainButton(JobButton, template=AGAIN_PATTERN):
    """Makes the same request once more: a new run, with a price of its own."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if why := why_not(interaction, job):
            await say(interaction, why)
            return
        press = ("again", job.id)
        presses = bot.services.presses
        if presses.is_repeated(press):
            await say(interaction, _(TWICE))
            return
        taken = False
        try:
            taken = await _make_again(bot.services, interaction, job)
        finally:
            if not taken:
                presses.forget(press)


class EditButton(JobButton, template=EDIT_PATTERN):
    """Opens the request with its texts and choices filled in."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if why := why_not(interaction, job):
            await say(interaction, why)
        elif await Requests(bot.services).admits(interaction):
            await interaction.response.send_modal(edit_modal(job.id, job.request))


class EditCog(FormCog):
    """Takes the modal of *Edit*."""

    form_pattern = EDIT_PATTERN

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        job = await self._services.store.get(int(match["job"]))
        if job is None or job.request.guild_id != interaction.guild_id:
            await _give_back(interaction, _(NO_RECORD), submission.prompt)
        elif why := why_not(interaction, job):
            await _give_back(interaction, why, submission.prompt)
        else:
            images = submission.uploaded_images or await _references(
                self._services, interaction, job, submission.prompt
            )
            if images is not None:
                wish = Wish(
                    prompt=submission.prompt,
                    images=numbered(images),
                    duration=submission.duration,
                    aspect_ratio=submission.aspect_ratio,
                )
                await Requests(self._services).take(interaction, wish)


def why_not(interaction: discord.Interaction[Any], job: Job) -> str | None:
    """Say why who pressed cannot make a request again; None where they can."""
    if not is_requester(interaction, job):
        return _(NOT_YOURS)
    if job.state in REPEATABLE and not job.hidden:
        return None
    return not_repeatable_sentence(State.WITHHELD if job.hidden else job.state)


async def _make_again(services: Services, interaction: discord.Interaction[Any], job: Job) -> bool:
    request = job.request
    images = await _references(services, interaction, job, request.prompt)
    if images is None:
        return False
    wish = Wish(
        prompt=request.prompt,
        images=numbered(images),
        duration=request.duration,
        aspect_ratio=request.aspect_ratio,
    )
    return await Requests(services).take(interaction, wish)


async def _references(
    services: Services, interaction: discord.Interaction[Any], job: Job, prompt: str
) -> Sequence[Reference] | None:
    """Give a job's references as they can be used now, or say why there are none."""
    try:
        return await kept_references(services, job)
    except ReferencesGone:
        why = references_gone_sentence()
    except ReferencesUnreadable:
        why = references_gone_sentence(unreadable=True)
    await _give_back(interaction, why, prompt)
    return None


async def _give_back(interaction: discord.Interaction[Any], why: str, prompt: str) -> None:
    text, files = with_prompt(why, prompt)
    await say(interaction, text, files=files)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(AgainButton, EditButton)
    await bot.add_cog(EditCog(bot.services))
