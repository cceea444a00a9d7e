"""The message command *Make a video*: from the images of any message."""

import re
from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.delivery.private_answers import with_prompt
from bot.jobs.model import Reference
from bot.media.rules import may_be_image
from bot.requests.forms import pictures_modal
from bot.requests.wish import chosen_images_in, prompt_in, wish_in
from bot.ui.answers import Shape, open_form, say
from bot.ui.commands import MenuCog
from bot.ui.custom_ids import PICTURES_PATTERN
from bot.ui.forms import FormCog, Submission
from bot.ui.language import N_, _
from bot.ui.pressed_item import PressedItem
from cogs.requests.asking import Requests, reference_of

NO_PICTURES: Final = N_("This message has no images. Use the command on one with images.")
FORGOTTEN: Final = N_("This form has expired. Use the command on the message again.")
MOST_REMEMBERED: Final = 1_000  # messages

Pictures = Sequence[tuple[int, Reference]]  # with the ids of their attachments


class PicturesButton(PressedItem, template=PICTURES_PATTERN):
    """Opens the form of a message whose command took too long to do so."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        cog = interaction.client.get_cog(PicturesCog.__name__)
        if isinstance(cog, PicturesCog):
            await cog.open(interaction, int(self.match["message"]))


class PicturesCog(MenuCog, FormCog):
    """Remembers the images of a message while its modal is open: Discord shows them to nobody but the command."""

    form_pattern = PICTURES_PATTERN
    shape = Shape.PUBLIC

    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        super().__init__(bot.tree, app_commands.ContextMenu(name="Make a video", callback=self._asked))
        self._pictures: dict[int, Pictures] = {}  # by message, the latest last

    async def _asked(self, interaction: discord.Interaction[Any], message: discord.Message) -> None:
        pictures = _pictures_of(message)
        if not pictures:
            await say(interaction, _(NO_PICTURES))
        elif await Requests(self._services).admits(interaction):
            self._remember(message.id, pictures)
            await self.open(interaction, message.id)

    async def open(self, interaction: discord.Interaction[Any], message_id: int) -> None:
        """Open the form for the images of a message."""
        pictures = self._pictures.get(message_id)
        if pictures is None:
            await say(interaction, _(FORGOTTEN))
        else:
            await open_form(interaction, pictures_modal(message_id, pictures, self._services.offer))

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        pictures = self._pictures.get(int(match["message"]))
        if pictures is None:
            text, files = with_prompt(_(FORGOTTEN), prompt_in(submission))
            await say(interaction, text, files=files)
            return
        ticked = set(chosen_images_in(submission))
        chosen = [picture for attachment_id, picture in pictures if str(attachment_id) in ticked]
        wish = wish_in(submission, self._services.offer, chosen)
        await Requests(self._services).take(interaction, wish)

    def _remember(self, message_id: int, pictures: Pictures) -> None:
        self._pictures.pop(message_id, None)
        self._pictures[message_id] = pictures
        if len(self._pictures) > MOST_REMEMBERED:
            del self._pictures[next(iter(self._pictures))]


def _pictures_of(message: discord.Message) -> Pictures:
    """Take the images of a message, and of what it forwards."""
    forwarded = [each for snapshot in message.message_snapshots for each in snapshot.attachments]
    return [
        (each.id, reference_of(each))
        for each in (*message.attachments, *forwarded)
        if may_be_image(each.filename, each.content_type)
    ]


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(PicturesButton)
    await bot.add_cog(PicturesCog(bot))
