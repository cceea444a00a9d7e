"""The pace at which Segmind may be asked."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segmind.budget import FARTHEST_RESET, WINDOW, Gcra

NOW = 1_790_000_000.0
FLOAT_ERROR = 0.001  # seconds; what adding up epoch seconds in floating point may lose over some minutes


@st.composite
def rates(draw: st.DrawFn) -> Gcra:
    requests = draw(st.integers(1, 1000))
    return Gcra(requests_per_minute=requests, burst=draw(st.integers(1, requests)))


def sent_by(rate: Gcra, pauses: Sequence[float], *, patient: bool) -> list[float]:
    """Send at each arrival if allowed; a patient sender waits as told, an impatient one gives up."""
    now, tat, sent = NOW, None, list[float]()
    for pause in pauses:
        now += pause
        decision = rate.decide(tat, now)
        if patient and not decision.allowed:
            now += decision.wait
            decision = rate.decide(decision.tat, now)
        tat = decision.tat
        if decision.allowed:
            sent.append(now)
    return sent


def most_in_a_window(times: Sequence[float], window: float) -> int:
    return max((sum(start <= time < start + window for time in times) for start in times), default=0)


@given(rates(), st.lists(st.floats(0, 30) | st.just(0.0), max_size=200), st.booleans())
def test_no_minute_ever_sees_more_requests_than_the_rate(rate: Gcra, pauses: list[float], patient: bool) -> None:
    sent = sent_by(rate, pauses, patient=patient)
    assert most_in_a_window(sent, WINDOW - FLOAT_ERROR) <= rate.requests_per_minute


@given(st.integers(1, 60), st.data())
def test_a_sender_that_never_pauses_fills_the_minute_and_no_more(requests: int, data: st.DataObject) -> None:
    rate = Gcra(requests_per_minute=requests, burst=data.draw(st.integers(1, requests)))
    sent = sent_by(rate, [0.0] * (3 * requests), patient=True)
    assert most_in_a_window(sent, WINDOW - FLOAT_ERROR) == requests


@given(rates(), st.floats(0, 10_000))
def test_a_request_that_waits_as_told_may_leave(rate: Gcra, ahead: float) -> None:
    refused = rate.decide(NOW + ahead, NOW)
    assert refused.allowed or rate.decide(refused.tat, NOW + refused.wait + FLOAT_ERROR).allowed


@given(rates(), st.floats(0, FARTHEST_RESET), st.floats(-100, 100))
def test_after_a_429_nothing_leaves_before_the_window_resets(rate: Gcra, reset: float, ahead: float) -> None:
    until = NOW + reset
    tat = rate.pushed(NOW + ahead, until)
    decision = rate.decide(tat, NOW)
    assert decision.allowed or NOW + decision.wait >= until - FLOAT_ERROR
    assert not decision.allowed or reset <= FLOAT_ERROR


def test_after_a_429_requests_leave_one_by_one_even_where_bursts_are_allowed() -> None:
    rate = Gcra(requests_per_minute=60, burst=10)
    first = rate.decide(rate.pushed(None, NOW), NOW)
    assert first.allowed
    assert rate.decide(first.tat, NOW).wait == pytest.approx(rate.interval)


def test_a_429_never_brings_a_request_forward() -> None:
    rate = Gcra(requests_per_minute=60)
    assert rate.pushed(NOW + 30, NOW + 5) == NOW + 30


def test_a_burst_leaves_at_once_and_the_next_request_waits() -> None:
    rate = Gcra(requests_per_minute=10, burst=3)
    assert sent_by(rate, [0.0] * 5, patient=False) == [NOW] * 3


def test_a_clock_set_back_costs_one_window_and_not_the_whole_difference() -> None:
    rate = Gcra(requests_per_minute=60, burst=5)
    decision = rate.decide(NOW + 86_400, NOW)
    assert decision.wait == pytest.approx(WINDOW)
    assert rate.decide(decision.tat, NOW + WINDOW).allowed


@pytest.mark.parametrize(("requests", "burst"), [(0, 1), (5, 0), (5, 6)])
def test_a_rate_that_allows_nothing_or_too_much_at_once_is_refused(requests: int, burst: int) -> None:
    with pytest.raises(ValueError, match="burst"):
        Gcra(requests_per_minute=requests, burst=burst)


@given(rates(), st.lists(st.floats(0, 5), max_size=50))
def test_what_is_left_is_what_may_leave_at_once(rate: Gcra, pauses: list[float]) -> None:
    now, tat = NOW, None
    for pause in pauses:
        now += pause
        tat = rate.decide(tat, now).tat
    left = rate.left(tat, now)
    spent = (now if tat is None else max(tat, now)) + left * rate.interval
    assert rate.left(spent, now) == 0
    assert not rate.decide(spent, now).allowed
    assert left == 0 or rate.decide(spent - rate.interval, now + FLOAT_ERROR).allowed
