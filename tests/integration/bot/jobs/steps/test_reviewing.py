"""HELD and REVIEW: what waits for a moderator, and what becomes of it."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bot.jobs.clock import STEADY_FOR
from bot.jobs.decisions import Decided
from bot.jobs.model import Handling, Job, ProblemCode, ReviewMode
from bot.jobs.ports import ChannelClosed, OutcomeUnclear, ReviewPart
from bot.jobs.states import State
from bot.jobs.steps.reviewing import keep_reviewing, see_to_reviews
from bot.jobs.storage.records import DecisionStore
from tests.support.clock import PATIENCE
from tests.support.drawings import drawing, encoded, print_of
from tests.support.stage import COST, Stage

REQUEST, VIDEO = ReviewPart.REQUEST, ReviewPart.VIDEO


async def begin(stage: Stage, mode: ReviewMode, state: State = State.PREPARING, **facts: Any) -> Job:
    return await stage.begin(state, handling=Handling(review=mode, review_hours=6), **facts)


async def held(stage: Stage) -> Job:
    return await stage.drive(await begin(stage, ReviewMode.BEFORE_SPENDING, images=2))


async def approved(stage: Stage, job: Job) -> Job:
    state = State.PREPARING if job.state is State.HELD else State.POSTING
    changes: dict[str, Any] = {} if state is State.PREPARING else {"post_attempts": 1}
    return await stage.store.save(job.move(state, stage.clock.now(), approved=True, **changes))


async def test_a_request_is_shown_to_moderators_with_its_pictures_before_anything_is_spent(stage: Stage) -> None:
    job = await held(stage)
    assert job.state is State.HELD
    assert stage.moderators.shown == [(REQUEST, job.id, ("image1", "image2"))]
    assert stage.cards.attached == []
    assert await stage.submits() == 0


async def test_a_picture_that_is_broken_bothers_no_moderator(stage: Stage) -> None:
    stage.files.files["/fox.png"] = b"no picture"
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_SPENDING))
    assert job.state is State.FAILED
    assert stage.moderators.shown == []


async def test_an_approved_request_uses_the_pictures_that_were_looked_at(stage: Stage) -> None:
    """The uploads of a command are gone long before a moderator comes."""
    job = await held(stage)
    del stage.files.files["/fox.png"]
    going_on = await stage.drive_until(await approved(stage, job), State.WAITING)
    assert going_on.state is State.WAITING
    assert stage.cards.attached == [(job.id, ("image1.png", "image2.png"))]


async def test_on_another_machine_they_come_from_the_moderators_message(stage: Stage) -> None:
    job = await held(stage)
    await stage.engine.kept.forget(job.id)
    stage.files.files["/kept.png"] = stage.files.files.pop("/fox.png")
    stage.moderators.hosted = {name: stage.files.url("/kept.png") for name in ("image1", "image2")}
    going_on = await stage.drive_until(await approved(stage, job), State.WAITING)
    assert going_on.state is State.WAITING


async def test_where_they_are_nowhere_any_more_nothing_is_spent(stage: Stage) -> None:
    job = await held(stage)
    await stage.engine.kept.forget(job.id)
    stage.files.files.clear()
    failed = await stage.drive(await approved(stage, job))
    assert failed.problem is not None
    assert (failed.state, failed.problem.code) == (State.FAILED, ProblemCode.IMAGE)
    assert await stage.spent(job) == 0


@pytest.mark.parametrize("trouble", [ChannelClosed("50001"), OutcomeUnclear("503")])
async def test_what_moderators_could_not_be_shown_is_shown_by_the_sweep(stage: Stage, trouble: Any) -> None:
    stage.moderators.troubles.append(trouble)
    job = await held(stage)
    assert job.state is State.HELD
    assert stage.moderators.shown == []
    stage.moderators.unseen = frozenset({REQUEST})
    await see_to_reviews(stage.engine)
    assert stage.moderators.shown == [(REQUEST, job.id, ("image1", "image2"))]


async def test_whoever_wants_what_waits_looked_at_waits_for_no_sweep(stage: Stage) -> None:
    async def resumed() -> None:
        return

    job = await held(stage)
    sweeping = asyncio.create_task(keep_reviewing(stage.engine, resumed))
    try:
        async with asyncio.timeout(PATIENCE):
            await stage.moderators.sweeps.acquire()
            stage.moderators.unseen = frozenset({REQUEST})
            stage.moderators.want.set()
            await stage.moderators.sweeps.acquire()
    finally:
        sweeping.cancel()
    assert stage.moderators.shown[1:] == [(REQUEST, job.id, ("image1", "image2"))]


async def test_that_their_channel_is_closed_is_told_and_the_job_waits_on(stage: Stage) -> None:
    job = await held(stage)
    stage.moderators.unseen = frozenset({REQUEST})
    stage.moderators.troubles.append(ChannelClosed("10003"))
    await see_to_reviews(stage.engine)
    assert stage.moderators.told == [(job.id, "10003")]
    assert (await stage.saved(job)).state is State.HELD


async def test_a_review_that_breaks_is_logged_and_keeps_no_other_waiting(stage: Stage) -> None:
    first, second = await held(stage), await held(stage)
    stage.moderators.shown.clear()
    stage.moderators.unseen = frozenset({REQUEST})
    stage.moderators.troubles.append(cast("Any", LookupError("a fault of ours")))
    with capture_logs() as logged:
        await see_to_reviews(stage.engine)
    [broken] = [entry["job"] for entry in logged if entry["event"] == "sweep_broke"]
    assert {broken, *(job for _, job, _ in stage.moderators.shown)} == {first.id, second.id}


async def test_what_another_process_sees_to_is_left_alone(stage: Stage) -> None:
    await held(stage)
    stage.moderators.claims = False
    stage.moderators.unseen = frozenset({REQUEST})
    await see_to_reviews(stage.engine)
    assert len(stage.moderators.shown) == 1


async def test_a_request_nobody_looked_at_in_time_is_rejected_and_released(stage: Stage) -> None:
    job = await held(stage)
    stage.clock.advance(timedelta(hours=6).total_seconds() - 1)
    await see_to_reviews(stage.engine)
    assert (await stage.saved(job)).state is State.HELD
    stage.clock.advance(1)
    await stage.end_reviews()
    over = await stage.saved(job)
    assert over.problem is not None
    assert (over.state, over.problem.code) == (State.REJECTED, ProblemCode.REVIEW_OVER)
    assert await stage.spent(job) == 0
    assert stage.moderators.settled == [job.id]
    [decision] = await DecisionStore(stage.store.engine).of_job(job.id)
    assert (decision.kind, decision.by_id) == (Decided.REJECTED, None)


async def test_the_files_of_what_no_longer_waits_are_forgotten(stage: Stage) -> None:
    job = await held(stage)
    assert await stage.engine.kept.jobs() == [job.id]
    await stage.store.save(job.move(State.CANCELLED, stage.clock.now()))
    await see_to_reviews(stage.engine)
    assert await stage.engine.kept.jobs() == []


async def test_before_posting_the_request_goes_on_with_its_pictures_where_moderators_see_them(stage: Stage) -> None:
    job = await stage.drive_until(await begin(stage, ReviewMode.BEFORE_POSTING), State.WAITING)
    assert job.state is State.WAITING
    assert stage.moderators.shown == [(REQUEST, job.id, ("image1",))]
    assert stage.cards.attached == []
    assert [each.card_name for each in job.request.references] == [None]


async def test_where_no_moderator_could_ever_see_the_video_nothing_is_spent(stage: Stage) -> None:
    stage.moderators.troubles.append(ChannelClosed("no review channel is chosen"))
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_POSTING))
    assert job.problem is not None
    assert (job.state, job.problem.code) == (State.FAILED, ProblemCode.REVIEW_CLOSED)
    assert await stage.spent(job) == 0
    assert stage.moderators.told == [(job.id, "no review channel is chosen")]


async def test_a_finished_video_is_shown_to_moderators_and_posted_nowhere(stage: Stage) -> None:
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_POSTING, State.COMPLETED))
    assert job.state is State.REVIEW
    assert stage.moderators.shown == [(VIDEO, job.id, ("image1",))]
    assert stage.posts.attempts == 0


async def test_an_approved_video_is_posted_and_its_card_gets_the_pictures(stage: Stage) -> None:
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_POSTING, State.COMPLETED))
    stage.moderators.hosted = {"image1": stage.files.url("/fox.png")}
    done = await stage.drive(await approved(stage, job))
    assert done.state is State.DELIVERED
    assert [each.card_name for each in done.request.references] == ["image1.png"]
    assert stage.posts.attempts == 1


async def test_an_approved_video_is_posted_also_where_its_pictures_are_gone(stage: Stage) -> None:
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_POSTING, State.COMPLETED))
    del stage.files.files["/fox.png"]
    done = await stage.drive(await approved(stage, job))
    assert done.state is State.DELIVERED


async def test_a_video_nobody_looked_at_in_time_is_withheld_and_stays_charged(stage: Stage) -> None:
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_POSTING, State.COMPLETED))
    stage.clock.advance(timedelta(hours=6).total_seconds())
    await stage.end_reviews()
    assert (await stage.saved(job)).state is State.WITHHELD
    assert await stage.spent(job) == COST


async def test_a_video_sent_again_days_after_it_was_made_waits_no_longer_than_its_file_is_there(stage: Stage) -> None:
    made = stage.clock.now() - timedelta(days=6, hours=21)
    asked = await begin(stage, ReviewMode.OFF, State.UNDELIVERED, completed_at=made)
    waiting = await stage.control.send_again(asked.id, 20, Handling(review=ReviewMode.BEFORE_POSTING))
    stage.clock.advance(timedelta(minutes=30).total_seconds())
    await stage.end_reviews()
    assert (await stage.saved(waiting)).state is State.REVIEW
    stage.clock.advance(timedelta(minutes=30).total_seconds())
    await stage.end_reviews()
    ended = await stage.saved(waiting)
    assert ended.output_ends_at is not None
    assert ended.state is State.WITHHELD
    assert ended.state_since < ended.output_ends_at


async def test_the_sweep_shows_a_video_anew_and_is_not_held_up_by_one_that_cannot_be_fetched(stage: Stage) -> None:
    job = await stage.drive(await begin(stage, ReviewMode.BEFORE_POSTING, State.COMPLETED))
    stage.moderators.unseen = frozenset({VIDEO})
    stage.files.troubles.append(500)
    await see_to_reviews(stage.engine)
    assert len(stage.moderators.shown) == 1
    await see_to_reviews(stage.engine)
    assert stage.moderators.shown[1:] == [(VIDEO, job.id, ("image1",))]


async def test_of_what_was_not_reviewed_where_it_was_asked_for_moderators_see_the_pictures_of_the_card(
    stage: Stage,
) -> None:
    asked = await begin(stage, ReviewMode.OFF, State.UNDELIVERED, images=2)
    shown = tuple(replace(each, card_name=f"on-card-{each.filename}") for each in asked.request.references)
    job = await stage.store.save(asked.evolve(references=shown))
    stage.files.files["/card.png"] = stage.files.files.pop("/fox.png")
    stage.cards.urls = {each.card_name or "": stage.files.url("/card.png") for each in shown}
    stage.moderators.unseen = frozenset({REQUEST})
    await stage.control.send_again(job.id, 20, Handling(review=ReviewMode.BEFORE_POSTING))
    assert stage.moderators.looked_at_anew == [job.request.guild_id]
    await see_to_reviews(stage.engine)
    assert stage.moderators.shown == [(REQUEST, job.id, ("image1", "image2"))]


async def test_what_was_approved_before_spending_is_not_looked_at_again(stage: Stage) -> None:
    job = await begin(stage, ReviewMode.BEFORE_SPENDING, State.COMPLETED, approved=True)
    assert (await stage.drive(job)).state is State.DELIVERED
    assert stage.moderators.settled == [job.id]  # its images are on its card by now


async def test_a_picture_that_moderators_blocked_is_refused_before_money_is_spent(stage: Stage) -> None:
    stage.files.files["/fox.png"] = encoded(drawing(1), "JPEG", quality=90)
    stage.moderators.blocked_prints.add(print_of(drawing(1)))
    job = await stage.drive(await stage.begin())
    assert job.problem is not None
    assert (job.state, job.problem.code, job.problem.image) == (State.FAILED, ProblemCode.BLOCKED_IMAGE, 1)
    assert await stage.spent(job) == 0


async def test_what_the_pictures_show_is_kept_with_the_job(stage: Stage) -> None:
    stage.files.files["/fox.png"] = encoded(drawing(1))
    job = await stage.drive_until(await stage.begin(), State.WAITING)
    [reference] = job.request.references
    assert reference.fingerprint == print_of(drawing(1))


async def test_who_is_blocked_meanwhile_has_nothing_made(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    stage.moderators.blocked.add(job.request.member_id)
    rejected = await stage.drive(job)
    assert rejected.state is State.REJECTED
    assert await stage.spent(job) == 0
    assert await stage.submits() == 0


@pytest.mark.parametrize("objection", [ProblemCode.LEFT, ProblemCode.BLOCKED])
async def test_the_video_of_who_left_or_was_blocked_is_withheld(stage: Stage, objection: ProblemCode) -> None:
    stage.moderators.objections.append(objection)
    job = await stage.drive(await stage.begin(State.COMPLETED))
    assert job.problem is not None
    assert (job.state, job.problem.code) == (State.WITHHELD, objection)
    assert stage.moderators.told == [(job.id, objection)]
    assert stage.posts.attempts == 0
    [decision] = await DecisionStore(stage.store.engine).of_job(job.id)
    assert (decision.kind, decision.reason) == (Decided.WITHHELD, objection)


@pytest.mark.parametrize("objection", [ProblemCode.TIMED_OUT, ProblemCode.NOT_ALLOWED])
async def test_the_video_of_who_may_not_now_is_kept_for_them(stage: Stage, objection: ProblemCode) -> None:
    stage.moderators.objections.append(objection)
    job = await stage.drive(await stage.begin(State.COMPLETED))
    assert job.problem is not None
    assert (job.state, job.problem.code) == (State.UNDELIVERED, objection)
    assert stage.posts.attempts == 0


async def test_a_post_that_is_not_there_yet_is_looked_at_again_after_a_restart(stage: Stage) -> None:
    stage.moderators.objections.append(ProblemCode.BLOCKED)
    job = await stage.drive(await stage.begin(State.POSTING))
    assert job.state is State.UNDELIVERED
    assert stage.posts.attempts == 0


async def test_a_spoiler_stays_one(stage: Stage) -> None:
    job = await begin(stage, ReviewMode.BEFORE_SPENDING)
    handling = replace(job.request.handling, spoiler=True)
    saved = await stage.store.save(job.evolve(handling=handling))
    assert (await stage.saved(saved)).request.handling == handling


@pytest.mark.parametrize("mode", [ReviewMode.BEFORE_SPENDING, ReviewMode.BEFORE_POSTING])
async def test_a_clock_that_jumps_ahead_for_one_sweep_ends_no_review(stage: Stage, mode: ReviewMode) -> None:
    state = State.HELD if mode is ReviewMode.BEFORE_SPENDING else State.REVIEW
    job = await begin(stage, mode, state, output_url=stage.files.url("/video.mp4"))
    stage.clock.set_back(-timedelta(days=2))
    await see_to_reviews(stage.engine)
    stage.clock.set_back(timedelta(days=2))
    stage.clock.advance(STEADY_FOR)
    await see_to_reviews(stage.engine)
    assert await stage.saved(job) == job


async def test_a_clock_that_jumps_ahead_again_and_again_ends_no_review(stage: Stage) -> None:
    """What was overdue once and then was not has to be overdue anew for as long."""
    job = await begin(stage, ReviewMode.BEFORE_SPENDING, State.HELD)
    for _ in range(3):
        stage.clock.set_back(-timedelta(days=2))
        await see_to_reviews(stage.engine)
        stage.clock.set_back(timedelta(days=2))
        stage.clock.advance(STEADY_FOR)
        await see_to_reviews(stage.engine)
    assert (await stage.saved(job)).state is State.HELD
