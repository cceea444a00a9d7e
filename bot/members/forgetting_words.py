"""*Delete my data* and `/privacy`: what is kept, the question, and what was deleted."""

from enum import StrEnum
from typing import Any, Final

import discord
from discord import ui

from bot.ui.formats import number
from bot.ui.language import N_, _, ngettext

PRIVACY: Final = N_(
    "**What is kept of you**\n"
    "- Your requests: the prompt, the options, the names and addresses of the pictures. Without prompt and pictures: "
    "how many videos you made, for the limits, and what moderators decided.\n"
    "- Your saved characters with their pictures, that you accepted the notice about pictures, and whether you want "
    "direct messages.\n"
    "- The bot reads no messages of yours. Prompts and pictures go to Segmind, which makes the videos; what its "
    "storage holds cannot be called back by the bot.\n"
    "- Where a server has moderators look at requests, they see prompt, pictures and video, too."
)
_QUESTION: Final = N_(
    "**Delete your data in every server?** This cannot be undone.\n"
    "- Prompts, pictures, saved characters and history go at once, and your cards are emptied.\n"
    "- What still waits is cancelled. What is being made is paid for all the same, and is not posted.\n"
    "- Without the prompt it stays on record what counts for limits and what moderators decided, for as long as that "
    "is kept of anybody; and that you accepted the notice about pictures.\n"
    "- Videos that are posted stay in their channels, unless you have them removed, too. What the video service "
    "has cannot be called back by the bot."
)
KEPT: Final = N_("Nothing was deleted.")


class ForgetDeed(StrEnum):
    ASK = "ask"
    DATA = "data"  # delete, and leave the posted videos
    ALL = "all"  # delete, and remove cards and posted videos
    KEEP = "keep"


FORGET_PATTERN: Final = rf"reelcast:forget:(?P<deed>{'|'.join(ForgetDeed)})"


def forget_id(deed: ForgetDeed) -> str:
    return f"reelcast:forget:{deed}"


def ask_button() -> ui.Button[Any]:
    return ui.Button(label=_("Delete my data"), style=discord.ButtonStyle.danger, custom_id=forget_id(ForgetDeed.ASK))


def privacy_controls() -> ui.View:
    return _view(ask_button())


def forget_question() -> tuple[str, ui.View]:
    """Ask whether it is meant, and whether posted videos are to go, too."""
    choices = {
        ForgetDeed.DATA: (_("Delete my data"), discord.ButtonStyle.danger),
        ForgetDeed.ALL: (_("Delete my data and my videos"), discord.ButtonStyle.danger),
        ForgetDeed.KEEP: (_("Keep everything"), discord.ButtonStyle.secondary),
    }
    buttons = [
        ui.Button[Any](label=label, style=style, custom_id=forget_id(deed)) for deed, (label, style) in choices.items()
    ]
    return _(_QUESTION), _view(*buttons)


def forgotten_sentence(*, requests: int, running: int, removed: bool) -> str:
    """Say what was done."""
    lines = [
        ngettext(
            "Your data is deleted, {count} request among it.",
            "Your data is deleted, {count} requests among it.",
            requests,
        ).format(count=number(requests))
    ]
    if running:
        lines.append(
            ngettext(
                "{count} video is still being made: it is paid for, and will not be posted.",
                "{count} videos are still being made: they are paid for, and will not be posted.",
                running,
            ).format(count=number(running))
        )
    if requests:
        lines.append(
            _("Your cards and videos are being removed from the channels; that may take some minutes.")
            if removed
            else _("Your cards are being emptied; that may take some minutes. *Delete* below a video removes it.")
        )
    return "\n".join(lines)


def _view(*buttons: ui.Button[Any]) -> ui.View:
    view = ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    view.stop()
    return view
