"""QUEUED and PROCESSING: a run is followed to its end through whatever its polls answer."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
import structlog.testing

from bot.database.engine import open_database
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.pacing.one_request import MOST_TRIES, OneRequest
from bot.jobs.states import State
from bot.jobs.steps.following import HISTORY_WAIT, TROUBLE_WAIT
from bot.segmind.budget import Claim, Rank
from tests.support.database import file_url
from tests.support.stage import COST, Stage

HTML = "<html><h1>Service unavailable</h1></html>"
PAUSES = [TROUBLE_WAIT, TROUBLE_WAIT * 2, TROUBLE_WAIT * 4, HISTORY_WAIT]
MODERATION = "The request was blocked by the content moderation (RAI) filter"


async def known(stage: Stage, state: State, **options: object) -> Job:
    """Save a job whose run stands in the history; with an age of more than an hour its record is gone."""
    job = await stage.begin(state)
    assert job.body is not None
    [request_id] = await stage.segmind.insert_request(job.body, **{"status": "PROCESSING", **options})
    return await stage.store.save(job.evolve(request_id=request_id))


@pytest.mark.parametrize(
    ("words", "states"),
    [
        (["QUEUED", "PROCESSING"], [State.PROCESSING]),
        (["PROCESSING", "QUEUED", "PROCESSING"], [State.PROCESSING, State.QUEUED, State.PROCESSING]),
        ([], []),
        (["processing", " Processing "], [State.PROCESSING]),
        (["SLEEPING", "", "PROCESSING", "RETRYING"], [State.PROCESSING]),
    ],
)
async def test_segminds_words_may_come_in_any_order_be_skipped_or_be_unknown(
    stage: Stage, words: list[str], states: list[State]
) -> None:
    job = await stage.begin(State.QUEUED)
    await stage.status_words(*words)
    await stage.finishes()
    done = await stage.drive(job)
    shown = [State.QUEUED, *states, State.COMPLETED, State.POSTING, State.DELIVERED]
    assert stage.cards.states(job.id) == shown
    assert await stage.spent(job) == done.cost_usd == COST


@pytest.mark.parametrize(
    ("status", "body"),
    [(500, {"error": "oops"}), (502, HTML), (503, HTML), (200, HTML), (200, {}), (429, {}), (401, {"error": "key"})],
)
async def test_a_poll_that_tells_nothing_is_asked_again(
    stage: Stage, status: int, body: str | Mapping[str, object]
) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.says("status", (status, body), (status, body))
    await stage.finishes()
    done = await stage.drive(job)
    assert done.state is State.DELIVERED


@pytest.mark.parametrize("kind", ["reset", "hang_up_midway"])
async def test_a_poll_whose_connection_breaks_is_asked_again(stage: Stage, kind: str) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.segmind.add_faults({"kind": kind, "operation": "status", "count": 2})
    await stage.finishes()
    assert (await stage.drive(job)).state is State.DELIVERED


async def test_polls_that_tell_nothing_are_one_line_and_another_when_it_is_over_and_their_pauses_grow(
    stage: Stage,
) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.says("status", *[(503, HTML)] * 30, *[(502, HTML)] * 10)
    await stage.finishes()
    with structlog.testing.capture_logs() as told:
        done = await stage.drive(job)
    assert done.state is State.DELIVERED
    polls = [(line["event"], line.get("error")) for line in told if line["event"].startswith("poll_")]
    assert polls == [("poll_failed", "HTTP 503"), ("poll_failed", "HTTP 502"), ("poll_answered", None)]
    assert [pause for pause in stage.clock.slept if pause in PAUSES][: len(PAUSES)] == PAUSES


async def test_a_result_that_cannot_be_had_at_first_is_asked_for_again(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.says("result", (502, HTML), (200, {"status": "PROCESSING"}), (200, {"status": "COMPLETED"}))
    await stage.status_words("COMPLETED", "COMPLETED", "COMPLETED")
    await stage.finishes()
    done = await stage.drive(job)
    assert (done.state, done.cost_usd) == (State.DELIVERED, COST)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("CUDA out of memory", ProblemCode.RUN_FAILED),
        (MODERATION, ProblemCode.MODERATED),
        ("Prompt is required and cannot be empty", ProblemCode.INPUTS),
        ("Insufficient credits. You have 0.0 credits.", ProblemCode.SERVICE),
    ],
)
@pytest.mark.parametrize("asked", ["status", "result"])
async def test_a_failed_run_costs_nothing_and_its_wording_tells_why(
    stage: Stage, asked: str, error: str, code: ProblemCode
) -> None:
    job = await stage.begin(State.PROCESSING)
    if asked == "result":
        await stage.status_words("COMPLETED")
    await stage.says(asked, (422, {"status": "FAILED", "error": error, "metrics": {}}))
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=code, detail=error)
    assert (failed.state, await stage.spent(job)) == (State.FAILED, 0)


@pytest.mark.parametrize("told_by", ["status", "result", "history"])
async def test_a_failed_run_for_which_segmind_names_a_cost_counts_at_that_cost(stage: Stage, told_by: str) -> None:
    if told_by == "history":
        job = await known(stage, State.PROCESSING, status="FAILED", age=4_000.0, row={"credits_deduction": 0.9})
    else:
        job = await stage.begin(State.PROCESSING)
        await stage.status_words(*(["COMPLETED"] if told_by == "result" else []))
        await stage.says(told_by, (422, {"status": "FAILED", "error": MODERATION, "metrics": {"cost": 0.9}}))
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert (failed.state, failed.problem.code) == (State.FAILED, ProblemCode.MODERATED)
    assert await stage.spent(job) == failed.cost_usd == Decimal("0.9")
    assert failed.counts


async def test_a_run_whose_record_is_gone_is_completed_by_the_history(stage: Stage) -> None:
    job = await known(stage, State.PROCESSING, status="COMPLETED", age=4_000.0, cost=2.1)
    stage.files.troubles.append(404)
    done = await stage.drive(job)
    assert done.cost_usd == Decimal("2.1")
    assert await stage.spent(job) == Decimal("2.1")
    assert done.output_url is not None
    assert done.completed_at is not None
    assert job.created_at - done.completed_at > timedelta(minutes=50)


async def test_a_run_that_failed_while_nobody_looked_is_told_by_the_history_why_included(stage: Stage) -> None:
    job = await known(stage, State.PROCESSING, status="FAILED", age=4_000.0)
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.MODERATED
    assert await stage.spent(job) == 0


async def test_a_run_that_the_history_shows_pending_is_waited_for_a_day_at_the_most(stage: Stage) -> None:
    job = await known(stage, State.PROCESSING, age=4_000.0)
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.RECORD_GONE)
    assert timedelta(hours=24) < failed.state_since - job.created_at < timedelta(hours=25)


async def test_a_failed_run_has_no_video_whatever_address_the_history_names(stage: Stage) -> None:
    named = {"generation_url": stage.files.url("/video.mp4")}
    job = await known(stage, State.PROCESSING, status="FAILED", age=4_000.0, row=named)
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert (failed.state, failed.problem.code) == (State.FAILED, ProblemCode.MODERATED)
    assert await stage.spent(job) == 0


@pytest.mark.parametrize(
    ("word", "waits"),
    [("PENDING", True), ("queued", True), ("PROCESSING", True), ("COMPLETED", False), ("DONE", False), ("", False)],
)
async def test_an_address_in_the_history_is_a_video_once_the_run_no_longer_goes_on(
    stage: Stage, word: str, waits: bool
) -> None:
    row = {"generation_url": stage.files.url("/video.mp4"), "model_status": word}
    job = await known(stage, State.PROCESSING, age=4_000.0, row=row)
    done = await stage.drive(job)
    # After a day in which its end was not told, the address is tried all the same: its video is paid for.
    assert (done.state, done.state_since - job.created_at > timedelta(hours=24)) == (State.DELIVERED, waits)


async def test_the_file_of_a_run_that_the_history_tells_of_may_come_late_however_old_the_run(stage: Stage) -> None:
    row = {"generation_url": stage.files.url("/video.mp4")}
    job = await known(stage, State.PROCESSING, status="COMPLETED", age=4_000.0, row=row)
    stage.files.troubles.extend([404] * 3)
    assert (await stage.drive(job)).state is State.DELIVERED


async def test_a_request_that_neither_record_nor_history_knows_is_given_up(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.RECORD_GONE)
    assert failed.state is State.FAILED
    assert failed.state_since - job.created_at >= timedelta(hours=1), "its record may only show late"
    assert await stage.spent(job) == job.reserved_usd, "it was accepted, so it may have been charged"


async def test_a_request_that_record_and_history_show_late_is_followed_to_its_end(stage: Stage) -> None:
    job = await stage.begin(State.QUEUED)
    await stage.says("status", (404, {"error": f"Request {job.request_id} not found"}))
    await stage.finishes()
    done = await stage.drive(job)
    assert (done.state, done.cost_usd) == (State.DELIVERED, COST)


REFUSED = [(401, {"error": "Unauthorized. API key is invalid or may have expired..."}), (429, {}), (404, HTML)]


@pytest.mark.parametrize(("status", "body"), [(503, {"error": "down"}), *REFUSED])
@pytest.mark.parametrize("operation", ["status", "history", "any"])
async def test_what_cannot_be_read_is_never_taken_for_absent_however_old_the_run(
    stage: Stage, operation: str, status: int, body: str | dict[str, object]
) -> None:
    job = await known(stage, State.PROCESSING, status="COMPLETED", age=25 * 3_600.0, cost=2.1)
    job = await stage.store.save(job.evolve(submitted_at=stage.clock.now() - timedelta(hours=25)))
    operations = ("status", "history") if operation == "any" else (operation,)
    for each in operations:
        await stage.segmind.add_faults(
            {"kind": "answer", "operation": each, "status": status, "body": body, "count": 40}
        )
    done = await stage.drive(job)
    assert done.completed_at is not None
    assert done.cost_usd == Decimal("2.1")


async def test_a_run_that_nobody_tells_of_is_followed_on_until_somebody_does(stage: Stage) -> None:
    job = await known(stage, State.PROCESSING)
    for operation in ("status", "history"):
        await stage.segmind.add_faults(
            {"kind": "answer", "operation": operation, "status": 401, "body": {"error": "invalid"}}
        )
    driver = stage.start(job)
    while stage.clock.now() - job.created_at < timedelta(hours=26):
        await stage.clock.asleep()
        stage.clock.advance(600.0)
    assert not driver.done()
    assert (await stage.saved(job)).state is State.PROCESSING


async def test_a_request_that_only_the_history_denies_is_not_lost(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING, submitted_at=stage.clock.now() - timedelta(hours=25))
    await stage.segmind.add_faults({"kind": "answer", "operation": "status", "status": 503, "body": {"error": "down"}})
    driver = stage.start(job)
    for _ in range(10):
        await stage.clock.asleep()
        stage.clock.advance(600.0)
    assert not driver.done()
    await stage.segmind.clear_faults()
    await stage.clock.pass_until(driver)
    assert driver.result().problem == Problem(code=ProblemCode.RECORD_GONE)


async def test_a_history_that_cannot_be_read_when_the_record_is_gone_is_asked_again(stage: Stage) -> None:
    job = await known(stage, State.PROCESSING, status="FAILED", age=4_000.0)
    await stage.says("history", (502, HTML), (500, {"error": "oops"}), (401, {"error": "invalid"}))
    assert (await stage.drive(job)).state is State.FAILED


async def test_a_clock_set_back_while_a_run_is_followed_breaks_nothing(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    stage.clock.set_back(timedelta(hours=5))
    await stage.status_words("PROCESSING")
    await stage.finishes()
    assert (await stage.drive(job)).state is State.DELIVERED


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=40)])
async def test_a_clock_that_jumps_ahead_makes_no_missing_record_final(stage: Stage, ahead: timedelta) -> None:
    job = await stage.begin(State.QUEUED)
    stage.clock.set_back(-ahead)
    unknown = (404, {"error": f"Request {job.request_id} not found"})
    await stage.says("status", unknown, unknown, unknown)
    await stage.says("history", unknown, (502, HTML), unknown)
    await stage.finishes()
    assert (await stage.drive(job)).state is State.DELIVERED


async def test_polls_of_one_run_keep_their_distance(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.status_words(*["PROCESSING"] * 5)
    await stage.finishes()
    began = stage.clock.monotonic()
    await stage.drive(job)
    assert stage.clock.monotonic() - began >= 5 * 2.0


async def test_a_run_that_failed_without_a_word_in_the_history_ends_all_the_same(stage: Stage) -> None:
    job = await known(stage, State.PROCESSING, status="FAILED", age=4_000.0, row={"error": None})
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.RUN_FAILED)
    assert await stage.spent(job) == 0


# --- one request for status and result ----------------------------------------------------------------------------


async def asked(stage: Stage) -> tuple[int, int]:
    """Count the requests for a status, and for a result."""
    operations = (await stage.segmind.state())["operations"]
    return operations.get("status", 0), operations.get("result", 0)


async def follow_to_the_end(stage: Stage, one_request: OneRequest) -> tuple[int, int]:
    """Have a run of some minutes followed; return how often its status and its result were asked for."""
    stage.engine = replace(stage.engine, one_request=one_request)
    before = await asked(stage)
    await stage.segmind.configure(speed=1, queue_seconds=30.0, run_seconds=100.0, sigma=0.0)
    job = await stage.begin(State.WAITING)
    done = await stage.drive(job)
    assert (done.state, done.cost_usd) == (State.DELIVERED, Decimal("1.35"))
    after = await asked(stage)
    return after[0] - before[0], after[1] - before[1]


async def test_where_a_result_tells_the_status_each_poll_brings_both_from_the_first_run_on(
    stage: Stage, tmp_path: Path
) -> None:
    await stage.segmind.configure(early_result="status")
    async with open_database(file_url(tmp_path)) as database:
        one_request = OneRequest(database)
        assert await one_request.serves() is None
        assert (await follow_to_the_end(stage, one_request))[0] == 1
        assert await OneRequest(database).serves() is True  # after a restart
        statuses, results = await follow_to_the_end(stage, OneRequest(database))
        assert statuses == 0
        assert results > 1


async def test_where_an_early_result_is_refused_it_is_asked_for_early_once(stage: Stage, tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as database:
        statuses, results = await follow_to_the_end(stage, OneRequest(database))
        assert statuses > 1
        assert results == 2
        assert await OneRequest(database).serves() is False
        assert (await follow_to_the_end(stage, OneRequest(database)))[1] == 1


async def test_where_no_answer_tells_it_is_tried_out_a_few_times(stage: Stage, tmp_path: Path) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.says("status", *[(200, {"status": "PROCESSING", "request_id": job.request_id})] * 9)
    await stage.says("result", *[(503, HTML)] * 99)
    claim = Claim(rank=Rank.POLL)
    async with open_database(file_url(tmp_path)) as database:
        one_request = OneRequest(database)
        tries: list[int] = []
        for _ in range(9):
            looking = asyncio.ensure_future(
                one_request.look(stage.engine.segmind, job.request_id or "", claim, stage.clock.now())
            )
            await stage.clock.pass_until(looking)
            tries.append((await asked(stage))[1])
        assert tries[0] > 0
        assert tries[MOST_TRIES - 1 :] == [tries[MOST_TRIES - 1]] * (9 - MOST_TRIES + 1)
        assert await one_request.serves() is None


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (409, {"error": "not finished"}),
        (404, {"error": "Request r not found"}),
        (200, {"status": "SLEEPING"}),
        (200, HTML),
    ],
)
async def test_an_odd_answer_ends_it_and_loses_nothing(
    stage: Stage, tmp_path: Path, status: int, body: str | Mapping[str, object]
) -> None:
    await stage.segmind.configure(early_result="status")
    async with open_database(file_url(tmp_path)) as database:
        await OneRequest(database).found(stage.clock.now(), serves=True)
        await stage.says("result", (status, body))
        statuses, _results = await follow_to_the_end(stage, OneRequest(database))
        assert statuses > 1
        assert await OneRequest(database).serves() is False
        assert (await asked(stage))[1] == 2


async def test_an_outage_says_nothing_about_it(stage: Stage, tmp_path: Path) -> None:
    await stage.segmind.configure(early_result="status")
    async with open_database(file_url(tmp_path)) as database:
        await OneRequest(database).found(stage.clock.now(), serves=True)
        await stage.says("result", (503, HTML), (429, {}))
        assert (await follow_to_the_end(stage, OneRequest(database)))[0] == 0
        assert await OneRequest(database).serves() is True
