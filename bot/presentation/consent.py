"""The notice before a member's first images; whoever changes what it says raises `bot.policy.consent.WORDING`."""

from typing import Final

import discord
from discord import ui

from bot.policy.consent import WORDING
from bot.ui.custom_ids import ID_PATTERN
from bot.ui.language import N_, _

NOTICE: Final = N_(
    "**Before your first pictures, once**\n"
    "- Use only pictures that you may use. Whoever can be recognised in one must agree to it: a video can show people "
    "doing what they never did.\n"
    "- The pictures and your prompt go to Segmind, the service that makes the videos. Pictures of your saved "
    "characters, and some of requests that had to wait, stay in its storage: you can delete them here, but we cannot "
    "call them back from there.\n"
    "Accept, and your request goes on as it is."
)
NOTHING_LEFT: Final = N_(
    "Accepted, thank you. Your request was taken up already or is no longer here: if nothing came of it, send it "
    "once more. You will not be asked again."
)
CONSENT_PATTERN: Final = rf"reelcast:consent:(?P<version>[0-9]{{1,6}}):(?P<request>{ID_PATTERN})"


def consent_id(request_id: int) -> str:
    return f"reelcast:consent:{WORDING}:{request_id}"


def consent_controls(request_id: int) -> ui.View:
    """Let a member accept, and go on with the request that waits; the view is stopped, its id says it all."""
    view = ui.View(timeout=None)
    view.add_item(
        ui.Button(label=_("Accept and go on"), style=discord.ButtonStyle.success, custom_id=consent_id(request_id))
    )
    view.stop()
    return view
