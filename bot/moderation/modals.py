"""The modals in which moderators give their reasons, and members their reports; known by their custom ids alone."""

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import ui

from bot.moderation.blocks import FOR_GOOD, LENGTHS
from bot.moderation.ids import block_id, reason_id, takedown_id
from bot.moderation.words import length_name
from bot.ui.custom_ids import report_id, stopped
from bot.ui.language import _

REASON: Final = "reason"
ALSO: Final = "also"
BLOCK: Final = "block"
NO_BLOCK: Final = "no"
BLOCK_IMAGES: Final = "block-images"
GIVE_BACK: Final = "give-back"
REASON_LIMIT: Final = 400  # characters; shown whole to the member


def reject_modal(job_id: int) -> ui.Modal:
    """Ask a moderator why something is rejected, and whether its images are to be blocked."""
    return _modal(
        _("Reject"),
        reason_id(job_id),
        _reason(_("Shown to the member. Leave empty to give no reason.")),
        _also({BLOCK_IMAGES: _("Block its images in this server")}),
    )


def report_modal(job_id: int) -> ui.Modal:
    """Ask a member what is wrong with a video."""
    return _modal(
        _("Report this video"),
        report_id(job_id),
        _reason(
            _("Describe what's wrong. Moderators see this, but the member who requested the video doesn't."),
            required=True,
        ),
    )


def takedown_modal(job_id: int, *, may_block: bool) -> ui.Modal:
    """Ask a moderator everything that a takedown can do at once; not all may block, as that is for the whole server."""
    labels = [_reason(_("Shown to the member. Leave empty to give no reason."))]
    if may_block:
        labels.append(_lengths(_("Block member"), with_none=True))
    labels.append(
        _also(
            {
                GIVE_BACK: _("Refund usage: don't count this video toward the member's limits"),
                BLOCK_IMAGES: _("Block its images in this server"),
            }
        )
    )
    return _modal(_("Take down"), takedown_id(job_id), *labels)


def block_modal(member_id: int, job_id: int) -> ui.Modal:
    """Ask a moderator for how long a member is to be blocked, and why."""
    return _modal(
        _("Block member"),
        block_id(member_id, job_id),
        _lengths(_("How long"), with_none=False),
        _reason(_("Shown to moderators in the block list")),
    )


def _also(choices: Mapping[str, str]) -> ui.Label[ui.Modal]:
    options = [discord.CheckboxGroupOption(label=label, value=value) for value, label in choices.items()]
    group = ui.CheckboxGroup[Any](
        custom_id=ALSO, required=False, min_values=0, max_values=len(options), options=options
    )
    return ui.Label(text=_("Also"), component=group)


def _lengths(text: str, *, with_none: bool) -> ui.Label[ui.Modal]:
    names = {NO_BLOCK: _("Don't block")} if with_none else {}
    names |= {length: length_name(length) for length in LENGTHS}
    chosen = NO_BLOCK if with_none else FOR_GOOD
    options = [
        discord.RadioGroupOption(label=name, value=value, default=value == chosen) for value, name in names.items()
    ]
    return ui.Label(text=text, component=ui.RadioGroup[Any](custom_id=BLOCK, options=options))


def _reason(description: str, *, required: bool = False) -> ui.Label[ui.Modal]:
    field = ui.TextInput[Any](
        custom_id=REASON, style=discord.TextStyle.paragraph, max_length=REASON_LIMIT, required=required
    )
    return ui.Label(text=_("Reason"), description=description, component=field)


def _modal(title: str, custom_id: str, *labels: ui.Label[ui.Modal]) -> ui.Modal:
    modal = ui.Modal(title=title, custom_id=custom_id)
    return stopped(modal, *labels)
