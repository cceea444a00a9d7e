"""`/help`, the hint for a member's first request, and links to commands."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final

import aiohttp
import discord
import structlog
from discord import ui

from bot.gate.denial import Denial
from bot.gate.words import denial_sentence
from bot.jobs.model import ReviewMode
from bot.ui.language import N_, _

log = structlog.get_logger(__name__)

HELP_ID: Final = "reelcast:help"
NAMED: Final = ("video", "videos", "cast")  # the commands that help links to
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
PATIENCE: Final = 1.0  # seconds that Discord has to tell the ids; an answer has three


def help_text(commands: Mapping[str, str], *, here: str = "") -> str:
    """Write what the bot does and how to use it; `commands` are the mentions of `NAMED`, `here` is `help_here`."""
    parts = [
        _(_WHAT).format(video=commands["video"]),
        _(_NAMES).format(cast=commands["cast"]),
        _(_YOURS).format(videos=commands["videos"]),
    ]
    return "\n\n".join([*parts, *([here] if here else [])])


def help_here(denial: Denial | None, review: ReviewMode) -> str:
    """Say what counts for who asks where they ask."""
    may = denial_sentence(denial) if denial is not None else _("You can make videos in this channel.")
    return f"**{_('In this server')}**\n{may} {_(_REVIEWS[review])}"


def hint_text(commands: Mapping[str, str]) -> str:
    """Write the three lines that a newcomer reads once."""
    return _(_HINT).format(cast=commands["cast"], videos=commands["videos"])


def hint_controls() -> ui.View:
    view = ui.View(timeout=None)
    button: ui.Button[Any] = ui.Button(label=_("How it works"), style=discord.ButtonStyle.secondary, custom_id=HELP_ID)
    view.add_item(button)
    view.stop()
    return view


class CommandMentions:
    """Asks for the ids when someone first wants them; until they are known commands are named, and no links."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._ids: Mapping[str, int] = {}

    async def get(self) -> Mapping[str, str]:
        """Give what to write for each command that is `NAMED`."""
        if not self._ids:
            await self._ask()
        return {name: self._mention(name) for name in NAMED}

    def _mention(self, name: str) -> str:
        command_id = self._ids.get(name)
        return f"`/{name}`" if command_id is None else f"</{name}:{command_id}>"

    async def _ask(self) -> None:
        if self._client.application_id is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                told = await self._client.http.get_global_commands(self._client.application_id)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            log.info("command_ids_not_told", error=type(error).__name__)
        else:
            self._ids = {each["name"]: int(each["id"]) for each in told}
