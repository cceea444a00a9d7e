"""The custom ids of the pages of `/records`: what was looked for stands in them, so that they outlive a restart."""

import re
from typing import Final

from bot.policy.records import Search
from bot.ui.custom_ids import ID_PATTERN

TEXT_LIMIT: Final = 28  # characters; an id has a hundred, of which some count twice
RECORDS_PATTERN: Final = (
    rf"(?s:reelcast:records:(?P<first>[0-9]{{1,6}}):(?P<member>{ID_PATTERN})"
    rf":(?P<text>.{{0,{TEXT_LIMIT}}}))"
)
END_ID: Final = "reelcast:records-end"  # of a button that leads nowhere


def records_id(search: Search, first: int) -> str:
    return f"reelcast:records:{first}:{search.member_id or 0}:{search.text}"


def read_records_id(match: re.Match[str], guild_id: int) -> tuple[Search, int]:
    """Read what was looked for, in the server of the press, and where the page begins."""
    member_id = int(match["member"]) or None
    text = match["text"].replace("\0", "\N{REPLACEMENT CHARACTER}")  # which PostgreSQL does not take
    return Search(guild_id=guild_id, member_id=member_id, text=text), int(match["first"])
