"""What is left of messages whose member had their data deleted."""

from typing import Final

import discord
from discord import ui

from bot.ui.language import N_, _

_GREY: Final = discord.Colour(0x80848E)
_CARD: Final = N_("Who asked for this video has had their data deleted.")
_MODERATORS: Final = N_(
    "Who asked for this video has had their data deleted. What was decided about it stays on record."
)


def emptied_card() -> ui.LayoutView:
    """Lay out what the channel still sees of a request; it has no buttons, for there is nothing to press for."""
    return _layout(_(_CARD))


def emptied_for_moderators() -> ui.LayoutView:
    """Lay out the same for the moderators' channel."""
    return _layout(_(_MODERATORS))


def emptied_description() -> str:
    """Describe a video to those who do not see it, where the prompt did before."""
    return _("A video that a member had made.")


def _layout(sentence: str) -> ui.LayoutView:
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_GREY)
    container.add_item(ui.TextDisplay(f"### 🗑️ {_('Deleted')}\n{sentence}"))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()
    return view
