"""How each state of a job looks to a member: its title, its colour, and what it means where the title cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import discord

from bot.jobs.states import State
from bot.ui.language import N_, _

_GREY: Final = discord.Colour(0x80848E)
_BLUE: Final = discord.Colour(0x5865F2)
_AMBER: Final = discord.Colour(0xF0B232)
_GREEN: Final = discord.Colour(0x23A559)
_RED: Final = discord.Colour(0xDA373C)


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
        named=N_("Waiting for a moderator"),
        colour=_AMBER,
        explained=N_("A moderator looks at this request first. Nothing is charged until then."),
    ),
    State.PREPARING: Look(emoji="🔍", named=N_("Checking the images"), colour=_GREY),
    State.WAITING: Look(emoji="⏳", named=N_("Waiting for its turn"), colour=_GREY),
    State.SUBMITTING: Look(emoji="📤", named=N_("Sending"), colour=_BLUE),
    State.UNCONFIRMED: Look(
        emoji="❔",
        named=N_("Making sure that the request arrived"),
        colour=_AMBER,
        explained=N_("The video service gave no clear answer. The request is looked for, and not sent twice."),
    ),
    State.QUEUED: Look(emoji="🕒", named=N_("Queued"), colour=_BLUE),
    State.PROCESSING: Look(emoji="🎬", named=N_("Processing"), colour=_BLUE),
    State.COMPLETED: Look(emoji="📥", named=N_("Fetching the video"), colour=_BLUE),
    State.REVIEW: Look(
        emoji="✋",
        named=N_("Waiting for a moderator"),
        colour=_AMBER,
        explained=N_("The video is made; a moderator looks at it before it is posted."),
    ),
    State.POSTING: Look(emoji="📥", named=N_("Posting the video"), colour=_BLUE),
    State.UNDELIVERED: Look(
        emoji="📦",
        named=N_("Made, but not posted"),
        colour=_AMBER,
        explained=N_("The video is made, but not posted here."),
    ),
    State.DELIVERED: Look(emoji="✅", named=N_("Done"), colour=_GREEN),
    State.FAILED: Look(
        emoji="⚠️",
        named=N_("No video"),
        colour=_RED,
        explained=N_("There is no video. You can ask for it again."),
    ),
    State.CANCELLED: Look(emoji="🚫", named=N_("Cancelled"), colour=_GREY, explained=N_("Nothing was charged.")),
    State.EXPIRED: Look(
        emoji="⌛",
        named=N_("Expired"),
        colour=_GREY,
        explained=N_("This request was not started in time. Nothing was charged. You can ask for it again."),
    ),
    State.REJECTED: Look(
        emoji="🚫",
        named=N_("Not approved"),
        colour=_GREY,
        explained=N_("A moderator did not approve this request. Nothing was charged."),
    ),
    State.WITHHELD: Look(
        emoji="🚫",
        named=N_("Not posted"),
        colour=_GREY,
        explained=N_("The video was made and paid for, but is not posted."),
    ),
    State.TAKEN_DOWN: Look(emoji="🚫", named=N_("Removed"), colour=_GREY, explained=N_("The video was removed.")),
}
