"""A server's AutoMod rules are applied to texts as Discord applies them to messages."""

from typing import Any

import pytest

from bot.automod.keywords import all_views_of
from bot.automod.rules import Automod, AutomodRule, Match, MatchKind, RuleKind
from bot.automod.slices import taken_at_once


def a_rule(**facts: Any) -> AutomodRule:
    given: dict[str, Any] = {"id": 7, "name": "No cats", **facts}
    return AutomodRule(**given)


def judge(text: str, *rules: AutomodRule, **options: Any) -> Match | None:
    return taken_at_once(Automod(rules).judge(all_views_of([text]), **options))


def test_a_match_names_the_rule_and_what_it_found_for_moderators() -> None:
    rules = Automod([a_rule(id=1, name="Dogs", keywords=("dog",)), a_rule(keywords=("bird", "Cat*"))])
    match = taken_at_once(rules.judge(all_views_of(["a fox", "two cats"])))
    assert match == Match(kind=MatchKind.KEYWORD, found="Cat*", text=1, rule_id=7, rule_name="No cats")


def test_what_was_written_twice_is_found_where_it_stands_first() -> None:
    match = taken_at_once(
        Automod([a_rule(keywords=("cat",))]).judge(all_views_of(["a fox", "a fox", "a cat", "a cat"]))
    )
    assert match is not None
    assert match.text == 2


def test_a_pattern_is_matched_without_regard_to_case() -> None:
    match = judge("My C4T", a_rule(patterns=("c[a4]t",)))
    assert match is not None
    assert (match.kind, match.found) == (MatchKind.PATTERN, "c[a4]t")


@pytest.mark.parametrize("facts", [{"enabled": False}, {"kind": RuleKind.PRESET}])
def test_rules_that_are_off_or_whose_words_are_not_published_match_nothing(facts: dict[str, Any]) -> None:
    assert judge("a cat", a_rule(keywords=("cat",), **facts)) is None


def test_exempt_roles_and_channels_are_exempt_from_that_rule_alone() -> None:
    lenient = a_rule(keywords=("cat",), exempt_role_ids=frozenset({5}), exempt_channel_ids=frozenset({6}))
    strict = a_rule(id=8, keywords=("dog",))
    assert judge("a cat", lenient, strict, role_ids={5}) is None
    assert judge("a cat", lenient, strict, channel_ids={1, 6}) is None
    assert judge("a cat", lenient, strict, role_ids={6}, channel_ids={5}) is not None
    assert judge("a dog", lenient, strict, role_ids={5}, channel_ids={6}) is not None


def test_the_allow_list_lets_pass_what_lies_within_it() -> None:
    rule = a_rule(keywords=("*cat*",), patterns=("d.g",), allowed=("location", "edu*", "hot dog"))
    assert judge("a location of education", rule) is None
    assert judge("a hot dog", rule) is None
    assert judge("a location with a cat", rule) is not None
    assert judge("a dog", rule) is not None
    assert judge("a hot dog and a dog", rule) is not None


@pytest.mark.parametrize(
    ("allowed", "text", "passes"),
    [
        ("*a*", "a" * 2_500, True),
        ("aa*", "a" * 2_500 + " ba", False),
        ("hot dog", "hot dogs", False),
        ("*dog", "hotdog", True),
        ("dog*", "dogged", True),
        ("hot*", "hot dog", False),  # a star lets a word go on, and not the text
        ("*dog", "ahotdog", True),
        ("*dog", "a hotdog", False),
        ("*dog", "big hotdog or hotdog", True),
        ("*dog", "hotdogs", False),
        ("*dog*", "ahotdogged by it", True),
        ("*dog", "hot-dog and dog", False),
    ],
)
def test_a_star_lets_an_allowed_word_go_on(allowed: str, text: str, passes: bool) -> None:
    rule = a_rule(keywords=("*a*", "*dog*"), allowed=(allowed,))
    assert (judge(text, rule) is None) is passes


def test_an_allow_list_counts_for_its_own_rule_only() -> None:
    rules = (a_rule(keywords=("*cat*",), allowed=("location",)), a_rule(id=8, keywords=("*cation",)))
    match = judge("location", *rules)
    assert match is not None
    assert match.rule_id == 8


BAD = "(?=cat)dog"  # looks ahead, which neither Rust nor RE2 can


def test_a_pattern_that_cannot_be_applied_is_named_and_lets_no_text_pass() -> None:
    rules = Automod([a_rule(patterns=(BAD,), keywords=("cat",))])
    [unusable] = rules.unusable
    assert (unusable.rule.name, unusable.pattern) == ("No cats", BAD)
    assert "(?=" in unusable.reason
    match = taken_at_once(rules.judge(all_views_of(["a fox"])))
    assert match is not None
    assert (match.kind, match.found, match.rule_id) == (MatchKind.UNUSABLE_PATTERN, BAD, 7)


def test_a_pattern_that_cannot_be_applied_can_be_left_out() -> None:
    rules = Automod([a_rule(patterns=(BAD, "fox"), keywords=("cat",))])
    assert taken_at_once(rules.judge(all_views_of(["a hen"]), block_unusable=False)) is None
    for text in ("a cat", "a fox"):
        assert taken_at_once(rules.judge(all_views_of([text]), block_unusable=False)) is not None


def test_who_is_exempt_from_a_rule_is_exempt_from_its_pattern_that_cannot_be_applied() -> None:
    rule = a_rule(patterns=(BAD,), exempt_role_ids=frozenset({5}))
    other = a_rule(id=8, keywords=("cat",))
    assert judge("a fox", rule, other, role_ids={5}) is None
    assert judge("a fox", rule, other) is not None


def test_presets_are_known_by_name() -> None:
    rules = Automod([a_rule(name="Slurs", kind=RuleKind.PRESET), a_rule(keywords=("cat",))])
    assert rules.presets == ("Slurs",)


def test_ten_thousand_keywords_find_their_word() -> None:
    rules = Automod([a_rule(keywords=tuple(f"*word{number}x*" for number in range(10_000)))])
    match = taken_at_once(rules.judge(all_views_of([" ".join(["a quiet fox"] * 200) + " someword9999xes"])))
    assert match is not None
    assert match.found == "*word9999x*"
    assert taken_at_once(rules.judge(all_views_of(["word10000x"]))) is None


def test_patterns_may_wait_for_their_turn_as_long_as_they_must() -> None:
    times = iter([0.0, 0.1, 60.0, 60.1, 120.0, 120.1])  # before and after each
    rules = Automod([a_rule(patterns=("fox", "cat", "hen"))], monotonic=times.__next__)
    match = taken_at_once(rules.judge(all_views_of(["a quiet hen"])))
    assert match is not None
    assert (match.kind, match.found) == (MatchKind.PATTERN, "hen")


def test_patterns_that_take_too_long_count_as_ones_that_cannot_be_applied() -> None:
    rules = Automod([a_rule(keywords=("cat",), patterns=("fox", "hen"))], monotonic=iter([0.0, 1.5] * 2).__next__)
    match = taken_at_once(rules.judge(all_views_of(["a quiet hen"])))
    assert match is not None
    assert (match.kind, match.found) == (MatchKind.UNUSABLE_PATTERN, "hen")
    assert taken_at_once(rules.judge(all_views_of(["a quiet hen"]), block_unusable=False)) is None
