"""Which buttons a card or a post carries: what its job's state allows; who may press is for the button to judge."""

from typing import Any, Final

import discord
from discord import ui

from bot.jobs.model import Job
from bot.jobs.states import CANCELLABLE, IN_FLIGHT, State
from bot.ui.custom_ids import DetailsId, again_id, cancel_id, delete_id, edit_id, report_id, resend_id
from bot.ui.language import _

# The request is over, and nobody has forbidden it: it may be made once more.
REPEATABLE: Final = frozenset({State.DELIVERED, State.UNDELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED})
# Nothing is to come of the card any more.
DELETABLE: Final = frozenset(
    {
        *(State.DELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED),
        *(State.REJECTED, State.WITHHELD, State.TAKEN_DOWN),
    }
)


def card_buttons(job: Job) -> list[ui.Button[Any]]:
    """Make the buttons of a card, at most the five that fit a row."""
    buttons: list[ui.Button[Any]] = []
    if job.state in CANCELLABLE or (job.state in IN_FLIGHT and not job.cancel_requested):
        buttons.append(_button(_("Cancel"), cancel_id(job.id)))
    if job.state is State.UNDELIVERED:
        buttons.append(_button(_("Send again"), resend_id(job.id)))
    if job.state in REPEATABLE and not job.hidden:
        buttons.append(_button(_("Again"), again_id(job.id)))
        buttons.append(_button(_("Edit"), edit_id(job.id)))
    buttons.append(_button(_("Details"), str(DetailsId.of_card(job))))
    if job.state in DELETABLE:
        buttons.append(_button(_("Delete"), delete_id(job.id)))
    return buttons


def post_buttons(job: Job) -> list[ui.Button[Any]]:
    """Make the buttons of a posted video; *Details* carries the attempt, by which the post is found again."""
    details = DetailsId(place="post", job_id=job.id, attempt=job.post_attempts)
    return [
        _button(_("Again"), again_id(job.id)),
        _button(_("Details"), str(details)),
        _button(_("Report"), report_id(job.id)),
        _button(_("Delete"), delete_id(job.id)),
    ]


def _button(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id)
