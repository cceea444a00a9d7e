"""Every denial has its sentence, and what only a moderator may know is in none."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.automod.rules import Match, MatchKind
from bot.delivery.private_answers import with_prompt
from bot.gate.denial import Denial, DenialCode
from bot.gate.limits import Limit
from bot.gate.words import MOST_NAMED, denial_sentence

LATER = datetime(2026, 3, 2, tzinfo=UTC)
DUCKS = Match(kind=MatchKind.WORD, found="ducks")
MOST_CHARACTERS = 2_000  # of a message


def of_limit(limit: Limit, figure: Decimal | int | None, again_at: datetime | None = LATER) -> str:
    return denial_sentence(Denial(code=DenialCode.LIMIT, limit=limit, figure=figure, again_at=again_at))


@pytest.mark.parametrize("code", DenialCode)
def test_every_denial_is_a_whole_sentence_that_names_no_code(code: DenialCode) -> None:
    denial = Denial(code=code, ids=(1,), names=("5",), limit=Limit.PER_DAY, figure=2, again_at=LATER, match=DUCKS)
    sentence = denial_sentence(denial)
    assert sentence.endswith(".")
    assert code.value not in sentence
    assert "ducks" not in sentence
    assert "{" not in sentence


@pytest.mark.parametrize("code", sorted(set(DenialCode) - {DenialCode.OUTPUT_CLOSED}))  # which always names a channel
def test_a_denial_says_something_where_nothing_more_is_known(code: DenialCode) -> None:
    assert denial_sentence(Denial(code=code, limit=Limit.PER_DAY)).endswith(".")


@pytest.mark.parametrize("limit", Limit)
def test_every_limit_says_when_there_is_room_unless_nobody_knows(limit: Limit) -> None:
    at_once = limit in {Limit.AT_ONCE, Limit.SERVER_AT_ONCE}
    assert (f"<t:{int(LATER.timestamp())}:R>" in of_limit(limit, 3)) is not at_once


@pytest.mark.parametrize(
    "limit", [Limit.SPEND_PER_DAY, Limit.SPEND_PER_MONTH, Limit.SERVER_SPEND_PER_DAY, Limit.SERVER_SPEND_PER_MONTH]
)
def test_what_a_spending_limit_is_in_dollars_stays_with_who_set_it(limit: Limit) -> None:
    assert "$" not in of_limit(limit, Decimal(99))
    assert "99" not in of_limit(limit, Decimal(99))


def test_a_limit_of_one_is_told_in_the_singular() -> None:
    assert "the 1 video you can make in 7 days" in of_limit(Limit.PER_WEEK, 1)
    assert "all 2 videos you can make in 7 days" in of_limit(Limit.PER_WEEK, 2)


def test_a_block_tells_its_end_if_it_has_one() -> None:
    blocked = DenialCode.MEMBER_BLOCKED
    assert f"<t:{int(LATER.timestamp())}:R>" in denial_sentence(Denial(code=blocked, again_at=LATER))
    assert "<t:" not in denial_sentence(Denial(code=blocked))


@given(st.lists(st.integers(min_value=1, max_value=2**63 - 1), max_size=200), st.text(max_size=3_000))
def test_any_number_of_channels_and_any_prompt_fit_a_message(ids: list[int], prompt: str) -> None:
    text, _ = with_prompt(denial_sentence(Denial(code=DenialCode.CHANNEL, ids=tuple(ids))), prompt)
    assert len(text) <= MOST_CHARACTERS
    assert text.count("<#") <= MOST_NAMED + prompt.count("<#")
