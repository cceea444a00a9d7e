"""`/help`, and the hint for a member's first request."""

from collections.abc import Mapping
from typing import Any, Final

import discord
from discord import ui

from bot.gate.denial import Denial
from bot.gate.words import denial_sentence
from bot.jobs.model import ReviewMode
from bot.ui.commands import option_name
from bot.ui.language import N_, _

HELP_ID: Final = "reelcast:help"
_WHAT: Final = N_(
    "**Turn images into short videos**\n"
    "Use {video} with a prompt and up to seven images. Their faces and places appear in the video, "
    "in motion. It takes three to four minutes. Track progress on the card in the channel. The video "
    "arrives as a reply. {video} without options opens a form that takes all images at once, and *Make a video* "
    "in a message's menu uses the images in that message."
)
_NAMES: Final = N_(
    "**Refer to images in your prompt**\n"
    "`@Image1` is your first image, `@Image2` the second: `The keeper of @Image1 walks along the "
    "quay of @Image2`. To reuse a character, save it with {cast} and write its name: `@mira`."
)
_YOURS: Final = N_(
    "**Your videos, limits, and data**\n"
    "Use {videos} to see your videos here, how many more you can make, and whether you get a direct message when "
    "one is done. *Your data* below shows what's stored about you and how to delete it."
)
_REVIEWS: Final[Mapping[ReviewMode, str]] = {
    ReviewMode.OFF: N_("Videos are made without review."),
    ReviewMode.BEFORE_SPENDING: N_("A moderator reviews each request before the video is made."),
    ReviewMode.BEFORE_POSTING: N_("A moderator reviews each video before it's posted."),
}
_HINT: Final = N_(
    "**Your first video is on its way**\n"
    "- Track progress on the card above. Its buttons work for as long as the card is there.\n"
    "- In a prompt, `@Image1` is your first image. Use {cast} to save a character for reuse.\n"
    "- Use {videos} to find all your videos here again."
)


def help_text(*, here: str = "") -> str:
    """Write what the bot does and how to use it; `here` is `help_here`."""
    parts = [
        _(_WHAT).format(video=_named("video")),
        _(_NAMES).format(cast=_named("cast")),
        _(_YOURS).format(videos=_named("videos")),
    ]
    return "\n\n".join([*parts, *([here] if here else [])])


def help_here(denial: Denial | None, review: ReviewMode) -> str:
    """Say what counts for who asks where they ask."""
    may = denial_sentence(denial) if denial is not None else _("You can make videos in this channel.")
    return f"**{_('In this server')}**\n{may} {_(_REVIEWS[review])}"


def hint_text() -> str:
    """Write the three lines that a newcomer reads once."""
    return _(_HINT).format(cast=_named("cast"), videos=_named("videos"))


def _named(command: str) -> str:
    return f"`/{option_name(command)}`"


def hint_controls() -> ui.View:
    view = ui.View(timeout=None)
    button: ui.Button[Any] = ui.Button(label=_("How it works"), style=discord.ButtonStyle.secondary, custom_id=HELP_ID)
    view.add_item(button)
    view.stop()
    return view
