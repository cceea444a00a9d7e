"""How each state of a job looks to a member: its title, its colour, and what it means where the title cannot say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import discord

from bot.jobs.states import State

_GREY: Final = discord.Colour(0x80848E)
_BLUE: Final = discord.Colour(0x5865F2)
_AMBER: Final = discord.Colour(0xF0B232)
_GREEN: Final = discord.Colour(0x23A559)
_RED: Final = discord.Colour(0xDA373C)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    emoji: str
    title: str
    colour: discord.Colour
    meaning: str = ""  # shown below the title, unless a problem says more


LOOKS: Final[Mapping[State, Look]] = {
    State.ACCEPTED: Look(emoji="🔍", title="Checking the images", colour=_GREY),
    State.HELD: Look(
        emoji="✋",
        title="Waiting for a moderator",
        colour=_AMBER,
        meaning="A moderator looks at this request first. Nothing is charged until then.",
    ),
    State.PREPARING: Look(emoji="🔍", title="Checking the images", colour=_GREY),
    State.WAITING: Look(emoji="⏳", title="Waiting for its turn", colour=_GREY),
    State.SUBMITTING: Look(emoji="📤", title="Sending", colour=_BLUE),
    State.UNCONFIRMED: Look(
        emoji="❔",
        title="Making sure that the request arrived",
        colour=_AMBER,
        meaning="The video service gave no clear answer. The request is looked for, and not sent twice.",
    ),
    State.QUEUED: Look(emoji="🕒", title="Queued", colour=_BLUE),
    State.PROCESSING: Look(emoji="🎬", title="Processing", colour=_BLUE),
    State.COMPLETED: Look(emoji="📥", title="Fetching the video", colour=_BLUE),
    State.REVIEW: Look(
        emoji="✋",
        title="Waiting for a moderator",
        colour=_AMBER,
        meaning="The video is made; a moderator looks at it before it is posted.",
    ),
    State.POSTING: Look(emoji="📥", title="Posting the video", colour=_BLUE),
    State.UNDELIVERED: Look(
        emoji="📦", title="Made, but not posted", colour=_AMBER, meaning="The video is made, but not posted here."
    ),
    State.DELIVERED: Look(emoji="✅", title="Done", colour=_GREEN),
    State.FAILED: Look(
        emoji="⚠️", title="No video", colour=_RED, meaning="There is no video. You can ask for it again."
    ),
    State.CANCELLED: Look(emoji="🚫", title="Cancelled", colour=_GREY, meaning="Nothing was charged."),
    State.EXPIRED: Look(
        emoji="⌛",
        title="Expired",
        colour=_GREY,
        meaning="This request was not started in time. Nothing was charged. You can ask for it again.",
    ),
    State.REJECTED: Look(
        emoji="🚫",
        title="Not approved",
        colour=_GREY,
        meaning="A moderator did not approve this request. Nothing was charged.",
    ),
    State.WITHHELD: Look(
        emoji="🚫", title="Not posted", colour=_GREY, meaning="The video was made and paid for, but is not posted."
    ),
    State.TAKEN_DOWN: Look(emoji="🚫", title="Removed", colour=_GREY, meaning="The video was removed."),
}
