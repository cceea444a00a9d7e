"""Asking for images once more, where no copy of them is left: a modal, or the button that opens it."""

from typing import Final

import discord
from discord import ui

from bot.presentation.modals import IMAGES
from bot.ui.commands import ImageUpload
from bot.ui.custom_ids import ID_PATTERN
from bot.ui.language import N_, _

ASK: Final = N_(
    "The images are gone from Discord. Press the button and add them once more; the rest is kept as you wrote it."
)
TOO_LATE: Final = N_(
    "What you asked for is no longer here, or was taken up already. If nothing came of it, use `/studio` or `/video` "
    "and upload the images again."
)
IMAGES_PATTERN: Final = rf"reelcast:images:(?P<request>{ID_PATTERN})"  # of the button, and of the modal that it opens


def images_id(request_id: int) -> str:
    return f"reelcast:images:{request_id}"


def images_modal(request_id: int, most: int) -> ui.Modal:
    """Ask for the images of a request that waits, at most so many; everything else of it is known."""
    modal = ui.Modal(title=_("The images once more"), custom_id=images_id(request_id))
    modal.add_item(
        ui.Label(
            text=_("Reference images"),
            description=_("They are gone from Discord. Add them in their order: the first is @Image1"),
            component=ImageUpload(custom_id=IMAGES, min_values=1, max_values=most),
        )
    )
    modal.stop()
    return modal


def images_controls(request_id: int) -> ui.View:
    view = ui.View(timeout=None)
    view.add_item(
        ui.Button(label=_("Add the images"), style=discord.ButtonStyle.primary, custom_id=images_id(request_id))
    )
    view.stop()
    return view
