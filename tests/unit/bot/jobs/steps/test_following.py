"""What the next poll of a run is worth."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.jobs.run_times import RunTime
from bot.jobs.steps.following import LONGEST_BLINK, POLL_CEILING, STALE_WORTH, Sighting, Watch

USUAL = RunTime(math.log(194), 0.25)
RUN_TIMES = st.builds(RunTime, st.floats(math.log(2), math.log(1_800)), st.floats(0.05, 1.0))
STARTED = 1_000.0


def watch(age: float, run_time: RunTime = USUAL) -> Watch:
    """Watch a run last seen unfinished at this age."""
    return Watch(run_time, Sighting(born=STARTED, seen=STARTED + age))


def worth(seen_at: float, age: float) -> float:
    return watch(seen_at)(STARTED + age)


def test_a_run_just_seen_is_worth_nothing() -> None:
    assert worth(150, 150) == 0


def test_a_run_in_its_usual_time_is_worth_more_than_a_young_one() -> None:
    assert worth(180, 190) > 10 * worth(20, 30)


def test_a_run_unseen_for_longer_is_worth_more() -> None:
    assert worth(180, 200) > worth(190, 200)


def test_the_worth_is_the_waiting_to_be_expected() -> None:
    # By hand: of runs unfinished at `a`, the mean of how long each has been finished at `t`.
    a, t, steps = 150.0, 250.0, 4_000
    unfinished = USUAL.tail(a)[0]
    width = (t - a) / steps
    finished = [1 - USUAL.tail(a + (i + 0.5) * width)[0] / unfinished for i in range(steps)]
    assert worth(a, t) == pytest.approx(sum(finished) * width, rel=1e-4)


def test_a_run_long_overdue_stays_worth_a_poll() -> None:
    assert worth(3_000, 3_060) > worth(60, 120)


def test_a_card_out_of_date_is_worth_a_little_and_the_more_the_longer() -> None:
    sharp = RunTime(math.log(100_000), 0.05)
    unseen = POLL_CEILING + 100
    assert watch(0, sharp)(STARTED + unseen) == pytest.approx(100 * STALE_WORTH, rel=0.01)
    assert watch(0, sharp)(STARTED + POLL_CEILING) < 0.01


@given(RUN_TIMES, st.floats(0, 7_200), st.floats(0, 3_600), st.floats(0.001, 3_600))
def test_the_worth_never_falls_and_never_outruns_the_clock(
    run_time: RunTime, seen: float, first: float, more: float
) -> None:
    watching = watch(seen, run_time)
    earlier, later = watching(STARTED + seen + first), watching(STARTED + seen + first + more)
    assert earlier - 1e-6 <= later <= earlier + more + 1e-6


def test_before_it_was_seen_a_run_is_worth_nothing() -> None:
    assert watch(100)(STARTED + 50) == 0


def test_a_queued_run_is_not_expected_to_end_before_the_time_that_it_takes_after_the_queue() -> None:
    queues = (0.0, 100.0, 200.0)
    fresh, still_queued = Sighting(born=0, seen=150), Sighting(born=0, seen=150, queued=150)
    assert fresh.starts(queues) == queues
    assert still_queued.starts(queues) == (200.0,)
    assert Watch(USUAL, still_queued, queues)(250) < Watch(USUAL, fresh, queues)(250) / 10


@pytest.mark.parametrize(
    ("queued", "processing", "starts"),
    [
        (None, None, (0.0, 30.0, 60.0)),
        (20.0, None, (30.0, 60.0)),
        (20.0, 40.0, (30.0,)),
        (None, 50.0, (0.0, 30.0)),
        (100.0, None, (100.0,)),
        (100.0, 110.0, (105.0,)),
    ],
)
def test_the_time_begins_where_the_sightings_allow(
    queued: float | None, processing: float | None, starts: tuple[float, ...]
) -> None:
    seen = processing or queued or 0.0
    assert Sighting(born=0, seen=seen, queued=queued, processing=processing).starts((0.0, 30.0, 60.0)) == starts


def test_where_no_queue_is_known_it_may_begin_when_it_was_last_queued() -> None:
    assert Sighting(born=5, seen=9).starts(()) == (5,)
    assert Sighting(born=5, seen=90, queued=30, processing=90).starts(()) == (30,)


@pytest.mark.parametrize(
    ("sighting", "told", "run_seconds", "queue_seconds"),
    [
        (Sighting(born=0, seen=100), 12.0, 110.0, 12.0),
        (Sighting(born=0, seen=100), 120.0, 110.0, None),
        (Sighting(born=10, seen=100, queued=30, processing=50), None, 110.0, 30.0),
        (Sighting(born=10, seen=100, queued=30, processing=95), None, 110.0, None),
        (Sighting(born=10, seen=100, queued=30, processing=50), 12.0, None, 30.0),
    ],
)
def test_the_time_in_the_queue_is_segminds_or_what_was_seen(
    sighting: Sighting, told: float | None, run_seconds: float | None, queue_seconds: float | None
) -> None:
    assert sighting.queue_seconds(told, run_seconds) == queue_seconds


@given(
    RUN_TIMES, st.lists(st.floats(0, 300), max_size=5), st.floats(0, 600), st.floats(0, 3_600), st.floats(0.001, 3_600)
)
def test_with_any_queue_the_worth_never_falls_and_never_outruns_the_clock(
    run_time: RunTime, queues: list[float], seen: float, first: float, more: float
) -> None:
    watching = Watch(run_time, Sighting(born=STARTED, seen=STARTED + seen, queued=STARTED + seen), tuple(queues))
    earlier, later = watching(STARTED + seen + first), watching(STARTED + seen + first + more)
    assert earlier - 1e-6 <= later <= earlier + more + 1e-6


@pytest.mark.parametrize("told", [100.0, 103.0, 109.0])
def test_segminds_own_figure_is_taken_where_it_can_be_true(told: float) -> None:
    assert Sighting(born=0, seen=100).run_seconds(noticed=108, told=told) == told


@pytest.mark.parametrize("told", [None, 0.0, -1.0, 50.0, 140.0, 104_000.0], ids=str)
def test_else_the_run_ended_midway_between_two_polls(told: float | None) -> None:
    assert Sighting(born=0, seen=100).run_seconds(noticed=108, told=told) == 104


def test_a_run_unseen_for_long_has_no_time_to_learn_from() -> None:
    assert Sighting(born=0, seen=100).run_seconds(noticed=101 + LONGEST_BLINK, told=None) is None
