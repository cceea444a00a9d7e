"""A page of `/jobs`, with its buttons, and the short list behind *My videos*."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

import discord
from discord import ui

from bot.delivery.card_view import CANCEL_NOTED
from bot.delivery.state_looks import LOOKS
from bot.jobs.model import Job
from bot.jobs.states import CANCELLABLE, IN_FLIGHT, UNFINISHED, WITHDRAWN, State
from bot.members.forgetting_words import ask_button
from bot.members.preferences import DEFAULTS, Preferences
from bot.ui.custom_ids import DetailsId, cancel_id, resend_id
from bot.ui.formats import date, lasted, number
from bot.ui.language import N_, _
from bot.ui.text import clip, message_address, plain

PER_PAGE: Final = 5  # of some five components each, in a message's 40
PROMPT_LIMIT: Final = 100  # characters; escaped at most twice that
_COLOUR: Final = discord.Colour(0x5865F2)
MOST_LISTED: Final = 8  # lines of some 230 characters, in a message's 2,000
LINE_PROMPT_LIMIT: Final = 40  # characters; escaped at most twice that


class ListFilter(StrEnum):
    """Which of their videos a member looks at."""

    ALL = "all"
    RUNNING = "running"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    WITHOUT_VIDEO = "none"
    REFUSED = "refused"


class ListAction(StrEnum):
    """What a component of the list does."""

    TURN = "turn"  # to the page in the id
    CHOOSE = "choose"  # what is shown
    TELL = "tell"  # in a direct message, from now on
    STOP_TELLING = "quiet"


_DEEDS: Final = "|".join(ListAction)
_SHOWN: Final = "|".join(ListFilter)
JOBS_PATTERN: Final = rf"reelcast:jobs:(?P<deed>{_DEEDS}):(?P<shown>{_SHOWN}):(?P<page>[0-9]{{1,6}})"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsId:
    deed: ListAction
    shown: ListFilter = ListFilter.ALL
    page: int = 0  # the first is 0

    def __str__(self) -> str:
        return f"reelcast:jobs:{self.deed}:{self.shown}:{self.page}"

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(deed=ListAction(match["deed"]), shown=ListFilter(match["shown"]), page=int(match["page"]))


STATES: Final[Mapping[ListFilter, frozenset[State]]] = {
    ListFilter.ALL: frozenset(State),
    ListFilter.RUNNING: UNFINISHED,
    ListFilter.DELIVERED: frozenset({State.DELIVERED}),
    ListFilter.UNDELIVERED: frozenset({State.UNDELIVERED}),
    ListFilter.WITHOUT_VIDEO: frozenset({State.FAILED, State.CANCELLED, State.EXPIRED}),
    ListFilter.REFUSED: WITHDRAWN,
}
_NAMED: Final[Mapping[ListFilter, str]] = {
    ListFilter.ALL: N_("All"),
    ListFilter.RUNNING: N_("In progress"),
    ListFilter.DELIVERED: N_("Posted"),
    ListFilter.UNDELIVERED: N_("Ready, but not posted"),
    ListFilter.WITHOUT_VIDEO: N_("Failed or canceled"),
    ListFilter.REFUSED: N_("Rejected or taken down"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsPage:
    """A page of the list; the first is 0."""

    jobs: Sequence[Job]
    shown: ListFilter = ListFilter.ALL
    page: int = 0
    more: bool = False  # there are older ones
    preferences: Preferences = DEFAULTS


def jobs_list(page: JobsPage) -> ui.LayoutView:
    """Lay out a page; the view is stopped, its ids say it all."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOUR)
    container.add_item(ui.TextDisplay(_head(page)))
    for job in page.jobs:
        container.add_item(ui.TextDisplay(_line(job)))
        container.add_item(ui.ActionRow(*_buttons(job)))
    container.add_item(ui.ActionRow(_choice(page.shown)))
    container.add_item(ui.ActionRow(*_turning(page)))
    container.add_item(ui.ActionRow(_telling(page), ask_button()))
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()
    return view


