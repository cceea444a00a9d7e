"""The custom ids of a member's list of videos: what is shown stands in them, so that a list outlives a restart."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self


class Shown(StrEnum):
    """Which of their videos a member looks at."""

    ALL = "all"
    RUNNING = "running"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    WITHOUT_VIDEO = "none"
    REFUSED = "refused"


class Deed(StrEnum):
    """What a component of the list does."""

    TURN = "turn"  # to the page in the id
    CHOOSE = "choose"  # what is shown
    TELL = "tell"  # in a direct message, from now on
    STOP_TELLING = "quiet"


_DEEDS: Final = "|".join(Deed)
_SHOWN: Final = "|".join(Shown)
JOBS_PATTERN: Final = rf"reelcast:jobs:(?P<deed>{_DEEDS}):(?P<shown>{_SHOWN}):(?P<page>[0-9]{{1,6}})"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobsId:
    deed: Deed
    shown: Shown = Shown.ALL
    page: int = 0  # the first is 0

    def __str__(self) -> str:
        return f"reelcast:jobs:{self.deed}:{self.shown}:{self.page}"

    @classmethod
    def of(cls, match: re.Match[str]) -> Self:
        return cls(deed=Deed(match["deed"]), shown=Shown(match["shown"]), page=int(match["page"]))
