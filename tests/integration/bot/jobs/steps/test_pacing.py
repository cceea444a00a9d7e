"""What a driver asks of the planner, and what it learns of a run that it followed."""

from datetime import timedelta

import pytest

from bot.jobs.model import Job
from bot.jobs.run_times import FinishedRun
from bot.jobs.states import State
from bot.jobs.steps.following import POLL_CEILING, POLL_FLOOR
from bot.segmind.budget import Rank
from tests.support.jobs import MODEL
from tests.support.stage import Stage

TOOK = 101.5  # seconds


async def followed(stage: Stage) -> Job:
    """Follow a run to its end that was submitted 100 s ago and of which Segmind says how long it took."""
    job = await stage.begin(State.PROCESSING, submitted_at=stage.clock.now() - timedelta(seconds=100))
    await stage.status_words("COMPLETED")
    output = stage.files.url("/video.mp4")
    answer = {"status": "COMPLETED", "output": output, "metrics": {"cost": 1.42, "total_time": TOOK}}
    await stage.says("result", (200, answer))
    return await stage.drive(job)


async def test_a_runs_time_is_saved_with_it_and_known_after_a_restart(stage: Stage) -> None:
    done = await followed(stage)
    assert done.run_seconds == TOOK
    assert await stage.store.finished_runs() == [FinishedRun(model=MODEL, duration=5, seconds=TOOK)]


async def test_the_time_of_a_run_begins_where_it_was_seen_to_be_processing(stage: Stage) -> None:
    job = await stage.begin(State.QUEUED)
    await stage.status_words(*["QUEUED"] * 20, *["PROCESSING"] * 10)
    await stage.finishes()
    done = await stage.drive_until(job, State.COMPLETED)
    assert done.queue_seconds == pytest.approx(20.5 * POLL_FLOOR, abs=0.1)
    [run] = await stage.store.finished_runs()
    assert run.queued == done.queue_seconds
    assert stage.engine.run_times.queues(MODEL) == (run.queued,)
    assert stage.engine.last_queued == {}


async def test_what_a_run_took_is_learned_at_once(stage: Stage) -> None:
    before = stage.engine.run_times.expected(MODEL, 5).median
    await followed(stage)
    assert stage.engine.run_times.expected(MODEL, 5).median < before - 30


async def test_a_run_of_which_segmind_tells_no_time_ended_between_the_last_two_polls(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING, submitted_at=stage.clock.now() - timedelta(seconds=100))
    await stage.status_words("PROCESSING")
    await stage.finishes()
    done = await stage.drive(job)
    assert done.run_seconds == pytest.approx(100 + 1.5 * POLL_FLOOR, abs=0.1)


async def test_a_run_is_polled_at_most_every_two_seconds_even_as_its_state_changes(stage: Stage) -> None:
    job = await stage.begin(State.QUEUED)
    began = stage.clock.monotonic()
    await stage.status_words("QUEUED", "PROCESSING", "QUEUED", "PROCESSING")
    await stage.finishes()
    done = await stage.drive(job)
    assert done.state is State.DELIVERED
    assert stage.budget.taken.count(Rank.POLL) == 5
    assert stage.clock.monotonic() - began >= 5 * POLL_FLOOR


async def test_a_run_found_at_start_is_asked_for_at_once(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING, state_since=stage.clock.now() - timedelta(minutes=5))
    began = stage.clock.monotonic()
    await stage.finishes()
    await stage.drive_until(job, State.COMPLETED)
    assert stage.clock.monotonic() == began


async def test_a_record_near_its_end_is_asked_for_before_everything(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING, submitted_at=stage.clock.now() - timedelta(minutes=51))
    await stage.finishes()
    await stage.drive_until(job, State.COMPLETED)
    assert stage.budget.taken == [Rank.RESULT, Rank.RESULT]


async def test_a_late_run_is_followed_slowly(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING, submitted_at=stage.clock.now() - timedelta(minutes=31))
    began = stage.clock.monotonic()
    await stage.status_words("PROCESSING", "PROCESSING")
    await stage.finishes()
    await stage.drive_until(job, State.COMPLETED)
    assert stage.clock.monotonic() - began >= 2 * POLL_CEILING


async def test_a_clock_set_back_while_a_run_goes_on_holds_its_polls_up_by_the_floor_at_most(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    stage.clock.set_back(timedelta(hours=2))
    began = stage.clock.monotonic()
    await stage.finishes()
    await stage.drive_until(job, State.COMPLETED)
    assert stage.clock.monotonic() - began <= POLL_FLOOR
