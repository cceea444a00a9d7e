"""How each state looks to a member: title, color, meaning, and the buttons of cards and posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from bot.jobs.model import Job
from bot.jobs.states import CANCELLABLE, IN_FLIGHT, State
from bot.ui.custom_ids import DetailsId, again_id, cancel_id, delete_id, edit_id, report_id, resend_id
from bot.ui.language import N_, _

_GREY: Final = discord.Colour(0x80848E)
_BLUE: Final = discord.Colour(0x5865F2)
_AMBER: Final = discord.Colour(0xF0B232)
_GREEN: Final = discord.Colour(0x23A559)
_RED: Final = discord.Colour(0xDA373C)
# The request is over, and nobody has forbidden it: it may be made once more.
REPEATABLE: Final = frozenset({State.DELIVERED, State.UNDELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED})
# Nothing is to come of the card any more.
DELETABLE: Final = frozenset(
    {
        *(State.DELIVERED, State.FAILED, State.CANCELLED, State.EXPIRED),
        *(State.REJECTED, State.WITHHELD, State.TAKEN_DOWN),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    emoji: str
    named: str  # in English, to be looked up
    colour: discord.Colour
    explained: str = ""

    @property
    def title(self) -> str:
        return _(self.named)

    @property
    def meaning(self) -> str:
        """What is shown below the title, unless a problem says more."""
        return _(self.explained)


LOOKS: Final[Mapping[State, Look]] = {
    State.ACCEPTED: Look(emoji="🔍", named=N_("Checking the images"), colour=_GREY),
    State.HELD: Look(
        emoji="✋",
        named=N_("Waiting for review"),
        colour=_AMBER,
        explained=N_("A moderator reviews this request first. Nothing is charged until it's approved."),
    ),
    State.PREPARING: Look(emoji="🔍", named=N_("Checking the images"), colour=_GREY),
    State.WAITING: Look(emoji="⏳", named=N_("Queued"), colour=_GREY),
    State.SUBMITTING: Look(emoji="📤", named=N_("Sending"), colour=_BLUE),
    State.UNCONFIRMED: Look(
        emoji="❔",
        named=N_("Confirming the request"),
        colour=_AMBER,
        explained=N_(
            "The video service didn't give a clear answer. The bot is checking whether it got the request, "
            "and won't send it twice."
        ),
    ),
    State.QUEUED: Look(emoji="🕒", named=N_("Queued"), colour=_BLUE),
    State.PROCESSING: Look(emoji="🎬", named=N_("Processing"), colour=_BLUE),
    State.COMPLETED: Look(emoji="📥", named=N_("Downloading the video"), colour=_BLUE),
    State.REVIEW: Look(
        emoji="✋",
        named=N_("Waiting for review"),
        colour=_AMBER,
        explained=N_("The video is ready. A moderator reviews it before it's posted."),
    ),
    State.POSTING: Look(emoji="📥", named=N_("Posting the video"), colour=_BLUE),
    State.UNDELIVERED: Look(
        emoji="📦",
        named=N_("Ready, but not posted"),
        colour=_AMBER,
        explained=N_("The video is ready, but it isn't posted here."),
    ),
    State.DELIVERED: Look(emoji="✅", named=N_("Done"), colour=_GREEN),
    State.FAILED: Look(
        emoji="⚠️",
        named=N_("Failed"),
        colour=_RED,
        explained=N_("There's no video. You can request it again."),
    ),
    State.CANCELLED: Look(emoji="🚫", named=N_("Canceled"), colour=_GREY, explained=N_("Nothing was charged.")),
    State.EXPIRED: Look(
        emoji="⌛",
        named=N_("Expired"),
        colour=_GREY,
        explained=N_("This request didn't start in time. Nothing was charged. You can request it again."),
    ),
    State.REJECTED: Look(
        emoji="🚫",
        named=N_("Rejected"),
        colour=_GREY,
        explained=N_("A moderator didn't approve this request. Nothing was charged."),
    ),
    State.WITHHELD: Look(
        emoji="🚫",
        named=N_("Not posted"),
        colour=_GREY,
        explained=N_("The video was made and charged, but won't be posted."),
    ),
    State.TAKEN_DOWN: Look(emoji="🚫", named=N_("Taken down"), colour=_GREY, explained=N_("The video was taken down.")),
}


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
