"""What a member may write: the server's AutoMod rules and its own words, judged for the gate."""

from typing import Any

import pytest

from bot.automod.book import RulesUnreadable
from bot.automod.rules import Automod, AutomodRule, Match, MatchKind
from bot.automod.slices import Ahead, taken_at_once
from bot.gate.denial import Denial, DenialCode
from bot.gate.gate import Asked
from bot.gate.text_rules import ServerTexts, TextRules, WordList, text_to_tell
from bot.settings.model import BadPattern, GuildSettings

GUILD, CHANNEL, PARENT, CATEGORY, LOG = 1, 2, 3, 4, 5


class Rules:
    """The AutoMod rules of every server; None where they may not be read."""

    def __init__(self, *rules: AutomodRule) -> None:
        self.automod: Automod | None = Automod(rules)
        self.error: Exception | None = None

    async def rules_for(self, guild_id: int) -> Automod | None:
        if self.error is not None:
            raise self.error
        return self.automod


def asked(*texts: str, **facts: Any) -> Asked:
    given: dict[str, Any] = {"guild_id": GUILD, "channel_id": CHANNEL, "member_id": 9, "texts": texts, **facts}
    return Asked(**given)


def a_rule(**facts: Any) -> AutomodRule:
    given: dict[str, Any] = {"id": 7, "name": "No cats", "keywords": ("cat",), **facts}
    return AutomodRule(**given)


async def test_a_refusal_carries_the_rule_for_moderators() -> None:
    denial = await ServerTexts(Rules(a_rule())).denial(asked("a fox", "a cat"), GuildSettings())
    match = Match(kind=MatchKind.KEYWORD, found="cat", text=1, rule_id=7, rule_name="No cats")
    assert denial == Denial(code=DenialCode.TEXT, match=match)


@pytest.mark.parametrize(
    "facts",
    [
        {"manage_guild": True},
        {"role_ids": frozenset({77})},
        {"channel_id": 88},
        {"parent_id": 88},
        {"category_id": 88},
    ],
)
async def test_exemptions_are_by_role_channel_parent_and_category_and_for_managers(facts: dict[str, Any]) -> None:
    rules = Rules(a_rule(exempt_role_ids=frozenset({77}), exempt_channel_ids=frozenset({88})))
    texts = ServerTexts(rules)
    assert await texts.denial(asked("a cat"), GuildSettings()) is not None
    assert await texts.denial(asked("a cat", **facts), GuildSettings()) is None


async def test_the_servers_own_words_know_no_exemption_but_that_of_managers() -> None:
    texts, settings = ServerTexts(Rules()), GuildSettings(words=("dog*",))
    denial = await texts.denial(asked("DOGS", role_ids=frozenset({77})), settings)
    assert denial is not None
    assert denial.match == Match(kind=MatchKind.WORD, found="dog*")
    assert await texts.denial(asked("DOGS", manage_guild=True), settings) is None


async def test_a_changed_list_of_words_counts_at_once() -> None:
    texts = ServerTexts(Rules())
    assert await texts.denial(asked("a dog"), GuildSettings(words=("cat",))) is None
    assert await texts.denial(asked("a dog"), GuildSettings(words=("cat", "dog"))) is not None
    assert await texts.denial(asked("a dog"), GuildSettings()) is None


async def test_rules_that_may_not_be_read_are_not_applied_but_the_own_words_are() -> None:
    rules = Rules()
    rules.automod = None
    texts = ServerTexts(rules)
    assert await texts.denial(asked("a cat"), GuildSettings()) is None
    assert await texts.denial(asked("a cat"), GuildSettings(words=("cat",))) is not None


async def test_while_rules_cannot_be_read_nothing_passes_unless_the_server_skips_what_cannot_be_applied() -> None:
    rules = Rules(a_rule())
    rules.error = RulesUnreadable()
    texts = ServerTexts(rules)
    assert await texts.denial(asked("a fox"), GuildSettings()) == Denial(code=DenialCode.TEXT_UNCHECKED)
    lenient = GuildSettings(bad_patterns=BadPattern.SKIP, words=("cat",))
    assert await texts.denial(asked("a fox"), lenient) is None
    assert await texts.denial(asked("a cat"), lenient) is not None
    assert await texts.denial(asked("a fox"), GuildSettings(automod=False)) is None


@pytest.mark.parametrize(
    ("words", "rule", "ahead"),
    [
        ((), {}, Ahead.SHORT),
        ([f"*{'a' * length}*" for length in range(1, 59)], {}, Ahead.LONG),
        ((), {"keywords": ("*a*", "cat")}, Ahead.LONG),
        ((), {"keywords": ("cat",), "allowed": ("a*",)}, Ahead.LONG),
    ],
)
def test_a_text_that_is_full_of_keywords_may_take_long(words: list[str], rule: dict[str, Any], ahead: Ahead) -> None:
    rules = TextRules(WordList(words), Automod([a_rule(**rule)]))
    assert next(rules.judge(["a" * 2_500])) is ahead
    assert next(rules.judge(["a cat and a dog"])) is Ahead.SHORT


def test_a_list_of_ten_thousand_words_finds_its_word() -> None:
    words = WordList([f"word{number}x*" for number in range(10_000)])
    rules = TextRules(words, Automod(()))
    match = taken_at_once(rules.judge(["a quiet fox", "so many word9999xes"]))
    assert match is not None
    assert (match.found, match.text) == ("word9999x*", 1)
    assert taken_at_once(rules.judge(["aword9999x"])) is None


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({}, True),
        ({"age_restricted": True}, False),
        ({"age_restricted": True, "age_restricted_channels": frozenset({LOG})}, True),
    ],
)
def test_the_log_shows_a_text_unless_it_would_leave_its_age_restriction(facts: dict[str, Any], shown: bool) -> None:
    match = Match(kind=MatchKind.WORD, found="cat", text=1)
    told = text_to_tell(match, asked("a fox", "a cat", **facts), GuildSettings(log_channel_id=LOG))
    assert told == ("a cat" if shown else None)


def test_of_a_pattern_that_cannot_be_applied_no_text_is_to_blame() -> None:
    match = Match(kind=MatchKind.UNUSABLE_PATTERN, found="(?=cat)")
    assert text_to_tell(match, asked("a fox"), GuildSettings(log_channel_id=LOG)) is None
