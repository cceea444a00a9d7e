"""The pace at which Segmind may be asked."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.segmind.budget import AHEAD, CATCH_UP, FARTHEST_RESET, WINDOW, Departure, Minute, Rate, decide

NOW = 1_790_000_000.0
FLOAT_ERROR = 0.002  # seconds; what adding up epoch seconds in floating point may lose over some minutes
SIXTY = Rate(requests_per_minute=60, reserve=1)

rates = st.builds(Rate, requests_per_minute=st.integers(1, 100), reserve=st.integers(0, 3))
pauses = st.lists(st.tuples(st.floats(0, 30) | st.just(0.0), st.booleans()), max_size=200)


class Sender:
    """Sends as it is let, from one process, and remembers when what left."""

    def __init__(self, rate: Rate, spent: Minute | None = None) -> None:
        self.rate, self.spent, self.now = rate, spent or Minute(), NOW
        self.urgent: list[float] = []
        self.polls: list[float] = []

    @property
    def sent(self) -> list[float]:
        return sorted(self.urgent + self.polls)

    def ask(self, *, urgent: bool, at_most: int = 1) -> Departure:
        departure, self.spent = decide(self.spent, self.rate, self.now, urgent=urgent, at_most=at_most)
        if departure.allowed:
            (self.urgent if urgent else self.polls).extend(self.now + wait for wait in (0.0, *departure.further))
        return departure

    def send(self, *, urgent: bool) -> None:
        """Wait as told, however often, until a request has left."""
        while not (departure := self.ask(urgent=urgent)).allowed:
            wait = departure.wait(urgent=urgent)
            assert wait > 0
            self.now += wait


@given(rates, st.lists(st.tuples(st.floats(0, 3), st.booleans(), st.integers(1, 20)), max_size=200))
def test_no_minute_sees_more_where_several_are_taken_at_once(rate: Rate, pauses: list[tuple[float, bool, int]]) -> None:
    sender = Sender(rate)
    for pause, urgent, at_most in pauses:
        sender.now += pause
        taken = len(sender.sent)
        departure = sender.ask(urgent=urgent, at_most=at_most)
        assert len(sender.sent) - taken <= at_most
        assert all(wait <= AHEAD for wait in departure.further)
        assert sorted(departure.further) == list(departure.further)
    assert most_in_a_window(sender.sent, 60) <= rate.requests_per_minute


def most_in_a_window(times: Sequence[float], window: float) -> int:
    return max((sum(start <= time < start + window for time in times) for start in times), default=0)


@given(rates, pauses, st.booleans())
def test_no_minute_ever_sees_more_requests_than_the_rate(
    rate: Rate, pauses: list[tuple[float, bool]], patient: bool
) -> None:
    sender = Sender(rate)
    for pause, urgent in pauses:
        sender.now += pause
        if patient:
            sender.send(urgent=urgent)
        else:
            sender.ask(urgent=urgent)
    assert most_in_a_window(sender.sent, WINDOW - FLOAT_ERROR) <= rate.requests_per_minute


@given(st.integers(1, 60), st.integers(0, 3))
def test_a_sender_that_never_pauses_fills_the_minute_and_no_more(requests: int, reserve: int) -> None:
    sender = Sender(Rate(requests_per_minute=requests, reserve=reserve))
    for _ in range(3 * requests):
        sender.send(urgent=True)
    assert most_in_a_window(sender.sent, WINDOW - FLOAT_ERROR) == requests


def test_after_a_quiet_minute_results_and_submits_leave_at_once() -> None:
    sender = Sender(SIXTY)
    for _ in range(60):
        assert sender.ask(urgent=True).allowed
    assert sender.ask(urgent=True).urgent_wait == pytest.approx(WINDOW)


def test_polls_keep_their_distance_however_quiet_it_was() -> None:
    sender = Sender(SIXTY)
    for _ in range(180):
        sender.send(urgent=False)
    distance = WINDOW / (SIXTY.requests_per_minute - SIXTY.reserve)
    gaps = [later - earlier for earlier, later in pairwise(sender.polls)]
    assert min(gaps) >= distance - CATCH_UP - FLOAT_ERROR
    assert max(gaps) <= distance + CATCH_UP + FLOAT_ERROR
    assert sum(gaps) == pytest.approx(len(gaps) * distance, abs=1)


@given(st.integers(0, 40), st.floats(0, 61))
def test_after_a_burst_polls_are_fewer_and_not_blind_for_as_long(burst: int, later: float) -> None:
    sender = Sender(SIXTY)
    for _ in range(burst):
        sender.ask(urgent=True)
    sender.now += later
    for _ in range(60):
        sender.send(urgent=False)
    assert max(later - earlier for earlier, later in pairwise(sender.polls)) < 0.8 * burst + 3


@given(pauses)
def test_where_only_polls_left_a_result_leaves_right_after_its_notice(pauses: list[tuple[float, bool]]) -> None:
    sender = Sender(SIXTY)
    for pause, _ in pauses:
        sender.now += pause
        sender.send(urgent=False)
    assert sender.ask(urgent=True).allowed


def test_a_poll_that_left_late_is_made_good() -> None:
    sender = Sender(SIXTY)
    for number in range(50):
        sender.send(urgent=False)
        sender.now += 0.4 if number % 2 else 0.0  # a busy machine
    assert sender.now - NOW < 50 * WINDOW / 59 + 0.5


@given(rates, pauses, st.floats(0, FARTHEST_RESET), st.booleans())
def test_after_a_429_nothing_leaves_before_the_window_resets(
    rate: Rate, pauses: list[tuple[float, bool]], reset: float, urgent: bool
) -> None:
    sender = Sender(rate)
    for pause, each in pauses[:20]:
        sender.now += pause
        sender.ask(urgent=each)
    until, left = sender.now + reset, len(sender.sent)
    sender.spent = sender.spent.at(sender.now).held(rate, until)
    for _ in range(5):
        sender.send(urgent=urgent)
    after = sender.sent[left:]
    assert after[0] >= until - FLOAT_ERROR
    assert most_in_a_window(sender.sent, WINDOW - FLOAT_ERROR) <= rate.requests_per_minute


@given(rates, st.floats(-60, FARTHEST_RESET), st.booleans())
def test_after_a_429_requests_leave_one_by_one(rate: Rate, reset: float, urgent: bool) -> None:
    sender = Sender(rate, Minute().held(rate, NOW + reset))
    for _ in range(5):
        sender.send(urgent=urgent)
    distance = WINDOW / rate.requests_per_minute
    gaps = [later - earlier for earlier, later in pairwise(sender.sent)]
    assert reset < 0 or min(gaps) >= distance - CATCH_UP - FLOAT_ERROR


def test_a_429_never_brings_a_request_forward() -> None:
    sender = Sender(SIXTY)
    for _ in range(60):
        sender.ask(urgent=True)
    sender.spent = sender.spent.held(SIXTY, NOW - 5)
    assert sender.ask(urgent=True).urgent_wait == pytest.approx(WINDOW)


def test_a_clock_set_back_costs_one_window_and_not_the_whole_difference() -> None:
    sender = Sender(SIXTY)
    for _ in range(60):
        sender.ask(urgent=True)
    sender.now -= 86_400
    assert sender.ask(urgent=True).urgent_wait == pytest.approx(WINDOW)
    sender.now += WINDOW
    assert sender.ask(urgent=True).allowed
    assert sender.ask(urgent=False).allowed


@pytest.mark.parametrize(("requests", "reserve"), [(0, 0), (5, -1)])
def test_a_rate_that_allows_nothing_is_refused(requests: int, reserve: int) -> None:
    with pytest.raises(ValueError, match="no rate"):
        Rate(requests_per_minute=requests, reserve=reserve)


@given(rates, pauses)
def test_what_is_left_is_what_may_leave_at_once(rate: Rate, pauses: list[tuple[float, bool]]) -> None:
    sender = Sender(rate)
    for pause, urgent in pauses:
        sender.now += pause
        sender.ask(urgent=urgent)
    left = sender.spent.at(sender.now).left(rate)
    assert [sender.ask(urgent=True).allowed for _ in range(left + 1)] == [True] * left + [False]
