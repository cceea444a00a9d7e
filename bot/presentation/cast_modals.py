"""The modal in which a character is saved; it is stopped, as a submission is known by its custom id."""

from typing import Final

import discord
from discord import ui

from bot.catalogue.models import CHARACTER_REFERENCES
from bot.jobs.prompt import NAME_LIMIT
from bot.ui.commands import ImageUpload
from bot.ui.language import _

CAST_ADD_ID: Final = "reelcast:cast-add"
NAME: Final = "name"
FRONTAL: Final = "frontal"
OTHERS: Final = "others"


def cast_add_modal() -> ui.Modal:
    least, most = CHARACTER_REFERENCES.least, CHARACTER_REFERENCES.most
    modal = ui.Modal(title=_("Save a character"), custom_id=CAST_ADD_ID)
    modal.add_item(
        ui.Label(
            text=_("Name"),
            description=_("Letters, digits, - and _; in a prompt you write it with an @ before it"),
            component=ui.TextInput(
                custom_id=NAME, style=discord.TextStyle.short, max_length=NAME_LIMIT, placeholder="mira"
            ),
        )
    )
    modal.add_item(
        ui.Label(
            text=_("Frontal picture"),
            description=_("A person's face, or a thing from its front; JPEG, PNG or WebP"),
            component=ImageUpload(custom_id=FRONTAL, min_values=1, max_values=1),
        )
    )
    modal.add_item(
        ui.Label(
            text=_("More pictures"),
            description=_("The same one from other sides: 1 to 3"),
            component=ImageUpload(custom_id=OTHERS, min_values=least, max_values=most),
        )
    )
    modal.stop()
    return modal
