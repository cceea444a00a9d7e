"""The message command *Make a video*: from the images of any message."""

import re
from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.jobs.model import Reference
from bot.media.rules import may_be_image
from bot.requests.forms import pictures_modal
from bot.requests.wish import Wish, chosen_images_in, numbered, wish_in, wish_of
from bot.ui.answers import Shape, open_form, say, take_controls_away
from bot.ui.commands import MenuCog
from bot.ui.custom_ids import PICTURES_PATTERN
from bot.ui.forms import FormCog, Submission
from bot.ui.language import N_, _
from bot.ui.pressed_item import PressedItem
from cogs.requests.asking import Requests, reference_of
from cogs.requests.gatekeeping import refuse

NO_PICTURES: Final = N_("This message has no images. Use the command on one with images.")
FORGOTTEN: Final = N_("This form has expired. Use the command on the message again, or press the button.")


class PicturesButton(PressedItem, template=PICTURES_PATTERN):
    """Opens the form of a message whose command took too long to do so."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services, request_id = bot.services, int(self.match["request"])
        paused = await services.paused.look(request_id, interaction.user.id, services.clock.now())
        if paused is None or Wish.kind not in paused.facts:
            await refuse(services, interaction, _(FORGOTTEN), Wish(prompt="", images=()))
        else:
            await _open(services, interaction, request_id, wish_of(paused.facts[Wish.kind]))


class PicturesCog(MenuCog, FormCog):
    """Keeps the images of a message while its form is open: Discord shows them only to the command."""

    form_pattern = PICTURES_PATTERN
    shape = Shape.PUBLIC

    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        super().__init__(bot.tree, app_commands.ContextMenu(name="Make a video", callback=self._asked))

    async def _asked(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        services, images = self._services, _images_of(message)
        wish = Wish(prompt="", images=numbered(images))
        if not images:
            await say(interaction, _(NO_PICTURES))
        elif await Requests(services).admits(interaction, wish):
            await services.paused.pause(interaction.id, interaction.user.id, wish, services.clock.now())
            await _open(services, interaction, interaction.id, wish)

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        services = self._services
        paused = await services.paused.resume(int(match["request"]), interaction.user.id, services.clock.now())
        await take_controls_away(interaction)  # off the refusal whose *Fix it* opened the form, if one did
        if paused is None or Wish.kind not in paused.facts:
            await refuse(services, interaction, _(FORGOTTEN), wish_in(submission, services.offer, ()))
            return
        ticked, draft = set(chosen_images_in(submission)), wish_of(paused.facts[Wish.kind])
        images = [image for place, (_number, image) in enumerate(draft.images, start=1) if str(place) in ticked]
        wish = wish_in(submission, services.offer, images, spoiler=draft.spoiler, before=draft.options)
        await Requests(services).take(interaction, wish)


async def _open(services: Services, interaction: discord.Interaction[Any], request_id: int, wish: Wish) -> None:
    """Open the form for images that are kept under an id."""
    await open_form(interaction, pictures_modal(request_id, wish, await services.operating.prices.offer()))


def _images_of(message: discord.Message) -> Sequence[Reference]:
    """Take the images of a message, and of what it forwards."""
    forwarded = [each for snapshot in message.message_snapshots for each in snapshot.attachments]
    return [
        reference_of(each)
        for each in (*message.attachments, *forwarded)
        if may_be_image(each.filename, each.content_type)
    ]


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(PicturesButton)
    await bot.add_cog(PicturesCog(bot))