def _head(page: JobsPage) -> str:
    lines = [f"### 🎞️ {_('Your videos here')}"]
    if not page.jobs:
        all_of_them = page.shown is ListFilter.ALL
        lines.append(
            _("You haven't requested any videos here yet.") if all_of_them else _("No videos match this filter.")
        )
    elif page.page or page.more:
        lines.append("-# " + _("Page {page}, newest first").format(page=number(page.page + 1)))
    if page.preferences.tell_when_done and page.preferences.takes_no_words:
        told = _(
            "Discord didn't deliver the bot's last direct message to you. Allow direct messages from this "
            "server's members to get them again."
        )
        lines.append(f"-# {told}")
    return "\n".join(lines)


def _line(job: Job) -> str:
    look = LOOKS[job.state]
    facts = [f"{look.emoji} **{look.title}**", date(job.created_at), lasted(job.request.duration)]
    prompt = plain(clip(" ".join(job.request.prompt.split()), PROMPT_LIMIT))
    noted = f"-# {_(CANCEL_NOTED)}" if job.cancel_requested and job.state in IN_FLIGHT else ""
    return "\n".join(line for line in (" · ".join(facts), prompt, noted) if line)


def _buttons(job: Job) -> Iterator[ui.Button[Any]]:
    if job.state in CANCELLABLE or (job.state in IN_FLIGHT and not job.cancel_requested):
        yield _button(_("Cancel"), cancel_id(job.id))
    if job.state is State.UNDELIVERED:
        yield _button(_("Send again"), resend_id(job.id))
    yield _button(_("Details"), str(DetailsId(place="card", job_id=job.id)))
    if link := post_address(job):
        yield ui.Button(label=_("Go to video"), url=link)
    elif job.card_message_id is not None:
        card = message_address(job.request.guild_id, job.request.channel_id, job.card_message_id)
        yield ui.Button(label=_("Go to card"), url=card)


def post_address(job: Job) -> str | None:
    """Give the address of the post, where there is one that others may see, too."""
    if job.state is not State.DELIVERED or job.post_message_id is None or not job.shows_contents:
        return None
    return message_address(job.request.guild_id, job.video_channel_id, job.post_message_id)


def _choice(shown: ListFilter) -> ui.Select[Any]:
    select: ui.Select[Any] = ui.Select(custom_id=str(JobsId(deed=ListAction.CHOOSE)))
    for each, name in _NAMED.items():
        select.add_option(label=_(name), value=each.value, default=each is shown)
    return select


def _turning(page: JobsPage) -> Iterator[ui.Button[Any]]:
    def to(number: int) -> str:
        return str(JobsId(deed=ListAction.TURN, shown=page.shown, page=number))

    if page.page:
        yield _button(_("Newer"), to(page.page - 1))
    yield _button(_("Refresh"), to(page.page))
    if page.more:
        yield _button(_("Older"), to(page.page + 1))


def _telling(page: JobsPage) -> ui.Button[Any]:
    """Turn direct messages on or off; which of the two is in the id, so that a double press is one."""
    if page.preferences.tell_when_done:
        label, deed = _("Stop DMs"), ListAction.STOP_TELLING
    else:
        label, deed = _("DM me when done"), ListAction.TELL
    return _button(label, str(JobsId(deed=deed, shown=page.shown, page=page.page)))


def _button(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id)


def videos_list(jobs: Sequence[Job]) -> str:
    """Write what another member has posted, newest first."""
    if not jobs:
        return _("They have no videos here that you can see.")
    return "\n".join([_("Their newest videos here:"), *(_posted_line(job) for job in jobs[:MOST_LISTED])])


def _posted_line(job: Job) -> str:
    look = LOOKS[job.state]
    prompt = plain(clip(" ".join(job.request.prompt.split()), LINE_PROMPT_LIMIT))
    return f"- {look.emoji} {date(job.created_at)} {post_address(job) or look.title} · {prompt}"
