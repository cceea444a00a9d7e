"""Whether Segmind is in order, by what it answers."""

import pytest

from bot.observing.health import TROUBLES, WITHOUT_KEY, SegmindState
from bot.segmind.protocol import Endpoints, catalog_query


def after(*statuses: int | None) -> str:
    state = SegmindState()
    for status in statuses:
        state.answered("status", status, 0.1)
    return state.trouble


@pytest.mark.parametrize(("status", "word"), [(None, "doesn't answer"), (503, "answers 503"), (403, "rejects the key")])
def test_trouble_that_repeats_is_told(status: int | None, word: str) -> None:
    assert word in after(*[status] * TROUBLES)
    assert after(*[status] * (TROUBLES - 1)) == ""


def test_a_refused_key_is_certain_at_once() -> None:
    assert "rejects the key (401)" in after(401)
    assert after(401, 200) == ""


def test_what_anyone_may_ask_for_says_nothing_of_the_key() -> None:
    at = Endpoints(api="https://api", history="https://history", storage="https://storage")
    assert {catalog_query(at).operation} == WITHOUT_KEY
    state = SegmindState()
    state.answered("credits", 401, 0.1)
    state.answered("catalog", 200, 0.1)
    assert "rejects the key (401)" in state.trouble


def test_one_good_answer_ends_the_trouble() -> None:
    assert after(*[None] * TROUBLES, 200) == ""


@pytest.mark.parametrize("status", [200, 404, 422, 429])
def test_what_is_an_answer_to_one_request_alone_is_no_trouble(status: int) -> None:
    assert after(*[status] * TROUBLES) == ""


def test_nothing_asked_yet_is_no_trouble() -> None:
    assert after() == ""
