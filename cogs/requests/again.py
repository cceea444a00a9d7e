"""*Again* and *Edit*: a finished request becomes a new one, unchanged or edited."""

from decimal import Decimal
from typing import Any, Final

import discord

from bot.app import Reelcast, Services
from bot.delivery.private_answers import price_confirmation
from bot.delivery.state_looks import REPEATABLE
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.members.words import again_question, not_repeatable_sentence
from bot.requests.forms import edit_modal
from bot.requests.wish import Wish, uploaded_images_in, wish_in
from bot.ui.answers import Shape, open_form, say
from bot.ui.custom_ids import AGAIN_PATTERN, EDIT_PATTERN, price_units
from bot.ui.forms import JobFormCog, Submission
from bot.ui.language import N_, _
from bot.ui.pressed_item import NO_RECORD, JobButton, is_requester
from cogs.requests.asking import Requests
from cogs.requests.gatekeeping import refuse
from cogs.requests.kept_references import repeat

NOT_YOURS: Final = N_("Only the member who requested this video can make it again. Use `/video` for your own.")
TWICE: Final = N_("This video was already requested again a moment ago.")


class AgainButton(JobButton, template=AGAIN_PATTERN):
    """Makes the same request once more, at the price that the button shows."""

    shape = Shape.PUBLIC

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if why := why_not(interaction, job):
            await say(interaction, why)
            return
        price = await _price_of(bot.services, job)
        if price is not None and self.match["price"] != str(price_units(price)):
            # The button shows another price, or none, as those of earlier versions.
            await say(interaction, again_question(price), view=price_confirmation(job, price))
            return
        press = ("again", job.id)
        presses = bot.services.presses
        if presses.is_repeated(press):
            await say(interaction, _(TWICE))
            return
        # If this breaks, the job may still have been made. Then it is a press like any other.
        if not await repeat(bot.services, interaction, job, _same_wish(job)):
            presses.forget(press)


class EditButton(JobButton, template=EDIT_PATTERN):
    """Opens the request with its texts and choices filled in."""

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        bot: Reelcast = interaction.client
        if why := why_not(interaction, job):
            await say(interaction, why)
        elif await Requests(bot.services).admits(interaction):
            offer = await bot.services.operating.prices.offer()
            await open_form(interaction, edit_modal(job.id, job.request, offer))


class EditCog(JobFormCog):
    """Takes the modal of *Edit*."""

    form_pattern = EDIT_PATTERN
    shape = Shape.PUBLIC

    def __init__(self, services: Services) -> None:
        self._services = services

    async def submitted_without_record(self, interaction: discord.Interaction[Any], submission: Submission) -> None:
        wish = wish_in(submission, self._services.offer, uploaded_images_in(submission))
        await refuse(self._services, interaction, _(NO_RECORD), wish)

    async def submitted_for(self, interaction: discord.Interaction[Any], job: Job, submission: Submission) -> None:
        asked = job.request.handling.spoiler_asked
        images, before = uploaded_images_in(submission), job.request.options
        wish = wish_in(submission, self._services.offer, images, spoiler=asked, before=before)
        if why := why_not(interaction, job):
            await refuse(self._services, interaction, why, wish)
        else:
            await repeat(self._services, interaction, job, wish)


def why_not(interaction: discord.Interaction[Any], job: Job) -> str | None:
    """Say why who pressed cannot make a request again; None where they can."""
    if not is_requester(interaction, job):
        return _(NOT_YOURS)
    if job.state in REPEATABLE and not job.hidden:
        return None
    return not_repeatable_sentence(State.WITHHELD if job.hidden else job.state)


async def _price_of(services: Services, job: Job) -> Decimal | None:
    """Return what a job costs when it is made again; None where its model no longer makes that."""
    model = services.offer.find(job.request.model)
    if model is None or job.request.duration not in model.prices_usd:
        return None
    return (await services.operating.prices.of(model, job.request.duration)).usd


def _same_wish(job: Job) -> Wish:
    request = job.request
    return Wish(
        prompt=request.prompt,
        images=(),
        options=request.options,
        spoiler=request.handling.spoiler_asked,
    )


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(AgainButton, EditButton)
    await bot.add_cog(EditCog(bot.services))
