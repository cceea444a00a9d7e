"""What moderators read of a refused text: harmless whatever is in it, and never too long for a message."""

import pytest

from bot.automod.rules import Match, MatchKind
from bot.gate.words import refused_text_notice

MESSAGE_LIMIT = 2_000  # characters; Discord's


def notice(kind: MatchKind, *, found: str = "cat*", rule: str = "No cats", text: str | None = "a cat") -> str:
    match = Match(kind=kind, found=found, rule_id=7, rule_name=rule)
    return refused_text_notice(match, member_id=11, channel_id=22, text=text)


@pytest.mark.parametrize("kind", MatchKind)
def test_the_longest_and_worst_of_everything_fits_a_message(kind: MatchKind) -> None:
    said = notice(kind, found="*" * 260, rule="_" * 100, text="|" * 2_500)
    assert len(said) <= MESSAGE_LIMIT
    assert "<@11>" in said
    assert "<#22>" in said


@pytest.mark.parametrize("kind", [kind for kind in MatchKind if kind is not MatchKind.WORD])
def test_a_rule_of_automod_is_named(kind: MatchKind) -> None:
    assert "the AutoMod rule **No cats**" in notice(kind)


def test_what_was_found_and_written_stands_behind_a_spoiler_that_it_cannot_break() -> None:
    said = notice(MatchKind.KEYWORD, found="ca||t", text="a || @everyone\n\n[x](https://evil.example)")
    assert "||ca\\|\\|t||" in said
    assert said.splitlines()[1] == "||a \\|\\| \\@everyone \\[x\\]\\(https\\:\\/\\/evil\\.example\\)||"


def test_a_text_that_may_not_be_shown_is_left_out() -> None:
    assert "\n" not in notice(MatchKind.PATTERN, text=None)
