"""The list of who is blocked in a server, by pages."""

from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.policy.blocks import Block
from bot.presentation.case_ids import blocks_id
from bot.ui.formats import date, number
from bot.ui.language import _
from bot.ui.text import clip, plain

PER_PAGE: Final = 8  # lines of some 220 characters, in a message's 2,000
REASON_LIMIT: Final = 60  # characters; escaped at most twice that


def blocks_list(found: Sequence[Block], *, page: int, pages: int, count: int) -> str:
    """Write a page of who is blocked in a server, a line each."""
    if not count:
        return _("Nobody is blocked here.")
    head = _("Blocked here: {count} (page {page} of {pages})").format(
        count=number(count), page=number(page), pages=number(pages)
    )
    return "\n".join([head, *(_line(block) for block in found)])


def _line(block: Block) -> str:
    until = _("for good") if block.until is None else _("until {date}").format(date=date(block.until))
    by = _("by {moderator}").format(moderator=f"<@{block.by_id}>")
    reason = plain(clip(" ".join(block.reason.split()), REASON_LIMIT))
    facts = [f"<@{block.member_id}>", until, by, *([reason] if reason else [])]
    return f"- {' · '.join(facts)}"


def blocks_turner(page: int, pages: int) -> ui.View:
    """Make the buttons that turn the pages, where there is more than one."""
    view = ui.View(timeout=None)
    if pages > 1:
        view.add_item(_button(_("Back"), page - 1, at_end=page <= 1))
        view.add_item(_button(_("Next"), page + 1, at_end=page >= pages))
    view.stop()
    return view


def _button(label: str, page: int, *, at_end: bool) -> ui.Button[Any]:
    return ui.Button(
        label=label, style=discord.ButtonStyle.secondary, custom_id=blocks_id(max(page, 0)), disabled=at_end
    )
