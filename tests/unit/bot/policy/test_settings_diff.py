"""A change of settings is one line in the record."""

from dataclasses import replace

import pytest

from bot.policy.guild_settings import UNSET, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.policy.settings_diff import LIMIT, changes_line

CHANGES: dict[str, tuple[GuildSettings, str]] = {
    "a mode": (replace(UNSET, review=ReviewMode.BEFORE_POSTING), "review: OFF → BEFORE_POSTING"),
    "a channel": (replace(UNSET, log_channel_id=5), "log_channel_id: none → <#5>"),
    "the first channels": (replace(UNSET, channels=frozenset({5, 6})), "channels: none → <#5> <#6>"),
    "roles": (replace(UNSET, roles=frozenset({7})), "roles: +<@&7>"),
    "words": (replace(UNSET, words=("heck", "darn")), "words: +2 -0"),
    "limits": (replace(UNSET, member_limits=Limits(per_day=3)), "member_limits: per_day none → 3"),
    "a role's limits": (replace(UNSET, role_limits={7: Limits(per_day=3)}), "role_limits: <@&7>"),
    "a channel's": (replace(UNSET, channel_settings={5: ChannelSettings(paused=True)}), "channel_settings: <#5>"),
    "two": (replace(UNSET, paused=True, spoiler=True), "paused: false → true; spoiler: false → true"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_named_with_what_it_was_and_is(change: str) -> None:
    after, line = CHANGES[change]
    assert changes_line(UNSET, after) == line


def test_nothing_changed_is_nothing_to_tell() -> None:
    some = replace(UNSET, roles=frozenset({1, 2, 3}), words=("heck",), role_limits={7: Limits(per_day=3)})
    assert changes_line(some, some) == ""


def test_a_change_of_very_much_stays_one_line_of_bounded_length() -> None:
    assert len(changes_line(UNSET, replace(UNSET, channels=frozenset(range(10**18, 10**18 + 400))))) == LIMIT
