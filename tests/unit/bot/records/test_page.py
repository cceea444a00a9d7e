"""A page of the record fits a message, and what it leaves out is counted."""

from dataclasses import replace

import pytest
from discord.ui import TextDisplay

from bot.jobs.decisions import Decided, Decision
from bot.records.page import MOST_DECISIONS_ALONE, PER_PAGE, records_page
from bot.records.store import Entry, Search
from bot.settings.changes import LINE_LIMIT as CHANGES_LIMIT
from bot.ui.language import LANGUAGES, speaking
from tests.support.jobs import NOON
from tests.support.records import RECORD

SEARCH = Search(guild_id=10)
ID = 1_300_000_000_000_000_001
MOST_TEXT = 4_000  # characters in a message of components, by Discord


def decided(*kinds: Decided, reason: str = "") -> tuple[Decision, ...]:
    return tuple(
        Decision(guild_id=10, member_id=ID, kind=kind, at=NOON, by_id=ID, reason=reason, id=str(number))
        for number, kind in enumerate(kinds)
    )


def shown(*entries: Entry, count: int) -> str:
    page = records_page(SEARCH, entries, first=0, count=count)
    return "\n".join(part.content for part in page.walk_children() if isinstance(part, TextDisplay))


REPORTED_AND_REMOVED = (
    *(Decided.REPORTED, Decided.REPORTED, Decided.REPORTED, Decided.HIDDEN),
    *(Decided.TAKEN_DOWN, Decided.QUOTA_GIVEN_BACK, Decided.BLOCKED),
)


def test_what_was_decided_goes_before_reports_and_the_rest_is_counted() -> None:
    record = replace(RECORD, decisions=decided(*REPORTED_AND_REMOVED))
    page = shown(record, record, count=9)
    assert "blocked" in page
    assert "and 6 more decisions or reports" in page
    alone = shown(record, count=1)
    assert "took down a video" in alone
    assert alone.count("reported a video") == MOST_DECISIONS_ALONE - 4
    assert "and 1 more decision or report" in alone


def test_where_there_is_room_all_stands_in_its_order() -> None:
    alone = shown(replace(RECORD, decisions=decided(Decided.REPORTED, Decided.DISMISSED, Decided.REPORTED)), count=1)
    assert [line[0] for line in alone.splitlines()[-4:-1]] == ["🚩", "☑", "🚩"]
    assert "more" not in alone


@pytest.mark.parametrize("language", ["en-US", *LANGUAGES])
@pytest.mark.parametrize("kind", [kind for kind in Decided if kind is not Decided.SETTINGS_CHANGED])
def test_the_longest_page_fits_a_message(language: str, kind: Decided) -> None:
    record = replace(
        RECORD,
        prompt="*" * 2_500,
        decisions=decided(*[kind] * 40, reason="*" * 400),
        **dict.fromkeys(
            ("guild_id", "channel_id", "member_id", "card_message_id", "video_channel_id", "video_message_id"), ID
        ),
    )
    with speaking(language):
        assert len(shown(*[record] * PER_PAGE, count=10**9)) <= MOST_TEXT
        assert len(shown(record, count=1)) <= MOST_TEXT


@pytest.mark.parametrize("language", ["en-US", *LANGUAGES])
def test_a_page_of_the_longest_changes_of_settings_fits_a_message(language: str) -> None:
    with speaking(language):
        changed = decided(*[Decided.SETTINGS_CHANGED] * PER_PAGE, reason="x" * CHANGES_LIMIT)
        assert len(shown(*changed, count=10**9)) <= MOST_TEXT
