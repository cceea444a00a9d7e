"""A page of `/records`, with its buttons, for a server's moderators alone."""

import re
from collections.abc import Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.jobs.decisions import Decided, Decision
from bot.records.store import Entry, Record, Search
from bot.records.words import card_address, decided_line, facts_line, video_address
from bot.ui.custom_ids import ID_PATTERN, layout_of
from bot.ui.formats import date_and_time, number
from bot.ui.language import _, ngettext
from bot.ui.text import quoted

TEXT_LIMIT: Final = 28  # characters; an id has a hundred, of which some count twice
RECORDS_PATTERN: Final = (
    rf"(?s:reelcast:records:(?P<first>[0-9]{{1,6}}):(?P<member>{ID_PATTERN})"
    rf":(?P<text>.{{0,{TEXT_LIMIT}}}))"
)
END_ID: Final = "reelcast:records-end"  # of a button that leads nowhere
PER_PAGE: Final = 5  # entries; together far below the 4,000 characters of a message
PROMPT_LIMIT: Final = 80  # characters of a prompt on a page
WHOLE_LIMIT: Final = 1_000  # of the one that alone was found
PROMPT_LINES: Final = 4  # of the one that alone was found
MOST_DECISIONS: Final = 1  # of one request on a page
MOST_DECISIONS_ALONE: Final = 6
REASON_LIMIT: Final = 60  # characters
ONLY: Final = 1


def records_id(search: Search, first: int) -> str:
    return f"reelcast:records:{first}:{search.member_id or 0}:{search.text}"


def read_records_id(match: re.Match[str], guild_id: int) -> tuple[Search, int]:
    """Read what was looked for, in the server of the press, and where the page begins."""
    member_id = int(match["member"]) or None
    text = match["text"].replace("\0", "\N{REPLACEMENT CHARACTER}")  # which PostgreSQL does not take
    return Search(guild_id=guild_id, member_id=member_id, text=text), int(match["first"])


def records_page(search: Search, entries: Sequence[Entry], *, first: int, count: int) -> ui.LayoutView:
    """Show what was found from `first` on, with buttons to what is newer and older; the view is stopped."""
    box: ui.Container[ui.LayoutView] = ui.Container()
    box.add_item(ui.TextDisplay(_heading(first, len(entries), count)))
    for entry in entries:
        box.add_item(ui.TextDisplay(_entry(entry, alone=count == ONLY)))
    has_pages = count > PER_PAGE and search.message_id is None
    return layout_of(box, _buttons(search, first, count)) if has_pages else layout_of(box)


def nothing_found(*, filtered: bool) -> str:
    if filtered:
        return _("No records in this server match that. Try fewer words or another spelling.")
    return _("This server has no records yet.")


def not_for_you() -> str:
    return _("You need Manage Messages in the whole server to read its records.")


def not_a_message() -> str:
    return _("That isn't a message. Use a link from *Copy Message Link*, or a message ID.")


def exported(shown: int, count: int) -> str:
    """Say what is in the file."""
    if shown < count:
        told = _("The newest {shown} of {count} entries, with times in UTC. Narrow the search to get older ones.")
    else:
        told = ngettext("{count} entry, with times in UTC.", "{count} entries, with times in UTC.", count)
    return told.format(shown=number(shown), count=number(count))


def _heading(first: int, shown: int, count: int) -> str:
    if shown == count:
        return ngettext("{count} entry", "{count} entries", count).format(count=number(count))
    told = _("Entries {first} to {last} of {count}")
    return told.format(first=number(first + 1), last=number(first + shown), count=number(count))


def _entry(entry: Entry, *, alone: bool) -> str:
    if isinstance(entry, Decision):
        return f"{decided_line(entry)}\n-# {date_and_time(entry.at)}"
    lines = [" · ".join([facts_line(entry), *_links(entry)])]
    lines.append(f"-# {date_and_time(entry.asked_at)} · <@{entry.member_id}> · <#{entry.channel_id}>")
    if entry.prompt:
        limit, most = (WHOLE_LIMIT, PROMPT_LINES) if alone else (PROMPT_LIMIT, 1)
        lines.append(quoted(entry.prompt, limit=limit, lines=most))
    else:
        lines.append(_("The member deleted the prompt."))
    shown = _most_telling(entry.decisions, MOST_DECISIONS_ALONE if alone else MOST_DECISIONS)
    lines += [decided_line(each, reason_limit=REASON_LIMIT) for each in shown]
    if more := len(entry.decisions) - len(shown):
        told = ngettext("and {count} more decision or report", "and {count} more decisions or reports", more)
        lines.append(f"-# {told.format(count=number(more))}")
    if alone:
        lines.append(f"-# {_('Job ID')} `{entry.job_id}`" + (f" · `{entry.request_id}`" if entry.request_id else ""))
    return "\n".join(lines)


def _most_telling(decisions: Sequence[Decision], at_most: int) -> Sequence[Decision]:
    """Choose the newest, and reports only where there is room: what became of them tells more."""
    decided = [each for each in decisions if each.kind is not Decided.REPORTED][-at_most:]
    room = at_most - len(decided)
    reports = [each for each in decisions if each.kind is Decided.REPORTED][-room:] if room else []
    return [each for each in decisions if each in decided or each in reports]


def _links(record: Record) -> Sequence[str]:
    card, video = card_address(record), video_address(record)
    named = [(card, _("Card")), *([] if video == card else [(video, _("Video"))])]
    return [f"[{name}]({address})" for address, name in named if address]


def _buttons(search: Search, first: int, count: int) -> ui.ActionRow[ui.LayoutView]:
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    newer, older = max(first - PER_PAGE, 0), first + PER_PAGE
    row.add_item(_button(_("Newer"), records_id(search, newer) if first else f"{END_ID}:newer"))
    row.add_item(_button(_("Older"), records_id(search, older) if older < count else f"{END_ID}:older"))
    return row


def _button(label: str, custom_id: str) -> ui.Button[Any]:
    ends = custom_id.startswith(END_ID)
    return ui.Button(label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id, disabled=ends)
