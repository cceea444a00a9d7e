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
NAMED: Final = ("video", "studio", "cast add", "jobs", "quota", "privacy")  # the commands that help links to
_WHAT: Final = N_(
    "**Short films of your pictures**\n"
    "Give {video} a sentence and up to seven pictures: the same faces and places move in it. It takes three to four "
    "minutes; the card in the channel shows how far it is, and the video comes as an answer to it. {studio} takes "
    "all pictures at once, and *Make a video* in the menu of a message takes that message's."
)
_NAMES: Final = N_(
    "**Naming what is seen**\n"
    "`@Image1` is the first picture, `@Image2` the second: `The keeper of @Image1 walks along the quay of @Image2`. "
    "Who is to appear again is saved with {cast}, and is called by name: `@mira`."
)
_YOURS: Final = N_(
    "**What is yours**\n"
    "{jobs} has your videos here, and whether you are told in private when one is done; {quota} says how many more you "
    "may make; {privacy} what is kept of you, and how to delete it."
)
_REVIEWS: Final[Mapping[ReviewMode, str]] = {
    ReviewMode.OFF: N_("What you ask for is made at once."),
    ReviewMode.BEFORE_SPENDING: N_("A moderator looks at each request before anything is made of it."),
    ReviewMode.BEFORE_POSTING: N_("A moderator looks at each video before it is posted."),
}
_HINT: Final = N_(
    "**Your first video is on its way**\n"
    "- The card above shows how far it is; its buttons work for as long as it stands there.\n"
    "- In a prompt, `@Image1` is your first picture, and {cast} saves who is to appear again.\n"
    "- {jobs} finds all your videos here again."
)
PATIENCE: Final = 1.0  # seconds that Discord has to tell the ids; an answer has three


def help_text(commands: Mapping[str, str], *, here: str = "") -> str:
    """Write what the bot does and how to use it; `commands` are the mentions of `NAMED`, `here` is `help_here`."""
    parts = [
        _(_WHAT).format(video=commands["video"], studio=commands["studio"]),
        _(_NAMES).format(cast=commands["cast add"]),
        _(_YOURS).format(jobs=commands["jobs"], quota=commands["quota"], privacy=commands["privacy"]),
    ]
    return "\n\n".join([*parts, *([here] if here else [])])


def help_here(denial: Denial | None, review: ReviewMode) -> str:
    """Say what counts for who asks where they ask."""
    may = denial_sentence(denial) if denial is not None else _("You can ask for videos in this channel.")
    return f"**{_('In this server')}**\n{may} {_(_REVIEWS[review])}"


def hint_text(commands: Mapping[str, str]) -> str:
    """Write the three lines that a newcomer reads once."""
    return _(_HINT).format(cast=commands["cast add"], jobs=commands["jobs"])


def hint_controls() -> ui.View:
    view = ui.View(timeout=None)
    button: ui.Button[Any] = ui.Button(label=_("How it works"), style=discord.ButtonStyle.secondary, custom_id=HELP_ID)
    view.add_item(button)
    view.stop()
    return view


class CommandMentions:
    """Asks for the ids when somebody first wants them; until they are known commands are named, and no links."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._ids: Mapping[str, int] = {}

    async def get(self) -> Mapping[str, str]:
        """Give what to write for each command that is `NAMED`."""
        if not self._ids:
            await self._ask()
        return {name: self._mention(name) for name in NAMED}

    def _mention(self, name: str) -> str:
        command_id = self._ids.get(name.split(maxsplit=1)[0])
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
