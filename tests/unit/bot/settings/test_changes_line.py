"""A change of settings is one line in the record, in the words of the panel."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.settings.changes import LINE_LIMIT, changes_line
from bot.settings.model import UNSET, CastSharing, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.ui.language import speaking

CHANGES: dict[str, tuple[GuildSettings, str]] = {
    "a mode": (replace(UNSET, review=ReviewMode.BEFORE_POSTING), "Review: Off → Before posting"),
    "a channel": (replace(UNSET, log_channel_id=5), "Log channel: none → <#5>"),
    "the first channels": (replace(UNSET, channels=frozenset({5, 6})), "Where members may ask: none → <#5> <#6>"),
    "no channel": (replace(UNSET, channels=frozenset[int]()), "Where members may ask: none → none"),
    "roles": (replace(UNSET, roles=frozenset({7, 8})), "Who may ask: +<@&7> +<@&8>"),
    "words": (replace(UNSET, words=("heck", "darn")), "The server's own words: +2 -0"),
    "limits": (
        replace(UNSET, member_limits=Limits(per_day=3)),
        "Limits of each member: no limit → 3 videos in 24 hours",
    ),
    "a role's limits": (
        replace(UNSET, role_limits={7: Limits(per_day=3, at_once=1)}),
        "Limits of <@&7>: none → 3 videos in 24 hours · 1 at once",
    ),
    "a channel's own": (
        replace(UNSET, channel_settings={5: ChannelSettings(paused=True, output_channel_id=6)}),
        "<#5>: as the server → Paused: on · Where videos are posted: <#6>",
    ),
    "money": (
        replace(UNSET, spend_per_day_usd=Decimal("13.5")),
        "Spending a day, in US dollars: no limit → $13.50",
    ),
    "a length": (replace(UNSET, durations=frozenset({5})), "Allowed durations: all → 5 s"),
    "a number": (replace(UNSET, report_threshold=0), "Reports that hide a video: 3 → 0"),
    "links": (replace(UNSET, original_links=False), "Buttons to the original file: Unless there is a review → Never"),
    "the label": (replace(UNSET, ai_label=False), "AI label: on → off"),
    "AutoMod": (replace(UNSET, automod=False), "AutoMod: on → off"),
    "the cast": (
        replace(UNSET, cast_sharing=CastSharing.MEMBERS),
        "Who may share saved characters with the whole server: Nobody → All members",
    ),
    "two": (replace(UNSET, paused=True, spoiler=True), "Paused: off → on; Spoilers: off → on"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_named_with_what_it_was_and_is(change: str) -> None:
    after, line = CHANGES[change]
    assert changes_line(UNSET, after) == line


def test_what_came_and_went_is_told_apart() -> None:
    before = replace(UNSET, channels=frozenset({5}), words=("heck", "darn"))
    after = replace(UNSET, channels=frozenset({6}), words=("darn", "drat"))
    assert changes_line(before, after) == "Where members may ask: +<#6> -<#5>; The server's own words: +1 -1"


def test_it_is_in_the_language_that_is_spoken() -> None:
    with speaking("de"):
        assert changes_line(UNSET, replace(UNSET, log_channel_id=5)) == "Protokollkanal: keine → <#5>"


def test_nothing_changed_is_nothing_to_tell() -> None:
    some = replace(UNSET, roles=frozenset({1, 2, 3}), words=("heck",), role_limits={7: Limits(per_day=3)})
    assert changes_line(some, some) == ""


def test_a_change_of_very_much_stays_one_line_of_bounded_length() -> None:
    line = changes_line(UNSET, replace(UNSET, channels=frozenset(range(10**18, 10**18 + 400))))
    assert LINE_LIMIT - 25 < len(line) <= LINE_LIMIT
    assert line.endswith(">…")
