"""How each state looks to a member: title, color, meaning, and the buttons of cards and posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import discord
from discord import ui

from bot.jobs.model import Job
from bot.jobs.states import CANCELLABLE, IN_FLIGHT, State
from bot.ui.custom_ids import DetailsId, again_id, cancel_id, edit_id, report_id, resend_id
from bot.ui.formats import dollars
from bot.ui.language import N_, _

GREY: Final = discord.Colour(0x80848E)
_BLUE: Final = discord.Colour(0x5865F2)
_AMBER: Final = discord.Colour(0xF0B232)
_GREEN: Final = discord.Colour(0x23A559)
_RED: Final = discord.Colour(0xDA373C)
# The request has ended, and nothing forbids it: it can be made again.
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


_QUEUED: Final = Look(emoji="⏳", named=N_("Queued"), colour=_BLUE)
_ALMOST_THERE: Final = Look(emoji="📥", named=N_("Almost there"), colour=_BLUE)
LOOKS: Final[Mapping[State, Look]] = {
    State.ACCEPTED: _QUEUED,
    State.HELD: Look(
        emoji="✋",
        named=N_("Waiting for review"),
        colour=_AMBER,
        explained=N_("A moderator reviews this request first. Nothing is charged until it's approved."),
    ),
    State.PREPARING: _QUEUED,
    State.WAITING: _QUEUED,
    State.SUBMITTING: _QUEUED,
    State.UNCONFIRMED: Look(
        emoji="❔",
        named=N_("Confirming the request"),
        colour=_AMBER,
        explained=N_(
            "The video service didn't give a clear answer. The bot is checking whether it got the request, "
            "and won't send it twice."
        ),
    ),
    State.QUEUED: _QUEUED,
    State.PROCESSING: Look(emoji="🎬", named=N_("Processing"), colour=_BLUE),
    State.COMPLETED: _ALMOST_THERE,
    State.REVIEW: Look(
        emoji="👀",
        named=N_("Video waiting for review"),
        colour=_AMBER,
        explained=N_("The video is ready. A moderator reviews it before it's posted."),
    ),
    State.POSTING: _ALMOST_THERE,
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
        explained=N_("There's no video. Nothing was charged. You can request it again."),
    ),
    State.CANCELLED: Look(emoji="⏹️", named=N_("Canceled"), colour=GREY, explained=N_("Nothing was charged.")),
    State.EXPIRED: Look(
        emoji="⌛",
        named=N_("Expired"),
        colour=GREY,
        explained=N_("This request didn't start in time. Nothing was charged. You can request it again."),
    ),
    State.REJECTED: Look(emoji="🚫", named=N_("Rejected"), colour=GREY, explained=N_("Nothing was charged.")),
    State.WITHHELD: Look(
        emoji="📪",
        named=N_("Not posted"),
        colour=GREY,
        explained=N_("The video was made and charged, but won't be posted."),
    ),
    State.TAKEN_DOWN: Look(emoji="🧹", named=N_("Taken down"), colour=GREY),
}
STOPPED: Final = Look(
    emoji=LOOKS[State.CANCELLED].emoji,
    named=N_("Canceled"),
    colour=GREY,
    explained=N_("It was already running, so it's still charged, and the video won't be posted."),
)
_DELETED: Final = Look(emoji="🗑️", named=N_("Deleted"), colour=GREY)
_FAILED_AT_COST: Final = Look(emoji=LOOKS[State.FAILED].emoji, named=N_("Failed"), colour=_RED)


def is_stopped(job: Job) -> bool:
    """Return whether a job was canceled after the charge, so that its run ends without a post."""
    return job.cancel_requested and job.state in {*IN_FLIGHT, State.COMPLETED, State.WITHHELD}


def look_of(job: Job) -> Look:
    """Return how a job looks; one that was stopped after the charge looks so while its run ends."""
    if is_stopped(job):
        return STOPPED if job.problem is None else LOOKS[State.WITHHELD]
    if job.state is State.FAILED and job.counts:
        return _FAILED_AT_COST  # or it may be charged: only its member reads more, by its problem
    return _DELETED if job.deleted_by_hand else LOOKS[job.state]


def card_buttons(job: Job) -> list[ui.Button[Any]]:
    """Make the buttons of a card, and of a video in its member's list."""
    buttons: list[ui.Button[Any]] = []
    if job.state in CANCELLABLE:
        buttons.append(_button(_("Cancel"), cancel_id(job.id)))
    elif job.state in IN_FLIGHT and not job.cancel_requested:
        buttons.append(_button(_("Don't post it"), cancel_id(job.id)))
    elif job.state is State.UNDELIVERED:
        buttons.append(_button(_("Send again"), resend_id(job.id)))
    elif job.state is State.DELIVERED and not job.hidden:
        buttons += _repeating(job)
    elif job.state in REPEATABLE and not job.hidden:
        buttons.append(_button(_("Fix it"), edit_id(job.id), discord.ButtonStyle.primary))
    return [*buttons, details_button(job)]


def post_buttons(job: Job) -> list[ui.Button[Any]]:
    """Make the buttons of a posted video; *Details* carries the attempt, by which the post is found again."""
    details = DetailsId(place="post", job_id=job.id, attempt=job.post_attempts)
    return [*_repeating(job), _button(_("Details"), str(details)), _button(_("Report"), report_id(job.id))]


def _repeating(job: Job) -> list[ui.Button[Any]]:
    price = job.reserved_usd if job.cost_usd is None else job.cost_usd
    return [again_button(job, price), _button(_("Edit"), edit_id(job.id))]


def details_button(job: Job) -> ui.Button[Any]:
    return _button(_("Details"), str(DetailsId.of_card(job)))


def again_button(job: Job, price_usd: Decimal) -> ui.Button[Any]:
    """Make the button that makes a video once more at a price, which its custom id has, too."""
    return _button(_("Again {price}").format(price=dollars(price_usd)), again_id(job.id, price_usd))


def _button(label: str, custom_id: str, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=custom_id)


def with_picture(text: str, address: str | None, *, spoiler: bool = False) -> ui.Item[ui.LayoutView]:
    """Lay out a text beside a small picture, if there is one."""
    if address is None:
        return ui.TextDisplay(text)
    return ui.Section[ui.LayoutView](text, accessory=ui.Thumbnail[ui.LayoutView](address, spoiler=spoiler))
