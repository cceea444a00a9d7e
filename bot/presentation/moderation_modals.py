"""The modals in which moderators give their reasons, and members their reports; known by their custom ids alone."""

from typing import Any, Final

import discord
from discord import ui

from bot.presentation.language import _
from bot.presentation.review_ids import reason_id

REASON: Final = "reason"
ALSO: Final = "also"
BLOCK_IMAGES: Final = "block-images"
REASON_LIMIT: Final = 400  # characters; shown whole to the member


def reject_modal(job_id: int) -> ui.Modal:
    """Ask a moderator why something is rejected, and whether its pictures are to be blocked."""
    also = ui.CheckboxGroup[Any](
        custom_id=ALSO,
        required=False,
        min_values=0,
        max_values=1,
        options=[discord.CheckboxGroupOption(label=_("Block its pictures in this server"), value=BLOCK_IMAGES)],
    )
    return _modal(
        _("Reject"),
        reason_id(job_id),
        _reason(_("Reason"), _("The member reads this; empty gives none")),
        ui.Label(text=_("Also"), description=_("Copies of them are refused from then on"), component=also),
    )


def _reason(text: str, description: str, *, required: bool = False) -> ui.Label[ui.Modal]:
    field = ui.TextInput[Any](
        custom_id=REASON, style=discord.TextStyle.paragraph, max_length=REASON_LIMIT, required=required
    )
    return ui.Label(text=text, description=description, component=field)


def _modal(title: str, custom_id: str, *labels: ui.Label[ui.Modal]) -> ui.Modal:
    modal = ui.Modal(title=title, custom_id=custom_id)
    for label in labels:
        modal.add_item(label)
    modal.stop()
    return modal
