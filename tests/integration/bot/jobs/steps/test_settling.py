"""SUBMITTING found after a crash, and UNCONFIRMED: the history says what became of the paid request."""

from datetime import timedelta

import pytest
import structlog.testing

from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.jobs.steps.settling import LATEST_ARRIVAL, QUIET_FOR
from tests.support.stage import Stage


async def in_history(stage: Stage, job: Job, **options: object) -> str:
    """Put a request with this job's body into the history; return its id."""
    assert job.body is not None
    [request_id] = await stage.segmind.insert_request(job.body, **{"status": "PROCESSING", **options})
    return request_id


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNCONFIRMED])
async def test_a_request_whose_driver_died_is_found_in_the_history_and_followed(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    request_id = await in_history(stage, job)
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.request_id == request_id
    assert await stage.submits() == 0


@pytest.mark.parametrize("state", [State.SUBMITTING, State.UNCONFIRMED])
async def test_a_request_that_is_in_no_history_failed_and_is_never_sent_again(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.NEVER_ARRIVED
    assert (await stage.submits(), await stage.spent(job)) == (0, 0)


async def test_absence_counts_only_after_the_longest_time_a_request_can_take(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    failed = await stage.drive(job)
    assert failed.state_since - job.created_at > timedelta(seconds=5) + stage.engine.limits.submit_timeout


async def test_a_request_that_the_history_shows_late_is_still_found(stage: Stage) -> None:
    await stage.segmind.configure(history_lag=20.0)
    job = await stage.begin(State.UNCONFIRMED)
    request_id = await in_history(stage, job)
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.request_id == request_id


async def test_a_history_that_cannot_be_read_decides_nothing(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    request_id = await in_history(stage, job)
    await stage.says("history", *[(502, "<html>"), (500, {"error": "oops"}), (200, "<html>"), (429, {})] * 4)
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.request_id == request_id
    assert queued.state_since - job.created_at > timedelta(minutes=5)


async def test_a_history_that_stays_unreadable_leaves_the_request_to_the_operator_and_counts_it_as_charged(
    stage: Stage,
) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await stage.segmind.add_faults({"kind": "answer", "operation": "history", "status": 502, "body": "<html>"})
    with structlog.testing.capture_logs() as told:
        failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.UNSETTLED)
    assert timedelta(hours=1) < failed.state_since - job.created_at < timedelta(hours=2)
    assert await stage.spent(job) == job.reserved_usd
    [line] = [line for line in told if line["event"] == "request_unsettled"]
    assert (line["log_level"], line["member"], line["body_hash"]) == ("error", job.request.member_id, job.body_hash)


async def test_a_clock_set_back_does_not_put_off_the_end_of_a_request_that_never_arrived(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    began = stage.clock.monotonic()
    stage.clock.set_back(timedelta(days=1))
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.NEVER_ARRIVED)
    assert stage.clock.monotonic() - began < 600


async def test_an_equal_request_that_belongs_to_another_job_is_not_taken_twice(stage: Stage) -> None:
    owner = await stage.begin(State.QUEUED)
    job = await stage.begin(State.UNCONFIRMED, body=owner.body)
    taken = await in_history(stage, owner)
    await stage.store.save((await stage.saved(owner)).evolve(request_id=taken))
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.NEVER_ARRIVED


@pytest.mark.parametrize("form", ["literal", "json", "object"])
async def test_the_body_is_known_in_whatever_form_the_history_writes_it(stage: Stage, form: str) -> None:
    await stage.segmind.configure(history_body=form)
    job = await stage.begin(State.UNCONFIRMED, prompt="Füchse 'n' \"Eulen\" \\ 🦊\nzweite Zeile")
    request_id = await in_history(stage, job)
    assert (await stage.drive_until(job, State.QUEUED)).request_id == request_id


@pytest.mark.parametrize("change", [{"prompt": "a fox "}, {"duration": 10}, {"seed": 1}, {"image_urls": []}])
async def test_a_request_that_differs_in_anything_is_somebody_elses(stage: Stage, change: dict[str, object]) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    assert job.body is not None
    await stage.segmind.insert_request({**job.body, **change}, status="PROCESSING")
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.NEVER_ARRIVED


@pytest.mark.parametrize(("age", "state"), [(110.0, State.QUEUED), (135.0, State.FAILED)])
async def test_a_request_made_well_before_ours_is_somebody_elses(stage: Stage, age: float, state: State) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await in_history(stage, job, age=age)
    assert (await stage.drive_until(job, state)).state is state


async def test_times_are_compared_by_segminds_own_clock_however_wrong_ours_is(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    segmind_time = job.submitted_at
    assert segmind_time is not None
    job = await stage.store.save(job.evolve(segmind_time=segmind_time - timedelta(hours=3)))
    request_id = await in_history(stage, job, age=3 * 3_600.0)
    assert (await stage.drive_until(job, State.QUEUED)).request_id == request_id


async def test_it_is_found_among_many_pages_of_other_requests(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    request_id = await in_history(stage, job, age=60.0)
    await stage.segmind.insert_request({"prompt": "an owl"}, copies=250)
    assert (await stage.drive_until(job, State.QUEUED)).request_id == request_id


async def test_of_two_equal_requests_the_older_is_taken(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await in_history(stage, job, age=1.0)
    older = await in_history(stage, job, age=30.0)
    assert (await stage.drive_until(job, State.QUEUED)).request_id == older


async def test_a_run_that_is_over_when_it_is_found_is_delivered(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await in_history(stage, job, status="COMPLETED")
    await stage.finishes()
    done = await stage.drive(job)
    assert done.state is State.DELIVERED
    assert await stage.submits() == 0


async def test_a_run_that_failed_before_it_is_found_costs_nothing(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await in_history(stage, job, status="FAILED")
    failed = await stage.drive(job)
    assert (failed.state, await stage.spent(job)) == (State.FAILED, 0)


FAILED_BY_SEGMIND: dict[str, object] = {"error": "Internal server error"}


@pytest.mark.parametrize("lag", [139.0, 300.0, 840.0])
async def test_what_segmind_said_it_failed_at_and_shows_late_is_paid_once(stage: Stage, lag: float) -> None:
    await stage.segmind.configure(history_lag=lag)
    await stage.segmind.add_faults(
        {
            "kind": "answer",
            "operation": "submit",
            "when": "after",
            "status": 500,
            "body": FAILED_BY_SEGMIND,
            "count": 1,
        }
    )
    job = await stage.begin(State.WAITING)
    queued = await stage.drive_until(job, State.QUEUED)
    [request] = (await stage.segmind.state())["requests"]
    assert (queued.request_id, await stage.submits()) == (request["request_id"], 1)


async def repeats_after(stage: Stage) -> timedelta:
    """Have Segmind fail at a request, and tell how long it takes until that is sent again."""
    await stage.says("submit", (500, FAILED_BY_SEGMIND))
    job = await stage.drive_until(await stage.begin(State.WAITING), State.UNCONFIRMED)
    began = stage.clock.now()
    await stage.drive_until(job, State.QUEUED)
    assert await stage.submits() == 2
    return stage.clock.now() - began


async def test_what_segmind_failed_at_is_sent_again_late_where_the_history_shows_nothing_newer(stage: Stage) -> None:
    await stage.segmind.insert_request({"prompt": "an owl"}, age=30.0)
    assert QUIET_FOR < await repeats_after(stage) < QUIET_FOR + timedelta(minutes=3)


async def another_is_shown(stage: Stage, seconds: float) -> None:
    """Have the history show a request of another program that is so much newer than now."""
    created = stage.clock.now() + timedelta(seconds=seconds)
    await stage.segmind.insert_request({"prompt": "an owl"}, row={"model_created": created.isoformat()})


@pytest.mark.parametrize(("seconds", "is_newer"), [(75.0, True), (20.0, False), (100_000.0, False)])
async def test_what_segmind_failed_at_is_sent_again_once_a_newer_request_of_anybodys_is_shown(
    stage: Stage, seconds: float, *, is_newer: bool
) -> None:
    """One of the time in which the POST may have arrived proves nothing, nor does one of the day after tomorrow."""
    await another_is_shown(stage, seconds)
    took = await repeats_after(stage)
    assert took > 2 * (stage.engine.limits.submit_timeout + LATEST_ARRIVAL)
    assert (took < QUIET_FOR) is is_newer


async def test_where_segminds_clock_was_never_seen_nothing_counts_as_newer(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED, segmind_time=None, retry_at=stage.clock.now())
    await another_is_shown(stage, 75.0)
    began = stage.clock.now()
    await stage.drive_until(job, State.WAITING)
    assert stage.clock.now() - began > QUIET_FOR
