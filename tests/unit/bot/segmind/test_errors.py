"""What an error tells, and what it keeps to itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segmind import errors
from bot.segmind.errors import DETAIL_LIMIT, cleaned


@given(st.text())
def test_the_servers_words_become_one_visible_line(words: str) -> None:
    line = cleaned(words)
    assert len(line) <= DETAIL_LIMIT
    assert line == "" or all(char == " " or char.isprintable() for char in line)


@given(st.text(max_size=400), st.from_regex(r"SG_[0-9a-f]{16}", fullmatch=True), st.text(max_size=400))
def test_a_key_never_survives_in_the_servers_words(before: str, key: str, after: str) -> None:
    assert key not in cleaned(f"{before}{key}{after}")


def test_a_key_is_masked_in_the_text_and_the_repr_of_an_error() -> None:
    error = errors.InvalidKey("key SG_0123456789abcdef is wrong", status=401)
    assert error.words == "HTTP 401: key [key] is wrong"
    assert "0123456789abcdef" not in repr(error)


def test_neither_text_nor_repr_has_segminds_words_which_may_repeat_a_members() -> None:
    error = errors.Refused("prompt 'a fox in the snow' is not allowed", status=400)
    assert (str(error), repr(error)) == ("HTTP 400", "Refused()")
    assert "a fox" in error.words


def test_long_words_are_clipped_with_an_ellipsis() -> None:
    assert cleaned("x" * 1000) == "x" * (DETAIL_LIMIT - 1) + "…"


def test_an_error_without_an_answer_says_so() -> None:
    assert str(errors.Unavailable("TimeoutError")) == "no answer: TimeoutError"
    assert str(errors.TooLate()) == "no answer"


@pytest.mark.parametrize(
    ("kind", "decision"),
    [
        (errors.RateLimited, errors.TryLater),
        (errors.Unavailable, errors.TryLater),
        (errors.TooLate, errors.TryLater),
        (errors.NotFinished, errors.TryLater),
        (errors.InvalidKey, errors.OperatorMustAct),
        (errors.ModelForbidden, errors.OperatorMustAct),
        (errors.OutOfCredits, errors.OperatorMustAct),
        (errors.TeamSpendLimitReached, errors.OperatorMustAct),
        (errors.ModelGone, errors.OperatorMustAct),
    ],
)
def test_the_class_says_what_the_caller_can_do(
    kind: type[errors.SegmindError], decision: type[errors.SegmindError]
) -> None:
    assert issubclass(kind, decision)


def test_an_unknown_outcome_is_never_taken_for_one_that_may_be_repeated() -> None:
    assert not issubclass(errors.OutcomeUnknown, errors.TryLater)
