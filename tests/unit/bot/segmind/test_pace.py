"""What 429s teach about the rate."""

from dataclasses import replace
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from bot.segmind.budget import RECOVERY, REPEATED_WITHIN, STRAGGLERS, Pace, Rate

NOW = 1_790_000_000.0
RATE = Rate(requests_per_minute=60)
FULL = Pace()


def test_without_a_429_the_configured_rate_is_kept() -> None:
    assert FULL.applied(RATE, NOW) == RATE


def test_one_429_is_waited_out_and_lowers_nothing() -> None:
    assert FULL.after_429(NOW, NOW + 30).applied(RATE, NOW + 31) == RATE


def test_a_429_soon_after_the_last_window_lowers_the_pace() -> None:
    twice = FULL.after_429(NOW, NOW + 30).after_429(NOW + 80, NOW + 100)
    assert twice.applied(RATE, NOW + 100).requests_per_minute == 48


def test_a_429_long_after_the_last_is_a_first_one_again() -> None:
    late = NOW + 30 + REPEATED_WITHIN
    assert FULL.after_429(NOW, NOW + 30).after_429(late + 1, late + 20).applied(RATE, late + 20) == RATE


def test_answers_to_requests_that_had_left_before_count_as_one() -> None:
    once = FULL.after_429(NOW, NOW + 30)
    assert once.after_429(NOW + 1, NOW + 31) == replace(once, reset=NOW + 31)


def test_so_they_do_where_the_window_is_said_to_have_reset_already() -> None:
    once = FULL.after_429(NOW, NOW - 1)
    assert once.after_429(NOW + STRAGGLERS - 1, NOW - 1).share == 1


def test_the_pace_recovers_slowly_and_fully() -> None:
    low = Pace(share=0.5, reset=NOW)
    assert low.at(NOW) == 0.5
    assert low.applied(RATE, NOW + 0.1 / RECOVERY).requests_per_minute in {35, 36}
    assert low.at(NOW + 0.5 / RECOVERY + 1) == 1


def test_a_clock_set_back_does_not_blind_it_to_429s() -> None:
    ahead = Pace(share=1.0, reset=NOW + 86_400)
    once = ahead.after_429(NOW, NOW + 30)
    assert once == Pace(share=1.0, reset=NOW + 30)


@given(st.integers(1, 1_000), st.lists(st.floats(0, 3_600), max_size=40))
def test_however_often_it_is_refused_something_may_still_leave(per_minute: int, pauses: list[float]) -> None:
    pace, now = FULL, NOW
    for pause in pauses:
        now += pause
        pace = pace.after_429(now, now + 20)
    assert 1 <= pace.applied(Rate(requests_per_minute=per_minute), now).requests_per_minute <= per_minute


def test_against_a_lower_true_limit_refusals_become_rare() -> None:
    """Send as fast as the pace allows, in a world that grants 40 a minute where 60 are configured."""
    pace, now, refusals = FULL, NOW, list[float]()
    while now < NOW + 12 * 3_600:
        if pace.applied(RATE, now).requests_per_minute > 40:
            refusals.append(now)
            pace = pace.after_429(now + 40, now + 60)
        now += 61
    assert len(refusals) < 12 * 3_600 / 61 / 15
    assert max(later - earlier for earlier, later in pairwise(refusals)) > 1_800
