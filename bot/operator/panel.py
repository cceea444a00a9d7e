"""The operator's panel: one private message with pages. Each button's custom id says what it does."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

import discord
from discord import ui

from bot import VERSION
from bot.gate.stops import OperatorBlock, Target
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.operator.figures import ServerUse, Spent
from bot.operator.notices import HAPPENED, NoticeKind, OperatorNotice
from bot.operator.words import notice_sentence
from bot.ui.custom_ids import ID_PATTERN, layout_of, stopped
from bot.ui.formats import countdown, dollars, lasted, number
from bot.ui.language import _, ngettext
from bot.ui.text import clip, plain

BLOCK_FORM: Final = "reelcast:operator-block"
STUCK_PER_PAGE: Final = 5  # each with two buttons: a message has at most 40 components
SERVERS_PER_PAGE: Final = 15
BLOCKS_PER_PAGE: Final = 8
MOST_NOTICES: Final = 5
NAME_LIMIT: Final = 60  # characters
REASON_LIMIT: Final = 200
TARGET, TARGET_ID, REASON = "target", "target-id", "reason"


class OperatorVerb(StrEnum):
    # Pages; the target is where a list begins.
    OVERVIEW = "overview"
    STUCK = "stuck"
    SERVERS = "servers"
    BLOCKS = "blocks"
    # Everything.
    PAUSE = "pause"  # asks first
    PAUSE_NOW = "pause-now"
    RESUME = "resume"
    # A job.
    LOOK = "look"
    GIVE_UP = "give-up"
    SEND = "send"
    CLOSE = "close"
    # A server or a member; the target of the first is nothing.
    BLOCK = "block"
    UNBLOCK_SERVER = "unblock-server"
    UNBLOCK_MEMBER = "unblock-member"


OPERATOR_PATTERN: Final = rf"reelcast:operator:(?P<verb>{'|'.join(OperatorVerb)}):(?P<target>{ID_PATTERN})"


def operator_id(verb: OperatorVerb, target: int = 0) -> str:
    return f"reelcast:operator:{verb}:{target}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceLine:
    """What a video of a model costs."""

    title: str  # the model's
    duration: int  # seconds
    configured: Decimal
    charged: Decimal | None  # the highest of the latest charges, if there were any


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the first page tells."""

    spent: Spent
    per_day_usd: Decimal
    per_month_usd: Decimal | None
    credits_usd: Decimal | None  # None: Segmind does not say right now
    budget_left: int  # requests
    budget_per_minute: int
    one_request: bool | None  # whether a poll also brings the result; None: not known yet
    states: Mapping[State, int]
    servers: int
    prices: Sequence[PriceLine]
    paused_since: datetime | None
    notices: Sequence[OperatorNotice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Where a page of a list begins, and how long the list is."""

    first: int
    count: int


def overview_page(facts: Overview, notice: str = "") -> ui.LayoutView:
    month = dollars(facts.spent.this_month)
    if facts.per_month_usd is not None:
        month = _("{spent} of {limit}").format(spent=month, limit=dollars(facts.per_month_usd))
    left = _("Not available right now") if facts.credits_usd is None else dollars(facts.credits_usd)
    today = _("{spent} of {limit}").format(spent=dollars(facts.spent.today), limit=dollars(facts.per_day_usd))
    requests = _("{left} available now, {rate} per minute")
    lines = [
        f"**{_('Segmind credits')}** {left}",
        f"**{_('Spent today (UTC)')}** {today}",
        f"**{_('Spent this month')}** {month}",
        f"**{_('Requests to Segmind')}** "
        + requests.format(left=number(facts.budget_left), rate=number(facts.budget_per_minute)),
        f"**{_('Status and result')}** {_RESULTS[facts.one_request]()}",
        *(_price(price) for price in facts.prices),
        f"**{_('Servers')}** {number(facts.servers)}",
        *([f"**{_('Jobs in progress')}** {_states(facts.states)}"] if any(facts.states.values()) else []),
        f"**{_('Version')}** {VERSION}",
    ]
    if facts.paused_since is not None:
        paused = _("⏸️ Paused {countdown}. No new jobs start, but jobs in progress continue.")
        lines.insert(0, paused.format(countdown=countdown(facts.paused_since)))
        toggle = _button(_("Resume"), OperatorVerb.RESUME, style=discord.ButtonStyle.success)
    else:
        toggle = _button(_("Pause everything"), OperatorVerb.PAUSE)
    lines += [notice_sentence(each) for each in _most_pressing(facts.notices)]
    return _panel(
        OperatorVerb.OVERVIEW,
        _("The bot"),
        ["\n".join(lines)],
        notice,
        [_button(_("Refresh"), OperatorVerb.OVERVIEW), toggle],
    )


def pause_page() -> ui.LayoutView:
    """Ask whether everything is to be paused."""
    question = _("Pause new videos in every server? Jobs in progress continue.")
    pause = _button(_("Pause everything"), OperatorVerb.PAUSE_NOW, style=discord.ButtonStyle.primary)
    return _panel(
        OperatorVerb.OVERVIEW, _("The bot"), [question], "", [pause, _button(_("Don't pause"), OperatorVerb.OVERVIEW)]
    )


_RESULTS: Final[Mapping[bool | None, Callable[[], str]]] = {
    True: lambda: _("In one request"),
    False: lambda: _("In two requests"),
    None: lambda: _("Not known until the first video"),
}


def _price(price: PriceLine) -> str:
    name = f"**{_('Price')}** {price.title}, {lasted(price.duration)}:"
    if price.charged is None:
        words = _("{configured} configured, nothing charged yet")
        return f"{name} {words.format(configured=dollars(price.configured))}"
    words = _("{configured} configured, {charged} charged")
    return f"{name} {words.format(configured=dollars(price.configured), charged=dollars(price.charged))}"


def _most_pressing(notices: Sequence[OperatorNotice]) -> Sequence[OperatorNotice]:
    """Return what there is room for, of notices given oldest first: lasting ones, then the newest events."""
    kinds = [kind for kind in NoticeKind if kind not in HAPPENED]
    lasting = sorted((each for each in notices if each.kind in kinds), key=lambda each: kinds.index(each.kind))
    happened = [each for each in reversed(notices) if each.kind in HAPPENED]
    return [*lasting, *happened][:MOST_NOTICES]


def stuck_page(jobs: Sequence[Job], listed: Listed, notice: str = "") -> ui.LayoutView:
    """List the jobs that may need a person, with two buttons each."""
    parts: list[str | Sequence[ui.Button[Any]]] = []
    for job in jobs:
        request = job.request
        line = f"**{job.state.value}** `{job.id}` · <@{request.member_id}> <#{request.channel_id}>"
        detail = "" if job.problem is None else f" · {job.problem.code.value}"
        parts.append(f"{line} · {countdown(job.state_since)}{detail}")
        if job.state is State.UNCONFIRMED:
            parts.append(
                [
                    _button(_("Check again"), OperatorVerb.LOOK, job.id),
                    _button(_("Close and release"), OperatorVerb.GIVE_UP, job.id),
                ]
            )
        else:
            parts.append(
                [_button(_("Send again"), OperatorVerb.SEND, job.id), _button(_("Close"), OperatorVerb.CLOSE, job.id)]
            )
    turn = _turner(OperatorVerb.STUCK, listed, STUCK_PER_PAGE)
    return _panel(OperatorVerb.STUCK, _("Needs attention"), parts or [_("Nothing needs attention.")], notice, turn)


def servers_page(
    servers: Sequence[ServerUse], names: Mapping[int, str], listed: Listed, notice: str = ""
) -> ui.LayoutView:
    """List the servers by what they spent in this month."""
    lines: list[str] = []
    for each in servers:
        name = plain(clip(names.get(each.guild_id, "?"), NAME_LIMIT))
        videos = ngettext("{count} video", "{count} videos", each.videos).format(count=number(each.videos))
        lines.append(f"- {dollars(each.usd)} · {videos} · {name} `{each.guild_id}`")
    text = "\n".join(lines) or _("No server has requested a video this month.")
    turn = _turner(OperatorVerb.SERVERS, listed, SERVERS_PER_PAGE)
    return _panel(OperatorVerb.SERVERS, _("Servers this month"), [text], notice, turn)


def blocks_page(blocks: Sequence[OperatorBlock], listed: Listed, notice: str = "") -> ui.LayoutView:
    """List who is blocked everywhere, each with a button to undo it."""
    parts: list[str | Sequence[ui.Button[Any]]] = []
    for block in blocks:
        who = f"<@{block.target_id}>" if block.target is Target.MEMBER else _("Server")
        reason = f" · {plain(clip(' '.join(block.reason.split()), REASON_LIMIT // 2))}" if block.reason else ""
        parts.append(f"{who} `{block.target_id}` · {countdown(block.at)}{reason}")
        verb = OperatorVerb.UNBLOCK_MEMBER if block.target is Target.MEMBER else OperatorVerb.UNBLOCK_SERVER
        parts.append([_button(_("Unblock"), verb, block.target_id)])
    turn = _turner(OperatorVerb.BLOCKS, listed, BLOCKS_PER_PAGE)
    buttons = [_button(_("Block…"), OperatorVerb.BLOCK, style=discord.ButtonStyle.danger), *turn]
    return _panel(OperatorVerb.BLOCKS, _("Blocked everywhere"), parts or [_("No one is blocked.")], notice, buttons)


def block_modal() -> ui.Modal:
    """Ask which server or member is to be blocked everywhere."""
    modal = ui.Modal(title=_("Block everywhere"), custom_id=BLOCK_FORM)
    options = [
        discord.RadioGroupOption(label=_("Member"), value=Target.MEMBER.value, default=True),
        discord.RadioGroupOption(label=_("Server"), value=Target.SERVER.value),
    ]
    modal.add_item(
        ui.Label(text=_("Member or server"), component=ui.RadioGroup[Any](custom_id=TARGET, options=options))
    )
    modal.add_item(
        ui.Label(
            text=_("ID"),
            description=_("With Discord's Developer Mode on, use Copy User ID or Copy Server ID"),
            component=ui.TextInput[Any](custom_id=TARGET_ID, min_length=15, max_length=20),
        )
    )
    return stopped(
        modal,
        ui.Label(
            text=_("Reason"),
            description=_("Only shown in the block list"),
            component=ui.TextInput[Any](custom_id=REASON, required=False, max_length=REASON_LIMIT),
        ),
    )


def _panel(
    page: OperatorVerb,
    title: str,
    parts: Sequence[str | Sequence[ui.Button[Any]]],
    notice: str,
    buttons: Sequence[ui.Button[Any]],
) -> ui.LayoutView:
    """Lay out a page above the buttons of all pages, of which its own stands out."""
    box: ui.Container[ui.LayoutView] = ui.Container()
    box.add_item(ui.TextDisplay(f"### {title}" + (f"\n{notice}" if notice else "")))
    for part in parts:
        box.add_item(ui.TextDisplay(part) if isinstance(part, str) else ui.ActionRow(*part))
    pages = {
        OperatorVerb.OVERVIEW: _("Overview"),
        OperatorVerb.STUCK: _("Needs attention"),
        OperatorVerb.SERVERS: _("Servers"),
        OperatorVerb.BLOCKS: _("Blocks"),
    }
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    for verb, label in pages.items():
        # Other buttons may lead to the same page: an id stands in a message once.
        style = discord.ButtonStyle.primary if verb is page else discord.ButtonStyle.secondary
        row.add_item(ui.Button(label=label, custom_id=f"{operator_id(verb)}0", style=style))
    own: list[ui.Item[Any]] = [ui.ActionRow(*buttons)] if buttons else []
    return layout_of(box, *own, row)


def _turner(verb: OperatorVerb, listed: Listed, per_page: int) -> Sequence[ui.Button[Any]]:
    buttons: list[ui.Button[Any]] = []
    if listed.first:
        buttons.append(_button(_("Back"), verb, max(listed.first - per_page, 0)))
    if listed.first + per_page < listed.count:
        buttons.append(_button(_("More"), verb, listed.first + per_page))
    return buttons


def _states(states: Mapping[State, int]) -> str:
    return " · ".join(f"{state.value} {number(states[state])}" for state in State if states.get(state))


def _button(
    label: str, verb: OperatorVerb, target: int = 0, *, style: discord.ButtonStyle = discord.ButtonStyle.secondary
) -> ui.Button[Any]:
    return ui.Button(label=label, custom_id=operator_id(verb, target), style=style)
