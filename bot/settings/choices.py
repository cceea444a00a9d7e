"""What settings can be chosen from: the values by their keys in custom ids, and what people read of them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from bot.jobs.model import ReviewMode
from bot.settings.entries import Option
from bot.ui.language import N_


class CastSharing(StrEnum):
    """Who may share saved characters with the whole server."""

    OFF = "OFF"
    MODERATORS = "MODERATORS"
    MEMBERS = "MEMBERS"


class BadPattern(StrEnum):
    """What becomes of a text where one of the server's patterns cannot be applied to it."""

    BLOCK = "BLOCK"
    SKIP = "SKIP"


# A language is named in itself, so that who speaks no other finds it.
LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "en-US": "English",
    "de": "Deutsch",
    "es-ES": "Español",
    "fr": "Français",
    "pt-BR": "Português do Brasil",
    "ja": "日本語",
}
LANGUAGES: Final[Mapping[str, Option[str | None]]] = {
    "auto": Option(None, N_("Server's language in Discord")),
    **{each: Option(each, name) for each, name in LANGUAGE_NAMES.items()},
}
REVIEWS: Final[Mapping[str, Option[ReviewMode]]] = {
    "off": Option(ReviewMode.OFF, N_("Off"), N_("Videos are made and posted right away")),
    "before_spending": Option(
        ReviewMode.BEFORE_SPENDING, N_("Before spending"), N_("A moderator reviews the prompt and images first")
    ),
    "before_posting": Option(
        ReviewMode.BEFORE_POSTING, N_("Before posting"), N_("A moderator reviews the finished video first")
    ),
}
BAD_PATTERNS: Final[Mapping[str, Option[BadPattern]]] = {
    "block": Option(BadPattern.BLOCK, N_("Block every prompt until the pattern is changed")),
    "skip": Option(BadPattern.SKIP, N_("Ignore the pattern")),
}
ORIGINALS: Final[Mapping[str, Option[bool | None]]] = {
    "auto": Option(None, N_("Unless review is on")),
    "on": Option(True, N_("Always")),
    "off": Option(False, N_("Never")),
}
SHARINGS: Final[Mapping[str, Option[CastSharing]]] = {
    "off": Option(CastSharing.OFF, N_("No one")),
    "moderators": Option(CastSharing.MODERATORS, N_("Moderators")),
    "members": Option(CastSharing.MEMBERS, N_("All members")),
}
