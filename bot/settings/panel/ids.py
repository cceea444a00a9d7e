"""The custom ids of the settings panel: they say what a press changes, so a panel works after a restart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final, Self

from bot.settings.changes import SERVER
from bot.settings.entries import LimitSet, Number, Page, RoleLimits, entries, numbers
from bot.settings.model import ChannelSettings, GuildSettings, Limits
from bot.ui.custom_ids import ID_PATTERN
from bot.ui.language import N_


class PanelAction(StrEnum):
    """What a component of the panel does."""

    TURN = "turn"  # to the page that is chosen, or named as the value
    PUT = "put"  # the value in the id
    PICK = "pick"  # one of a few values
    ALLOW = "allow"  # some of a few values
    POINT = "point"  # to one channel, or to none
    LIST = "list"  # channels or roles
    FORM = "form"  # a modal, and its submission
    ROLE = "role"  # a role whose limits are asked for in a modal
    CHANNEL = "channel"  # a channel whose own settings are shown
    DO = "do"  # what has a name of its own: tidy, words, reset …
    FIX = "fix"  # a finding of the check: as PUT, and back to the check
    RETRY = "retry"  # a form that was refused, with what was typed in it


PANEL_PATTERN: Final = (
    rf"reelcast:settings:(?P<action>{'|'.join(PanelAction)}):(?P<name>[a-z_]{{1,32}}):(?P<target>{ID_PATTERN})"
    r"(?::(?P<value>[a-zA-Z_-]{1,32}))?"
)

TITLES: Final[Mapping[Page, str]] = {
    Page.OVERVIEW: N_("Overview"),
    Page.PLACES: N_("Where and who"),
    Page.REVIEW: N_("Review"),
    Page.LIMITS: N_("Limits and spending"),
    Page.FILTERS: N_("Filters"),
    Page.POSTS: N_("Posts"),
    Page.CAST: N_("Language and cast"),
    Page.CHANNELS: N_("Channels"),
    Page.CHECK: N_("Check"),
}
EMOJI: Final[Mapping[Page, str]] = {
    Page.OVERVIEW: "🗂️",
    Page.PLACES: "📍",
    Page.REVIEW: "✋",
    Page.LIMITS: "💵",
    Page.FILTERS: "🧹",
    Page.POSTS: "🎬",
    Page.CAST: "🎭",
    Page.CHANNELS: "📺",
    Page.CHECK: "🩺",
}

# The name in custom ids and the title of a page's form, in which its numbers are typed. A page without has its own.
FORMS: Final[Mapping[Page, tuple[str, str]]] = {
    Page.REVIEW: ("review_times", N_("Waiting time and new members")),
    Page.LIMITS: ("server_limits", N_("Limits for the whole server")),
    Page.POSTS: ("records", N_("Reports and records")),
    Page.CHANNEL: ("channel_limits", N_("Limits in this channel")),
}
WORD_FORMS: Final[Mapping[str, str]] = {
    "add_words": N_("Blocked words"),
    "remove_words": N_("Words to unblock"),
}
SETUP: Final = "setup"  # the form in which a server is set up
# Of the welcome message's button, and of the form that it opens; in a direct message with the server.
SETUP_ID: Final = "reelcast:setup"
SETUP_PATTERN: Final = rf"{SETUP_ID}(?::(?P<guild>{ID_PATTERN}))?"
FORM_LIMIT: Final = 5  # fields of a form; Discord's


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersForm:
    """A form in which several numbers are typed."""

    name: str
    title: str
    page: Page
    fields: Mapping[str, Number[Any]]

    def __post_init__(self) -> None:
        if len(self.fields) > FORM_LIMIT:
            raise ValueError(f"a form has {FORM_LIMIT} fields at most, {self.name} more: use another page")


@cache
def forms(settings: type[GuildSettings] = GuildSettings) -> Mapping[str, NumbersForm]:
    """Return the forms of all numbers: one for each page that has some, and those of limits."""
    found: list[NumbersForm] = []
    for page in Page:
        name, title = FORMS.get(page, (page.value, TITLES.get(page, "")))
        owner = ChannelSettings if page is Page.CHANNEL else settings
        if fields := numbers(owner, page):
            found.append(NumbersForm(name=name, title=title, page=page, fields=fields))
    for name, entry in entries(settings).items():
        if isinstance(entry, LimitSet | RoleLimits):
            found.append(NumbersForm(name=name, title=entry.label, page=entry.page, fields=numbers(Limits)))
    return {form.name: form for form in found}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelId:
    """`target` is the channel or role that a component is about, or 0; `value` what a button sets."""

    action: PanelAction
    name: str
    target: int = SERVER
    value: str = ""

    def __str__(self) -> str:
        return f"reelcast:settings:{self.action}:{self.name}:{self.target}" + (f":{self.value}" if self.value else "")

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(
            action=PanelAction(match["action"]),
            name=match["name"],
            target=int(match["target"]),
            value=match["value"] or "",
        )

    @property
    def page(self) -> Page:
        """Tell the page on which what this changes is seen."""
        if self.target != SERVER and self.action not in {PanelAction.ROLE, PanelAction.FORM, PanelAction.RETRY}:
            return Page.CHANNEL
        if self.name in WORD_FORMS:
            return Page.FILTERS
        if self.name == SETUP:
            return Page.CHECK
        found = forms().get(self.name) or entries(GuildSettings).get(self.name)
        return found.page if found else Page.OVERVIEW
