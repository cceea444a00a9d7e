"""The changes that can be made to a server's settings."""

from decimal import Decimal
from typing import Any

import pytest

from bot.settings.changes import (
    MOST_IDS,
    add_and_remove,
    allow,
    as_the_server,
    choose,
    point_to,
    reset,
    set_limits,
    set_numbers,
    tidy,
    toggle,
)
from bot.settings.entries import Choice, Switch, entries
from bot.settings.model import UNSET, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.settings.typed_values import BadSetting, BadSettingCode
from bot.settings.words import bad_setting_sentence

HERE, THERE = 4, 5


def choices(settings: type[Any]) -> list[tuple[str, str, Any]]:
    """Give what can be chosen: the setting, the key of the value, and the value."""
    of_menus = [
        (name, key, option.value)
        for name, entry in entries(settings).items()
        if isinstance(entry, Choice)
        for key, option in entry.options.items()
    ]
    switches = [name for name, entry in entries(settings).items() if isinstance(entry, Switch)]
    return [*of_menus, *((name, *each) for name in switches for each in (("on", True), ("off", False)))]


@pytest.mark.parametrize(("name", "key", "value"), choices(GuildSettings))
def test_every_choice_of_a_server_sets_its_field(name: str, key: str, value: Any) -> None:
    assert getattr(choose(name, key)(UNSET), name) == value


@pytest.mark.parametrize(("name", "key", "value"), choices(ChannelSettings))
def test_every_choice_of_a_channel_sets_its_own(name: str, key: str, value: Any) -> None:
    after = choose(name, key, HERE)(UNSET)
    own = after.channel_settings.get(HERE, ChannelSettings())
    assert getattr(own, name) == value
    assert after.in_channel(THERE) == after


@pytest.mark.parametrize(("name", "value"), [("review", "NOW"), ("channels", "on"), ("words", "x"), ("spoiler", "")])
def test_a_choice_that_does_not_exist_is_refused(name: str, value: str) -> None:
    for place in (0, HERE):
        with pytest.raises(BadSetting) as refused:
            choose(name, value, place)
        assert refused.value.code is BadSettingCode.OUTDATED


def test_a_setting_that_does_not_exist_any_more_is_refused() -> None:
    for make in (
        lambda: allow("sizes", []),
        lambda: point_to("archive_channel_id", HERE),
        lambda: point_to("log_channel_id", THERE, HERE),
        lambda: add_and_remove("members", [1], []),
    ):
        with pytest.raises(BadSetting) as refused:
            make()
        assert refused.value.code is BadSettingCode.OUTDATED


def test_all_durations_are_no_rule_and_for_a_channel_none_is_as_the_server() -> None:
    only_short = allow("durations", ["5"])(UNSET)
    assert only_short.durations == {5}
    assert allow("durations", ["10", "5"])(only_short).durations is None
    square = allow("aspect_ratios", ["1:1"], HERE)(only_short)
    assert square.in_channel(HERE).aspect_ratios == {"1:1"}
    assert allow("aspect_ratios", [], HERE)(square) == only_short
    with pytest.raises(BadSetting):
        allow("durations", ["7"])


def test_a_channel_that_allows_everything_does_so_whatever_the_server_does() -> None:
    both = allow("durations", ["5", "10"], HERE)(allow("durations", ["5"])(UNSET))
    assert both.in_channel(HERE).durations == {5, 10}


def test_of_two_who_change_a_list_neither_undoes_what_the_other_did() -> None:
    before = GuildSettings(channels=frozenset({1, 2}))
    added = add_and_remove("channels", [3], [])(before)
    assert add_and_remove("channels", [4], [1])(added).channels == {2, 3, 4}


def test_the_first_channel_is_a_choice_and_the_last_one_gone_leaves_nowhere() -> None:
    chosen = add_and_remove("channels", [HERE], [])(UNSET)
    assert chosen.chosen
    nowhere = add_and_remove("channels", [], [HERE])(chosen)
    assert (nowhere.chosen, nowhere.is_open(HERE)) == (True, False)


