"""WAITING and SUBMITTING: the paid request leaves at most once, whatever is answered."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear, PortError, Seen
from bot.jobs.states import State
from bot.jobs.steps import submitting
from bot.jobs.steps.settling import MOST_REPEATS
from bot.segmind.budget import Rank
from bot.segmind.client import Timeouts
from tests.support.stage import Stage, open_stage

HTML = "<html><h1>Bad gateway</h1></html>"


async def test_the_intent_is_saved_with_the_exact_body_before_the_request_leaves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "STOP_GRACE", 0.05)
    await stage.segmind.add_faults({"kind": "stall", "operation": "submit"})
    job = await stage.begin(State.WAITING)
    stage.start(job)
    await stage.submits_reach(1)
    intent = await stage.saved(job)
    assert intent.state is State.SUBMITTING
    assert intent.submitted_at == stage.clock.now()
    assert intent.body == {
        "prompt": "a fox",
        "image_urls": [stage.files.url("/fox.png")],
        "duration": 5,
        "aspect_ratio": "16:9",
    }


async def test_an_accepted_request_is_saved_with_its_id(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    queued = await stage.drive_until(job, State.QUEUED)
    [request] = (await stage.segmind.state())["requests"]
    assert queued.request_id == request["request_id"]
    assert queued.body == request["body"]


@pytest.mark.parametrize("status", [500, 503])
async def test_after_an_error_of_segminds_own_the_history_is_read_and_what_it_lacks_is_sent_again(
    stage: Stage, status: int
) -> None:
    await stage.says("submit", (status, {"error": "try later"}), (status, {"error": "try later"}))
    job = await stage.begin(State.WAITING)
    queued = await stage.drive_until(job, State.QUEUED)
    assert stage.cards.states(job.id) == [
        *[State.SUBMITTING, State.UNCONFIRMED, State.WAITING] * 2,
        State.SUBMITTING,
        State.QUEUED,
    ]
    assert queued.submit_attempts == await stage.submits() == 3
    assert queued.retry_at is None
    assert (await stage.segmind.state())["operations"]["history"] > 2


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, {"error": "Internal server error"}),
        (503, {"error": "Service unavailable"}),
        (500, HTML),
        (408, {"error": "Request timeout"}),
        (409, {"error": "Conflict"}),
        (403, HTML),
        (413, HTML),
        (404, HTML),
        (400, {"detail": "Bad request"}),
    ],
)
async def test_whatever_is_answered_after_a_request_was_taken_it_is_paid_once_and_followed(
    stage: Stage, status: int, body: str | dict[str, object]
) -> None:
    await stage.segmind.configure(history_lag=20.0)
    await stage.segmind.add_faults(
        {"kind": "answer", "operation": "submit", "when": "after", "status": status, "body": body, "count": 1}
    )
    await is_found_in_the_history(stage)


async def is_found_in_the_history(stage: Stage) -> None:
    """See a job submitted whose answer is unclear, and its one request found."""
    job = await stage.begin(State.WAITING)
    queued = await stage.drive_until(job, State.QUEUED)
    [request] = (await stage.segmind.state())["requests"]
    assert queued.request_id == request["request_id"]
    assert stage.cards.states(job.id) == [State.SUBMITTING, State.UNCONFIRMED, State.QUEUED]
    assert await stage.submits() == 1


async def test_a_request_taken_back_while_the_history_is_read_is_not_sent_again(stage: Stage) -> None:
    await stage.says("submit", (503, {"error": "try later"}))
    job = await stage.drive_until(await stage.begin(State.WAITING), State.UNCONFIRMED)
    await stage.control.cancel(job.id)
    ended = await stage.drive(await stage.saved(job))
    assert (ended.state, await stage.spent(job), await stage.submits()) == (State.CANCELLED, 0, 1)


async def test_a_429_is_waited_out_until_the_time_it_names(stage: Stage) -> None:
    reset = stage.clock.now() + timedelta(seconds=33)
    await stage.segmind.add_faults(
        {
            "kind": "answer",
            "operation": "submit",
            "status": 429,
            "headers": {"x-rate-limit-reset-at-utc": reset.isoformat()},
            "count": 1,
        }
    )
    job = await stage.begin(State.WAITING)
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.submitted_at is not None
    # Counted from Segmind's own clock, whose Date may be some seconds further by then.
    assert queued.submitted_at > job.created_at + timedelta(seconds=20)
    assert len(stage.budget.resets) == 1


async def test_a_service_that_fails_at_every_request_is_given_up_after_an_hour_or_so(stage: Stage) -> None:
    await stage.segmind.add_faults({"kind": "answer", "operation": "submit", "status": 503})
    job = await stage.begin(State.WAITING)
    failed = await stage.drive(job)
    assert failed.state is State.FAILED
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.UNREACHABLE
    assert timedelta(minutes=60) < failed.state_since - job.created_at < timedelta(minutes=120)
    assert (await stage.submits(), await stage.spent(job)) == (MOST_REPEATS, 0)


async def test_a_service_that_takes_no_request_is_given_up_after_half_an_hour(stage: Stage) -> None:
    await stage.segmind.add_faults(
        {"kind": "answer", "operation": "submit", "status": 429, "body": {"error": "Rate limit exceeded"}}
    )
    job = await stage.begin(State.WAITING)
    failed = await stage.drive(job)
    assert (failed.state, failed.problem and failed.problem.code) == (State.FAILED, ProblemCode.UNREACHABLE)
    assert timedelta(minutes=20) < failed.state_since - job.created_at < timedelta(minutes=60)
    assert (await stage.submits(), await stage.spent(job)) == (submitting.MOST_ATTEMPTS, 0)


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, {"error": "Missing field: prompt"}, ProblemCode.INPUTS),
        (406, {"error": "Invalid content type"}, ProblemCode.INPUTS),
        (406, {"error": "Insufficient credits"}, ProblemCode.SERVICE),
        (406, {"error": "Team spend limit reached"}, ProblemCode.SERVICE),
        (401, {"error": "Unauthorized. API key is invalid or may have expired..."}, ProblemCode.SERVICE),
        (403, {"error": "Model not permitted"}, ProblemCode.SERVICE),
        (404, {"error": "Model not found"}, ProblemCode.SERVICE),
        (410, {"error": "Model retired"}, ProblemCode.SERVICE),
        (402, {"error": "Insufficient credits. You have 0.0 credits."}, ProblemCode.SERVICE),
        (400, {"error": "Not enough credits"}, ProblemCode.SERVICE),
        (400, {"error": "Prompt is too long"}, ProblemCode.REFUSED),
        (400, {"error": "The prompt violates our content policy"}, ProblemCode.MODERATED),
        (422, {"status": "FAILED", "error": "bad seed"}, ProblemCode.REFUSED),
        (422, {"status": "FAILED", "error": "blocked by the content policy"}, ProblemCode.MODERATED),
    ],
)
async def test_a_refusal_ends_the_job_with_nothing_spent(
    stage: Stage, status: int, body: str | Mapping[str, object], code: ProblemCode
) -> None:
    await stage.says("submit", (status, body))
    job = await stage.begin(State.WAITING)
    failed = await stage.drive(job)
    assert failed.state is State.FAILED
    assert failed.problem is not None
    assert failed.problem.code is code
    assert (await stage.submits(), await stage.spent(job)) == (1, 0)


async def test_a_refusal_that_names_a_cost_ends_the_job_at_that_cost(stage: Stage) -> None:
    await stage.says("submit", (422, {"status": "FAILED", "error": "bad seed", "metrics": {"cost": 0.9}}))
    job = await stage.begin(State.WAITING)
    failed = await stage.drive(job)
    assert failed.state is State.FAILED
    assert await stage.spent(job) == failed.cost_usd == Decimal("0.9")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, HTML),
        (502, HTML),
        (502, {"error": "Bad gateway"}),
        (503, HTML),
        (504, {"error": "Gateway timeout"}),
        (200, HTML),
        (200, {"status": "QUEUED"}),
        (405, HTML),
        (413, HTML),
        (408, {"error": "Request timeout"}),
    ],
)
async def test_an_unclear_answer_is_never_followed_by_a_second_request(
    stage: Stage, status: int, body: str | Mapping[str, object]
) -> None:
    await stage.says("submit", (status, body))
    job = await stage.begin(State.WAITING)
    failed = await stage.drive(job)
    assert stage.cards.states(job.id) == [State.SUBMITTING, State.UNCONFIRMED, State.FAILED]
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.NEVER_ARRIVED
    assert (await stage.submits(), await stage.spent(job)) == (1, 0)


@pytest.mark.parametrize("kind", ["reset", "hang_up_midway", "answer"])
async def test_a_request_accepted_without_a_clear_answer_is_found_in_the_history(stage: Stage, kind: str) -> None:
    await stage.segmind.add_faults(
        {"kind": kind, "operation": "submit", "when": "after", "status": 504, "body": HTML, "count": 1}
    )
    await is_found_in_the_history(stage)


async def test_a_request_reset_before_it_was_accepted_is_not_repeated(stage: Stage) -> None:
    await stage.segmind.add_faults({"kind": "reset", "operation": "submit", "count": 1})
    job = await stage.begin(State.WAITING)
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.NEVER_ARRIVED
    assert await stage.submits() == 1


async def test_an_answer_that_takes_too_long_leaves_the_outcome_open(tmp_path: Path) -> None:
    async with open_stage(tmp_path, timeouts=Timeouts(submit=0.2)) as stage:
        await stage.segmind.add_faults({"kind": "stall", "operation": "submit", "when": "after", "count": 1})
        job = await stage.begin(State.WAITING)
        queued = await stage.drive_until(job, State.QUEUED)
        assert stage.cards.states(job.id) == [State.SUBMITTING, State.UNCONFIRMED, State.QUEUED]
        [request] = (await stage.segmind.state())["requests"]
        assert queued.request_id == request["request_id"]


async def test_a_driver_frozen_after_the_intent_finds_itself_too_late_and_sends_nothing(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    frozen = False

    def freeze(shown: object) -> None:
        nonlocal frozen
        if not frozen:
            frozen = True
            stage.clock.advance(submitting.SEND_WITHIN + 0.1)

    stage.cards.on_change = freeze
    queued = await stage.drive_until(job, State.QUEUED)
    assert stage.cards.states(job.id)[:3] == [State.SUBMITTING, State.WAITING, State.SUBMITTING]
    assert (queued.submit_attempts, await stage.submits()) == (2, 1)


async def test_a_driver_that_is_too_late_again_and_again_blames_no_one_and_submits_when_it_can(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    freezes = iter(range(2 * submitting.MOST_ATTEMPTS))

    def freeze(shown: object) -> None:
        if next(freezes, None) is not None:
            stage.clock.advance(submitting.SEND_WITHIN + 0.1)

    stage.cards.on_change = freeze
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.submit_attempts > submitting.MOST_ATTEMPTS
    assert await stage.submits() == 1


@pytest.mark.parametrize(
    ("trouble", "code"), [(CardGone(), ProblemCode.CARD_GONE), (ChannelClosed(), ProblemCode.CHANNEL)]
)
async def test_a_card_that_went_while_the_job_waited_stops_it_before_it_is_paid(
    stage: Stage, trouble: PortError, code: ProblemCode
) -> None:
    job = await stage.begin(State.WAITING)
    stage.clock.advance(3_600)
    stage.cards.troubles.append(trouble)
    failed = await stage.drive(job)
    assert failed.problem is not None
    assert failed.problem.code is code
    assert (await stage.submits(), await stage.spent(job)) == (0, 0)


async def test_a_job_that_waited_long_submits_fresh_addresses_of_the_cards_own_copies(stage: Stage) -> None:
    job = await stage.begin(State.PREPARING)
    await stage.drive_until(job, State.WAITING)
    stage.clock.advance(3_600)
    stage.cards.urls = {"image1.png": stage.files.url("/video.mp4?ex=fresh")}
    stage.cards.troubles.append(OutcomeUnclear("503"))
    queued = await stage.drive_until(await stage.saved(job), State.QUEUED)
    assert queued.body is not None
    assert queued.body["image_urls"] == [stage.files.url("/video.mp4?ex=fresh")]


async def test_a_copy_that_the_card_has_lost_is_made_anew_in_segminds_storage_once(stage: Stage) -> None:
    job = await stage.begin(State.PREPARING, images=2)
    await stage.drive_until(job, State.WAITING)
    stage.clock.advance(3_600)
    stage.cards.urls = {"image1.png": stage.files.url("/video.mp4?ex=fresh")}
    await stage.says("submit", (503, {"error": "later"}))
    queued = await stage.drive_until(await stage.saved(job), State.QUEUED)
    assert queued.body is not None
    urls: Any = queued.body["image_urls"]
    first, second = urls
    assert first == stage.files.url("/video.mp4?ex=fresh")
    assert "/assets/" in second
    assert queued.request.references[1].lasting_url == second
    assert (await stage.segmind.state())["operations"]["upload"] == 1


async def test_where_no_copy_of_an_image_is_left_its_member_is_asked_for_it(stage: Stage) -> None:
    job = await stage.begin(State.WAITING, images=2)
    del stage.cards.urls["image2.png"]
    del stage.files.files["/fox.png"]
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.IMAGE, detail="gone", image=2)
    assert (await stage.submits(), await stage.spent(job)) == (0, 0)


async def test_a_second_job_with_an_equal_body_waits_until_the_first_is_settled(stage: Stage) -> None:
    await stage.begin(State.UNCONFIRMED)
    second = await stage.begin(State.WAITING)
    driver = stage.start(second)
    await stage.clock.asleep()
    assert (await stage.saved(second)).state is State.WAITING
    assert await stage.submits() == 0
    assert stage.budget.taken == [], "what is not sent is not taken from the polls"
    [first] = await stage.store.in_states([State.UNCONFIRMED])
    await stage.store.save(first.move(State.FAILED, stage.clock.now()))
    arrived = asyncio.create_task(stage.cards.wait_for(second.id, State.QUEUED))
    await stage.clock.pass_until(arrived)
    assert not driver.done()
    assert await stage.submits() == 1


async def test_a_paid_request_that_breaks_in_no_known_way_leaves_its_outcome_open(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit = stage.engine.segmind.submit

    async def breaks(*arguments: Any, **options: Any) -> None:
        await submit(*arguments, **options)
        raise LookupError("a bug")

    monkeypatch.setattr(stage.engine.segmind, "submit", breaks)
    await is_found_in_the_history(stage)


@pytest.mark.parametrize(("slow", "turns"), [(0.5, 1), (1.5, 2)])
async def test_a_turn_that_discord_held_up_is_taken_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, slow: float, turns: int
) -> None:
    async def seen(_job: Job) -> Seen:
        stage.clock.advance(slow)
        return Seen()

    monkeypatch.setattr(stage.moderators, "seen", seen)
    await stage.drive_until(await stage.begin(State.WAITING), State.QUEUED)
    assert stage.budget.taken.count(Rank.SUBMIT) == turns
