"""A change of settings is one line in the record, in the words of the panel."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.settings.changes import LINE_LIMIT, changes_line
from bot.settings.model import UNSET, CastSharing, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.ui.language import speaking

CHANGES: dict[str, tuple[GuildSettings, str]] = {
    "a mode": (replace(UNSET, review=ReviewMode.BEFORE_POSTING), "Review: Off → Before posting"),
    "a channel": (replace(UNSET, log_channel_id=5), "Log channel: None → <#5>"),
    "the first channels": (
        replace(UNSET, channels=frozenset({5, 6})),
        "Channels where members can make videos: None → <#5> <#6>",
    ),
    "no channel": (replace(UNSET, channels=frozenset[int]()), "Channels where members can make videos: None → None"),
    "roles": (replace(UNSET, roles=frozenset({7, 8})), "Who can make videos: +<@&7> +<@&8>"),
    "words": (replace(UNSET, words=("heck", "darn")), "Blocked words: +2 -0"),
    "limits": (
        replace(UNSET, member_limits=Limits(per_day=3)),
        "Limits for each member: No limit → 3 videos in 24 hours",
    ),
    "a role's limits": (
        replace(UNSET, role_limits={7: Limits(per_day=3, at_once=1)}),
        "Limits for <@&7>: None → 3 videos in 24 hours · 1 in progress at once",
    ),
    "a channel's own": (
        replace(UNSET, channel_settings={5: ChannelSettings(paused=True, output_channel_id=6)}),
        "<#5>: Server settings → Paused: On · Where videos are posted: <#6>",
    ),
    "money": (
        replace(UNSET, spend_per_day_usd=Decimal("13.5")),
        "Spending limit per day, in US dollars: No limit → $13.50",
    ),
    "a length": (replace(UNSET, durations=frozenset({5})), "Allowed durations: All → 5 s"),
    "a number": (replace(UNSET, report_threshold=0), "Reports needed to hide a video: 3 → 0"),
    "links": (replace(UNSET, original_links=False), "Buttons to the original file: Unless review is on → Never"),
    "the label": (replace(UNSET, ai_label=False), "AI label: On → Off"),
    "AutoMod": (replace(UNSET, automod=False), "AutoMod: On → Off"),
    "the cast": (
        replace(UNSET, cast_sharing=CastSharing.MEMBERS),
        "Who can share saved characters with the whole server: No one → All members",
    ),
    "two": (replace(UNSET, paused=True, spoiler=True), "Paused: Off → On; Spoilers: Off → On"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_named_with_what_it_was_and_is(change: str) -> None:
    after, line = CHANGES[change]
    assert changes_line(UNSET, after) == line


def test_what_came_and_went_is_told_apart() -> None:
    before = replace(UNSET, channels=frozenset({5}), words=("heck", "darn"))
    after = replace(UNSET, channels=frozenset({6}), words=("darn", "drat"))
    assert changes_line(before, after) == "Channels where members can make videos: +<#6> -<#5>; Blocked words: +1 -1"


def test_it_is_in_the_language_that_is_spoken() -> None:
    with speaking("de"):
        assert changes_line(UNSET, replace(UNSET, log_channel_id=5)) == "Protokollkanal: Keine → <#5>"


def test_nothing_changed_is_nothing_to_tell() -> None:
    some = replace(UNSET, roles=frozenset({1, 2, 3}), words=("heck",), role_limits={7: Limits(per_day=3)})
    assert changes_line(some, some) == ""


def test_a_change_of_very_much_stays_one_line_of_bounded_length() -> None:
    line = changes_line(UNSET, replace(UNSET, channels=frozenset(range(10**18, 10**18 + 400))))
    assert LINE_LIMIT - 25 < len(line) <= LINE_LIMIT
    assert line.endswith(">…")