def test_a_list_has_an_end() -> None:
    with pytest.raises(BadSetting) as refused:
        add_and_remove("roles", range(1, MOST_IDS + 2), [])(UNSET)
    assert refused.value.code is BadSettingCode.TOO_MANY


def test_limits_are_set_one_by_one_and_a_role_without_any_has_none() -> None:
    first = set_limits({"per_day": "5", "at_once": "2"})(UNSET)
    assert set_limits({"per_day": ""})(first).member_limits == Limits(at_once=2)
    role = set_limits({"per_week": "9"}, 7)(first)
    assert role.role_limits == {7: Limits(per_week=9)}
    assert set_limits({"per_week": "none"}, 7)(role) == first


@pytest.mark.parametrize("typed", ["unlimited", " No limit "])
def test_no_limit_for_a_role_is_refused_as_it_would_mean_the_limit_of_each_member(typed: str) -> None:
    with pytest.raises(BadSetting) as refused:
        set_limits({"per_day": "5", "per_week": typed}, 7)
    assert refused.value.code is BadSettingCode.UNLIMITED
    assert "Enter up to 7,000, or leave it empty" in bad_setting_sentence(refused.value)
    assert set_limits({"per_week": typed})(UNSET).member_limits == Limits()


def test_numbers_are_set_together_or_not_at_all() -> None:
    after = set_numbers({"spend_per_day_usd": "$7.50", "at_once": "3"})(UNSET)
    assert (after.spend_per_day_usd, after.at_once) == (Decimal("7.50"), 3)
    with pytest.raises(BadSetting):
        set_numbers({"at_once": "3", "spend_per_day_usd": "a lot"})(UNSET)


def test_a_channel_with_nothing_of_its_own_is_forgotten() -> None:
    paused = choose("paused", "on", HERE)(UNSET)
    after = point_to("output_channel_id", 9, HERE)(set_numbers({"per_day": "3"}, HERE)(paused))
    assert after.channel_settings == {HERE: ChannelSettings(paused=True, per_day=3, output_channel_id=9)}
    assert as_the_server(HERE)(after) == UNSET
    resumed = choose("paused", "off", HERE)(after)
    assert point_to("output_channel_id", None, HERE)(set_numbers({"per_day": ""}, HERE)(resumed)) == UNSET


def test_everything_is_forgotten_where_that_is_wanted() -> None:
    assert reset(GuildSettings(roles=frozenset({3}), review=ReviewMode.BEFORE_POSTING)) == UNSET


def test_what_is_toggled_is_added_or_removed() -> None:
    assert toggle("roles", [1, 2])(GuildSettings(roles=frozenset({2, 3}))).roles == {1, 3}
    assert toggle("channels", [HERE])(UNSET).channels == {HERE}


def test_tidying_up_forgets_what_is_gone_and_opens_nothing() -> None:
    before = GuildSettings(
        channels=frozenset({HERE, 98}),
        roles=frozenset({99}),
        trusted_roles=frozenset({3, 99}),
        role_limits={3: Limits(per_day=1), 99: Limits(per_day=2)},
        output_channel_id=98,
        review_channel_id=HERE,
        log_channel_id=98,
        channel_settings={HERE: ChannelSettings(output_channel_id=98, spoiler=True), 98: ChannelSettings(paused=True)},
    )
    after = tidy({HERE}, {3})(before)
    assert after == GuildSettings(
        channels=frozenset({HERE}),
        roles=frozenset({99}),  # without it everybody might ask
        trusted_roles=frozenset({3}),
        role_limits={3: Limits(per_day=1)},
        review_channel_id=HERE,
        channel_settings={HERE: ChannelSettings(spoiler=True)},
    )
    assert tidy({HERE}, {3})(UNSET) == UNSET
