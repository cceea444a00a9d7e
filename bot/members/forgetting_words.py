"""*Your data* and *Delete my data*: what is stored, the question, and what was deleted."""

from enum import StrEnum
from typing import Any, Final

import discord
from discord import ui

from bot.ui.formats import number
from bot.ui.language import N_, _, ngettext

PRIVACY: Final = N_(
    "**What's stored about you**\n"
    "- Your requests: the prompt, the options, and the names and links of the images. Without the "
    "prompt and images: how many videos you made, for the limits, and what moderators decided.\n"
    "- Your saved characters with their images, that you accepted the notice about images, and "
    "whether you want direct messages.\n"
    "- The bot doesn't read your messages. Prompts and images are sent to Segmind, which makes the "
    "videos. The bot can't delete what's in Segmind's storage.\n"
    "- In servers where moderators review requests, they see the prompt, images, and video too."
)
_QUESTION: Final = N_(
    "**Delete your data in every server?** This can't be undone.\n"
    "- Your prompts, images, saved characters, and history are deleted right away, and your cards "
    "are emptied.\n"
    "- Requests that are still waiting are canceled. Videos already being made are still charged, "
    "and won't be posted.\n"
    "- Records of your usage (for limits) and of moderators' decisions stay as long as they do for "
    "everyone, but without your prompts. The record that you accepted the notice about images stays "
    "too.\n"
    "- Posted videos stay in their channels unless you choose to delete them too. The bot can't "
    "delete what the video service has."
)
KEPT: Final = N_("Nothing was deleted.")


class ForgetDeed(StrEnum):
    TELL = "tell"  # what is stored
    ASK = "ask"
    DATA = "data"  # delete, and leave the posted videos
    ALL = "all"  # delete, and remove cards and posted videos
    KEEP = "keep"


FORGET_PATTERN: Final = rf"reelcast:forget:(?P<deed>{'|'.join(ForgetDeed)})"


def your_data_controls() -> ui.View:
    """Make the button below help that tells what is stored."""
    return _view(_button(_("Your data"), ForgetDeed.TELL))


def privacy_controls() -> ui.View:
    return _view(_button(_("Delete my data"), ForgetDeed.ASK, discord.ButtonStyle.danger))


def forget_question() -> tuple[str, ui.View]:
    """Ask whether it is meant, and whether posted videos are to go, too."""
    choices = {
        ForgetDeed.DATA: (_("Delete my data"), discord.ButtonStyle.danger),
        ForgetDeed.ALL: (_("Delete my data and videos"), discord.ButtonStyle.danger),
        ForgetDeed.KEEP: (_("Keep everything"), discord.ButtonStyle.secondary),
    }
    buttons = [_button(label, deed, style) for deed, (label, style) in choices.items()]
    return _(_QUESTION), _view(*buttons)


def forgotten_sentence(*, requests: int, running: int, removed: bool) -> str:
    """Say what was done."""
    lines = [
        ngettext(
            "Your data is deleted, including {count} request.",
            "Your data is deleted, including {count} requests.",
            requests,
        ).format(count=number(requests))
    ]
    if running:
        lines.append(
            ngettext(
                "{count} video is still being made. It's still charged, and won't be posted.",
                "{count} videos are still being made. They're still charged, and won't be posted.",
                running,
            ).format(count=number(running))
        )
    if requests:
        lines.append(
            _("Your cards and videos are being deleted from the channels. This can take a few minutes.")
            if removed
            else _(
                "Your cards are being emptied. This can take a few minutes. To delete a video, use *Delete* below it."
            )
        )
    return "\n".join(lines)


def _button(label: str, deed: ForgetDeed, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=f"reelcast:forget:{deed}")


def _view(*buttons: ui.Button[Any]) -> ui.View:
    view = ui.View(timeout=None)
    for button in buttons:
        view.add_item(button)
    view.stop()
    return view
