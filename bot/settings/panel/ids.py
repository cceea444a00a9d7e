"""The custom ids of the settings panel: what a press changes stands in them, so that a panel outlives a restart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from bot.settings.changes import SERVER
from bot.ui.custom_ids import ID_PATTERN


class Page(StrEnum):
    OVERVIEW = "overview"
    PLACES = "places"
    REVIEW = "review"
    LIMITS = "limits"
    FILTERS = "filters"
    POSTS = "posts"
    CAST = "cast"  # and language
    CHANNELS = "channels"  # with settings of their own
    CHANNEL = "channel"  # one of these
    CHECK = "check"


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


PANEL_PATTERN: Final = (
    rf"reelcast:settings:(?P<deed>{'|'.join(PanelAction)}):(?P<name>[a-z_]{{1,32}}):(?P<target>{ID_PATTERN})"
    r"(?::(?P<value>[a-zA-Z_-]{1,32}))?"
)

# The page on which a setting stands.
PAGES: Final[Mapping[str, Page]] = {
    **dict.fromkeys(("channels", "everywhere", "roles", "output_channel_id", "log_channel_id"), Page.PLACES),
    **dict.fromkeys(("review", "review_channel_id", "trusted_roles", "review_times"), Page.REVIEW),
    **dict.fromkeys(("member_limits", "role_limits", "server_limits"), Page.LIMITS),
    **dict.fromkeys(("automod", "bad_patterns", "add_words", "remove_words", "words"), Page.FILTERS),
    **dict.fromkeys(("spoiler", "ai_label", "durations", "aspect_ratios", "original_links", "records"), Page.POSTS),
    **dict.fromkeys(("language", "cast_sharing"), Page.CAST),
    "channel_limits": Page.CHANNEL,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelId:
    """`target` is the channel or role that a component is about, or 0; `value` what a button sets."""

    deed: PanelAction
    name: str
    target: int = SERVER
    value: str = ""

    def __str__(self) -> str:
        return f"reelcast:settings:{self.deed}:{self.name}:{self.target}" + (f":{self.value}" if self.value else "")

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(
            deed=PanelAction(match["deed"]), name=match["name"], target=int(match["target"]), value=match["value"] or ""
        )

    @property
    def page(self) -> Page:
        """Tell the page on which what this changes is seen."""
        if self.target != SERVER and self.deed not in {PanelAction.ROLE, PanelAction.FORM}:
            return Page.CHANNEL
        return PAGES.get(self.name, Page.OVERVIEW)
