"""How long runs take: what is believed at first, and how it follows what is seen."""

import math
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.catalogue.models import DEFAULT, MODELS
from bot.jobs.run_times import STRAY_SHARE, Belief, FinishedRun, RunTime, RunTimes

MODEL = "kling-o1-reference-image-to-video"
AGES = st.floats(0, 7_200)
RUN_TIMES = st.builds(RunTime, st.floats(math.log(30), math.log(1_800)), st.floats(0.05, 1.0))


def run(seconds: float, duration: int = 5, model: str = MODEL) -> FinishedRun:
    return FinishedRun(model=model, duration=duration, seconds=seconds)


def drawn(count: int, *, median: float, sigma: float, seed: int = 1) -> Iterable[FinishedRun]:
    draw = random.Random(seed)  # noqa: S311 - repeatable
    return [run(median * draw.lognormvariate(0, sigma)) for _ in range(count)]


def test_before_any_run_the_makers_figure_is_typical() -> None:
    assert RunTimes().expected(MODEL, 5).median == pytest.approx(DEFAULT.typical_seconds)


@pytest.mark.parametrize("slug", MODELS)
def test_each_model_has_its_own_figure_before_any_run(slug: str) -> None:
    assert RunTimes().expected(slug, 10).median == pytest.approx(MODELS[slug].typical_seconds)


def test_after_some_runs_their_median_is_typical() -> None:
    times = RunTimes(drawn(60, median=310, sigma=0.2))
    assert times.expected(MODEL, 5).median == pytest.approx(310, rel=0.1)


@pytest.mark.parametrize("sigma", [0.1, 0.25, 0.5])
def test_the_spread_is_learned(sigma: float) -> None:
    assert RunTimes(drawn(300, median=194, sigma=sigma)).expected(MODEL, 5).sigma == pytest.approx(sigma, rel=0.35)


def test_each_model_and_duration_is_learned_by_itself() -> None:
    times = RunTimes(run(400, duration=10) for _ in range(20))
    assert times.expected(MODEL, 10).median == pytest.approx(400, rel=0.1)
    assert times.expected(MODEL, 5).median == pytest.approx(DEFAULT.typical_seconds)
    assert times.expected("another-model", 10).median == pytest.approx(DEFAULT.typical_seconds)


def test_the_queue_is_learned_apart_from_the_run() -> None:
    times = RunTimes(FinishedRun(model=MODEL, duration=5, seconds=194 + queued, queued=queued) for queued in range(60))
    assert times.working(MODEL, 5).median == pytest.approx(194, rel=0.02)
    assert times.expected(MODEL, 5).median > 220
    assert times.queues(MODEL) == (30, 36, 43, 50, 56)
    assert times.queues("another-model") == ()


def test_what_was_long_ago_is_forgotten() -> None:
    times = RunTimes(drawn(500, median=194, sigma=0.1))
    for each in drawn(60, median=388, sigma=0.1, seed=2):
        times.learn(each)
    assert times.expected(MODEL, 5).median == pytest.approx(388, rel=0.15)


@pytest.mark.parametrize("freak", [0.001, 86_400.0])
def test_one_freak_hardly_changes_the_belief(freak: float) -> None:
    times = RunTimes(drawn(100, median=194, sigma=0.2))
    before = times.expected(MODEL, 5).median
    times.learn(run(freak))
    assert times.expected(MODEL, 5).median == pytest.approx(before, rel=0.03)


@pytest.mark.parametrize("seconds", [0.0, -3.0])
def test_a_run_without_a_time_teaches_nothing(seconds: float) -> None:
    times = RunTimes([run(seconds)])
    assert times.expected(MODEL, 5) == RunTimes().expected(MODEL, 5)


@given(st.lists(st.floats(0.001, 1e6), max_size=80))
def test_no_sequence_of_runs_leads_to_a_belief_that_cannot_be_used(seconds: list[float]) -> None:
    belief = Belief(mu=math.log(194))
    for each in seconds:
        belief = belief.after(each)
    assert math.isfinite(belief.mu)
    assert 0 < belief.scale < 10


@given(RUN_TIMES, st.floats(0.05, 0.95))
def test_a_share_of_the_usual_runs_ends_within_its_quantile(run_time: RunTime, share: float) -> None:
    within = run_time.quantile(share).total_seconds()
    strays = STRAY_SHARE  # which the quantile leaves out
    assert 1 - run_time.tail(within)[0] == pytest.approx(share, abs=strays)


def test_most_runs_end_within_the_learned_upper_quantile() -> None:
    times = RunTimes(drawn(200, median=240, sigma=0.2))
    ready = times.expected(MODEL, 5).quantile(0.8).total_seconds()
    early = [each for each in drawn(1_000, median=240, sigma=0.2, seed=3) if each.seconds <= ready]
    assert 0.72 <= len(list(early)) / 1_000 <= 0.88


def test_half_of_all_runs_are_longer_than_the_median() -> None:
    assert RunTime(math.log(194), 0.25).tail(194)[0] == pytest.approx(0.5)


@given(RUN_TIMES, AGES)
def test_the_tails_area_is_the_integral_of_the_tail(run_time: RunTime, age: float) -> None:
    # Simpson's rule over a stretch: the difference of two areas is the integral between.
    stretch = 60.0
    steps = 60
    width = stretch / steps
    weights = [1, *([4, 2] * (steps // 2))[:-1], 1]
    integral = sum(w * run_time.tail(age + i * width)[0] for i, w in enumerate(weights)) * width / 3
    assert run_time.tail(age)[1] - run_time.tail(age + stretch)[1] == pytest.approx(integral, abs=0.02)


@given(RUN_TIMES)
def test_at_the_beginning_nothing_has_finished_and_the_area_is_the_mean_time(run_time: RunTime) -> None:
    unfinished, area = run_time.tail(0)
    assert unfinished == pytest.approx(1)
    assert area > run_time.median


def test_a_run_overdue_by_hours_may_still_end_soon() -> None:
    run_time = RunTime(math.log(194), 0.1)
    hour, later = run_time.tail(3_600)[0], run_time.tail(3_900)[0]
    assert 0 < later < hour
    assert 1 - later / hour > 0.1
