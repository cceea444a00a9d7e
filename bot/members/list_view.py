"""`/videos`: a page of a member's videos, one video with its buttons, and the short list behind *My videos*."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final, Self

import discord
from discord import ui

from bot.delivery.state_looks import STOPPED, card_buttons, look_of, with_picture
from bot.jobs.model import Job
from bot.jobs.states import UNFINISHED, WITHDRAWN, State
from bot.members.preferences import DEFAULTS, Preferences
from bot.ui.custom_ids import ID_PATTERN, layout_of
from bot.ui.formats import date, date_and_time, lasted, number
from bot.ui.language import N_, _
from bot.ui.text import clip, message_address, plain, quoted

PER_PAGE: Final = 5  # of at most three components each, in a message's 40
PROMPT_LIMIT: Final = 80  # characters; escaped at most twice that
WHOLE_PROMPT_LIMIT: Final = 700  # characters, of one video
CHOICE_LIMIT: Final = 100  # characters; Discord's
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
    OPEN = "open"  # the video that is chosen
    LIMITS = "limits"
    TELL = "tell"  # in a direct message, from now on
    STOP_TELLING = "quiet"


_ACTIONS: Final = "|".join(ListAction)
_SHOWN: Final = "|".join(ListFilter)
VIDEOS_PATTERN: Final = rf"reelcast:jobs:(?P<action>{_ACTIONS}):(?P<shown>{_SHOWN}):(?P<page>[0-9]{{1,6}})"
POST_HERE_PATTERN: Final = rf"reelcast:post-here:(?P<job>{ID_PATTERN})"


@dataclass(frozen=True, slots=True, kw_only=True)
class VideosId:
    action: ListAction
    shown: ListFilter = ListFilter.ALL
    page: int = 0  # the first is 0

    def __str__(self) -> str:
        return f"reelcast:jobs:{self.action}:{self.shown}:{self.page}"

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(action=ListAction(match["action"]), shown=ListFilter(match["shown"]), page=int(match["page"]))


STATES: Final[Mapping[ListFilter, frozenset[State]]] = {
    ListFilter.ALL: frozenset(State),
    ListFilter.RUNNING: UNFINISHED,
    ListFilter.DELIVERED: frozenset({State.DELIVERED}),
    ListFilter.UNDELIVERED: frozenset({State.UNDELIVERED}),
    ListFilter.WITHOUT_VIDEO: frozenset({State.FAILED, State.CANCELLED, State.EXPIRED}),
    ListFilter.REFUSED: WITHDRAWN,
}
_NAMED: Final[Mapping[ListFilter, str]] = {
    ListFilter.ALL: N_("All videos"),
    ListFilter.RUNNING: N_("In progress"),
    ListFilter.DELIVERED: N_("Posted"),
    ListFilter.UNDELIVERED: N_("Ready, but not posted"),
    ListFilter.WITHOUT_VIDEO: N_("Failed or canceled"),
    ListFilter.REFUSED: N_("Rejected or taken down"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VideosPage:
    """A page of the list; the first is 0."""

    jobs: Sequence[Job]
    shown: ListFilter = ListFilter.ALL
    page: int = 0
    more: bool = False  # there are older ones
    preferences: Preferences = DEFAULTS
    pictures: Mapping[int, str] = field(default_factory=dict[int, str])  # the address of a first image, by job
    limit: str = ""  # the line of the limit that is closest to being reached

    def id_of(self, action: ListAction, page: int | None = None) -> str:
        """Return the custom id of a component of this page, or one that leads to another page."""
        return str(VideosId(action=action, shown=self.shown, page=self.page if page is None else page))


def videos_page(page: VideosPage) -> ui.LayoutView:
    """Lay out a page; the view is stopped, its ids say it all."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_COLOUR)
    container.add_item(ui.TextDisplay(_head(page)))
    for job in page.jobs:
        container.add_item(with_picture(_line(job), page.pictures.get(job.id)))
    if page.jobs:
        container.add_item(ui.ActionRow(_opening(page)))
    if page.jobs or page.shown is not ListFilter.ALL:
        container.add_item(ui.ActionRow(_choice(page.shown)))
    container.add_item(
        ui.ActionRow(*_turning(page), _button(_("Limits"), page.id_of(ListAction.LIMITS)), _telling(page))
    )
    return layout_of(container)


def one_video(job: Job, page: VideosPage) -> ui.LayoutView:
    """Lay out one video of a page, with every button that its card has."""
    look = look_of(job)
    facts = f"-# {date_and_time(job.created_at)} · {lasted(job.request.duration)}"
    lines = [f"### {look.emoji} {look.title}", quoted(job.request.prompt, limit=WHOLE_PROMPT_LIMIT, lines=8), facts]
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=look.colour)
    container.add_item(with_picture("\n".join(line for line in lines if line), page.pictures.get(job.id)))
    container.add_item(ui.ActionRow(*card_buttons(job)))
    row: ui.ActionRow[ui.LayoutView] = ui.ActionRow()
    if job.state is State.UNDELIVERED:
        row.add_item(_button(_("Post here"), f"reelcast:post-here:{job.id}"))
    if (where := _where(job)) is not None:
        label, address = where
        row.add_item(ui.Button(label=label, url=address))
    row.add_item(_button(_("Back"), page.id_of(ListAction.TURN)))
    container.add_item(row)
    return layout_of(container)


def _head(page: VideosPage) -> str:
    lines = [f"### 🎞️ {_('Your videos here')}"]
    if not page.jobs:
        all_of_them = page.shown is ListFilter.ALL
        lines.append(
            _("You haven't requested any videos here yet.") if all_of_them else _("No videos match this filter.")
        )
    elif page.page or page.more:
        lines.append("-# " + _("Page {page}, newest first").format(page=number(page.page + 1)))
    if page.limit:
        lines.append(f"-# {page.limit}")
    if page.preferences.tell_when_done and page.preferences.takes_no_words:
        told = _(
            "Discord didn't deliver the bot's last direct message to you. Allow direct messages from this "
            "server's members to get them again."
        )
        lines.append(f"-# {told}")
    return "\n".join(lines)


def _line(job: Job) -> str:
    look, where = look_of(job), _where(job)
    title = f"**{look.title}**" if where is None else f"**[{look.title}]({where[1]})**"
    facts = [f"{look.emoji} {title}", date_and_time(job.created_at), lasted(job.request.duration)]
    prompt = plain(clip(" ".join(job.request.prompt.split()), PROMPT_LIMIT))
    noted = f"-# {look.meaning}" if look is STOPPED else ""
    return "\n".join(line for line in (" · ".join(facts), prompt, noted) if line)


def _where(job: Job) -> tuple[str, str] | None:
    """Return the label and the address of the video's message, or else of its card."""
    if link := post_address(job):
        return _("Go to video"), link
    if job.card_message_id is None:
        return None
    return _("Go to card"), message_address(job.request.guild_id, job.request.channel_id, job.card_message_id)


def post_address(job: Job) -> str | None:
    """Return the address of the post, where there is one that others may see, too."""
    if job.state is not State.DELIVERED or job.post_message_id is None or not job.shows_contents:
        return None
    return message_address(job.request.guild_id, job.video_channel_id, job.post_message_id)


def _opening(page: VideosPage) -> ui.Select[Any]:
    select: ui.Select[Any] = ui.Select(custom_id=page.id_of(ListAction.OPEN), placeholder=_("Open a video"))
    for job in page.jobs:
        look, prompt = look_of(job), " ".join(job.request.prompt.split())
        select.add_option(label=clip(prompt, CHOICE_LIMIT) or look.title, value=str(job.id), emoji=look.emoji)
    return select


def _choice(shown: ListFilter) -> ui.Select[Any]:
    select: ui.Select[Any] = ui.Select(custom_id=str(VideosId(action=ListAction.CHOOSE)))
    for each, name in _NAMED.items():
        select.add_option(label=_(name), value=each.value, default=each is shown)
    return select


def _turning(page: VideosPage) -> Iterator[ui.Button[Any]]:
    if page.page:
        yield _button(_("Newer"), page.id_of(ListAction.TURN, page.page - 1))
    yield _button(_("Refresh"), page.id_of(ListAction.TURN))
    if page.more:
        yield _button(_("Older"), page.id_of(ListAction.TURN, page.page + 1))


def _telling(page: VideosPage) -> ui.Button[Any]:
    """Turn direct messages on or off; which of the two is in the id, so that a double press is one."""
    if page.preferences.tell_when_done:
        return _button(_("Stop DMs"), page.id_of(ListAction.STOP_TELLING))
    return _button(_("DM me when done"), page.id_of(ListAction.TELL))


def _button(label: str, custom_id: str) -> ui.Button[Any]:
    return ui.Button(label=label, style=discord.ButtonStyle.secondary, custom_id=custom_id)


def videos_list(jobs: Sequence[Job]) -> str:
    """Write what another member has posted, newest first."""
    if not jobs:
        return _("They have no videos here that you can see.")
    return "\n".join([_("Their newest videos here:"), *(_posted_line(job) for job in jobs[:MOST_LISTED])])


def _posted_line(job: Job) -> str:
    look = look_of(job)
    prompt = plain(clip(" ".join(job.request.prompt.split()), LINE_PROMPT_LIMIT))
    return f"- {look.emoji} {date(job.created_at)} {post_address(job) or look.title} · {prompt}"
