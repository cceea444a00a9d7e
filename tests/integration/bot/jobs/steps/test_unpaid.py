"""What may not be posted is not paid for, and what may not be posted any more is not posted."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.jobs.decisions import Pause
from bot.jobs.errors import WrongState
from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.ports import CannotTell, ChannelClosed, OutcomeUnclear, Seen
from bot.jobs.states import State
from bot.jobs.steps.submitting import PAUSE_RECHECK, SEND_WITHIN, TURN_LASTS
from bot.moderation import decide
from bot.moderation.decide import WATCH_EVERY
from tests.support.clock import PATIENCE
from tests.support.stage import Stage

MODERATOR = 99
ENDS = {
    ProblemCode.BLOCKED: State.REJECTED,
    ProblemCode.LEFT: State.REJECTED,
    ProblemCode.TIMED_OUT: State.FAILED,
    ProblemCode.NOT_ALLOWED: State.FAILED,
    ProblemCode.AGE_RESTRICTED: State.FAILED,
}


async def check_unpaid(stage: Stage, job: Job, objection: ProblemCode) -> None:
    ended = await stage.saved(job)
    assert (ended.state, ended.problem) == (ENDS[objection], Problem(code=objection))
    assert stage.cards.shown[-1] == ended
    assert await stage.spent(job) == 0
    assert await stage.submits() == 0


async def rests(stage: Stage, job: Job) -> None:
    """Wait until a job rests before another try."""
    async with asyncio.timeout(PATIENCE):
        while (await stage.saved(job)).retry_at is None:
            await stage.clock.asleep()


@pytest.mark.parametrize("objection", ENDS)
async def test_who_may_not_have_a_video_by_now_has_none_paid_for(stage: Stage, objection: ProblemCode) -> None:
    """It is asked at the last moment: when all else that is waited for is there."""
    job = await stage.begin(State.WAITING)
    stage.budget.on_take = lambda: stage.moderators.objections.append(objection)
    await stage.drive(job)
    await check_unpaid(stage, job, objection)


@pytest.mark.parametrize("pause", Pause)
async def test_a_pause_during_the_wait_for_a_turn_holds_the_job_back(stage: Stage, pause: Pause) -> None:
    job = await stage.begin(State.WAITING)
    stage.budget.on_take = lambda: setattr(stage.moderators, "paused", pause)
    await stage.dispatcher.dispatch(job)
    await rests(stage, job)
    assert (await stage.saved(job)).problem == Problem(code=ProblemCode.PAUSED, detail=pause.value)
    assert await stage.submits() == 0


async def test_discord_is_asked_again_where_the_next_turn_came_late(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = [Seen(), Seen(objection=ProblemCode.TIMED_OUT)]
    asked: list[Seen] = []

    async def slowly(_job: Job) -> Seen:
        asked.append(said[len(asked)])
        stage.clock.advance(0 if asked[-1].objection else 2 * TURN_LASTS)
        return asked[-1]

    job = await stage.begin(State.WAITING)
    stage.budget.on_take = lambda: stage.clock.advance(2 * SEND_WITHIN)
    monkeypatch.setattr(stage.moderators, "seen", slowly)
    await stage.drive(job)
    assert asked == said
    await check_unpaid(stage, job, ProblemCode.TIMED_OUT)


async def test_what_is_decided_while_discord_and_a_second_turn_take_their_time_counts(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    takes: list[None] = []

    def take() -> None:
        takes.append(None)
        if len(takes) == 2:
            stage.moderators.objections.append(ProblemCode.BLOCKED)

    async def slowly(_job: Job) -> Seen:
        stage.clock.advance(2 * TURN_LASTS)
        return Seen()

    job = await stage.begin(State.WAITING)
    stage.budget.on_take = take
    monkeypatch.setattr(stage.moderators, "seen", slowly)
    await stage.drive(job)
    await check_unpaid(stage, job, ProblemCode.BLOCKED)


@pytest.mark.parametrize("objection", ENDS)
@pytest.mark.parametrize("state", [State.PREPARING, State.HELD, State.WAITING])
async def test_what_waits_ends_when_it_becomes_known_that_it_may_not_be_posted(
    stage: Stage, state: State, objection: ProblemCode
) -> None:
    job = await stage.begin(state)
    stage.moderators.objections.append(objection)
    await stage.moderation.end_what_waits(job.request.guild_id)
    await check_unpaid(stage, job, objection)


async def test_only_what_waits_of_that_member_or_server_ends(stage: Stage) -> None:
    job, running = await stage.begin(State.WAITING), await stage.begin(State.PROCESSING)
    stage.moderators.objections.extend([ProblemCode.BLOCKED] * 9)
    await stage.moderation.end_what_waits(job.request.guild_id + 1)
    await stage.moderation.end_what_waits(job.request.guild_id, job.request.member_id + 1)
    assert (await stage.saved(job), await stage.saved(running)) == (job, running)
    await stage.moderation.end_what_waits(member_id=job.request.member_id)
    assert (await stage.saved(job)).state is State.REJECTED
    assert await stage.saved(running) == running


async def test_its_driver_is_let_go_of_and_its_place_in_the_queue_is_free(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    stage.moderators.paused = Pause.SERVER
    await stage.dispatcher.dispatch(job)
    await rests(stage, job)
    stage.moderators.objections.append(ProblemCode.BLOCKED)
    await stage.moderation.end_what_waits(job.request.guild_id)
    await stage.at_rest()
    assert (await stage.saved(job)).state is State.REJECTED


async def test_what_waits_for_a_channel_that_is_gone_ends(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def gone(_job: Job, _seen: Seen | None = None) -> ProblemCode | None:
        raise ChannelClosed("10003", ProblemCode.CHANNEL_GONE)

    job = await stage.begin(State.HELD)
    monkeypatch.setattr(stage.moderators, "objection", gone)
    await stage.moderation.end_what_waits(job.request.guild_id)
    ended = await stage.saved(job)
    assert (ended.state, ended.problem) == (
        State.FAILED,
        Problem(code=ProblemCode.CHANNEL_GONE, detail="10003"),
    )


@pytest.fixture
async def watched(stage: Stage) -> AsyncIterator[Stage]:
    """Have the watch over what waits run."""
    watch = asyncio.create_task(stage.moderation.watch(stage.dispatcher))
    yield stage
    watch.cancel()
    await asyncio.gather(watch, return_exceptions=True)


async def test_who_leaves_or_loses_a_role_has_nothing_wait_any_longer_though_discord_tells_of_neither(
    watched: Stage,
) -> None:
    stage = watched
    stage.moderators.paused = Pause.BOT
    driven, held = await stage.begin(State.WAITING), await stage.begin(State.HELD)
    elsewhere = await stage.begin(State.WAITING)
    await stage.dispatcher.dispatch(driven)
    await rests(stage, driven)
    stage.moderators.objections.extend([ProblemCode.LEFT, ProblemCode.NOT_ALLOWED, ProblemCode.LEFT])
    stage.clock.advance(WATCH_EVERY)
    assert len(stage.moderators.objections) == 3, "not before the bot can speak to Discord"
    stage.dispatcher._resumed.set()
    await stage.clock.has_slept(WATCH_EVERY)
    stage.clock.advance(WATCH_EVERY)
    await stage.cards.wait_for(held.id, State.FAILED)
    assert (await stage.saved(driven)).state is State.REJECTED
    assert (await stage.saved(elsewhere)) == elsewhere, "whoever drives it looks at it"
    assert (await stage.submits(), await stage.spent(driven)) == (0, elsewhere.reserved_usd)


async def test_of_many_that_wait_some_are_looked_at_at_a_time_and_all_in_turn(
    watched: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = watched
    monkeypatch.setattr(decide, "AT_ONCE", 2)
    asked: list[int] = []

    async def objection(job: Job, _seen: Seen | None = None) -> ProblemCode | None:
        asked.append(job.id)
        return None

    monkeypatch.setattr(stage.moderators, "objection", objection)
    jobs = [(await stage.begin(State.HELD)).id for _ in range(3)]
    stage.dispatcher._resumed.set()
    for looked_at in (0, 2, 3, 5):
        await stage.clock.has_slept(WATCH_EVERY)
        assert len(asked) == looked_at
        stage.clock.slept.clear()
        stage.clock.advance(WATCH_EVERY)
    assert asked[:5] == [*jobs, *jobs[:2]]


async def test_what_discord_does_not_tell_is_asked_again_before_it_is_paid_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await stage.begin(State.WAITING)
    asked: list[int] = []

    async def unclear(job: Job, _seen: Seen | None = None) -> ProblemCode | None:
        asked.append(job.id)
        if len(asked) < 3:
            raise OutcomeUnclear("503")
        return None

    monkeypatch.setattr(stage.moderators, "objection", unclear)
    await stage.moderation.end_what_waits(job.request.guild_id)
    assert (await stage.saved(job)) == job
    queued = await stage.drive_until(job, State.QUEUED)
    assert (queued.state, len(asked), await stage.submits()) == (State.QUEUED, 3, 1)


@pytest.mark.parametrize("pause", Pause)
async def test_while_new_work_is_paused_a_job_waits_says_so_and_others_go_first(stage: Stage, pause: Pause) -> None:
    job = await stage.begin(State.WAITING)
    stage.moderators.paused = pause
    driver = stage.start(job)
    await rests(stage, job)
    waiting = await stage.saved(job)
    assert (waiting.state, waiting.retry_at) == (State.WAITING, stage.clock.now() + PAUSE_RECHECK)
    assert job.id in (await stage.store.queue(stage.clock.now())).resting
    paused = Problem(code=ProblemCode.PAUSED, detail=pause.value)
    assert [each.problem for each in stage.cards.shown] == [paused]
    await stage.clock.asleep()
    stage.clock.advance(PAUSE_RECHECK.total_seconds())  # still paused, as the card says already
    await stage.clock.asleep()
    assert [each.problem for each in stage.cards.shown] == [paused]
    assert await stage.submits() == 0
    stage.moderators.paused = None
    await stage.finishes()
    await stage.clock.pass_until(driver)
    assert driver.result().state is State.DELIVERED
    assert stage.cards.shown[1].problem is None, "it says so before its turn comes"
    assert stage.cards.shown[1].state is State.WAITING


async def test_what_is_paused_and_then_canceled_says_nothing_of_the_pause(stage: Stage) -> None:
    stage.moderators.paused = Pause.CHANNEL
    job = await stage.begin(State.WAITING)
    driver = stage.start(job)
    await rests(stage, job)
    canceled = await stage.control.cancel(job.id)
    assert (canceled.state, canceled.problem) == (State.CANCELLED, None)
    driver.cancel()


@pytest.mark.parametrize(
    ("objection", "ends"), [(ProblemCode.BLOCKED, State.WITHHELD), (ProblemCode.NOT_ALLOWED, State.UNDELIVERED)]
)
async def test_a_member_is_looked_at_again_when_the_file_is_there(
    stage: Stage, objection: ProblemCode, ends: State
) -> None:
    stage.files.troubles.extend([503] * 3)
    stage.moderators.objections.extend([None, objection])
    job = await stage.drive(await stage.begin(State.COMPLETED))
    assert (job.state, job.problem) == (ends, Problem(code=objection))
    assert stage.posts.attempts == 0


@pytest.mark.parametrize("state", [State.COMPLETED, State.POSTING])
async def test_a_takedown_while_the_file_does_not_come_is_honored_at_once(stage: Stage, state: State) -> None:
    stage.files.troubles.extend([503] * 1_000)
    job = await stage.begin(state, approved=True)
    await stage.dispatcher.dispatch(job)
    await stage.clock.asleep()
    noted = await stage.moderation.take_down(job.id, MODERATOR, "not this")
    assert (noted.state, noted.cancel_requested) == (state, True)
    await stage.at_rest()
    ended = await stage.saved(job)
    assert (ended.state, ended.problem, ended.reason) == (
        State.WITHHELD,
        Problem(code=ProblemCode.REMOVED),
        "not this",
    )
    assert stage.posts.attempts == 0
    with pytest.raises(WrongState):
        await stage.moderation.take_down(job.id, MODERATOR + 1, "nor this")


async def test_a_driver_elsewhere_notices_a_takedown_while_it_waits_for_the_file(stage: Stage) -> None:
    stage.files.troubles.extend([503] * 1_000)
    job = await stage.begin(State.POSTING, approved=True)
    driver = stage.start(job)
    await stage.clock.asleep()
    await stage.moderation.take_down(job.id, MODERATOR, "not this")
    await stage.clock.pass_until(driver)
    assert driver.result().state is State.WITHHELD
    assert stage.posts.attempts == 0


async def test_a_takedown_right_before_the_post_is_honored(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await stage.begin(State.COMPLETED)
    looked = 0
    make_sure_of = type(stage.engine).make_sure_of

    async def taken_down_first(engine: Any, asked_of: Job) -> None:
        nonlocal looked
        if asked_of.state is State.POSTING and not looked:
            looked += 1
            await stage.moderation.take_down(job.id, MODERATOR, "not this")
        await make_sure_of(engine, asked_of)

    monkeypatch.setattr(type(stage.engine), "make_sure_of", taken_down_first)
    ended = await stage.drive(job)
    assert (looked, ended.state, ended.problem) == (1, State.WITHHELD, Problem(code=ProblemCode.REMOVED))
    assert stage.posts.attempts == 0


@pytest.mark.parametrize("state", [State.COMPLETED, State.POSTING])
async def test_a_takedown_while_the_post_is_on_its_way_takes_it_down_when_it_is_there(
    stage: Stage, state: State
) -> None:
    async def take_down(job: Job) -> None:
        await stage.moderation.take_down(job.id, MODERATOR, "not this")

    stage.posts.on_post = take_down
    job = await stage.drive(await stage.begin(state))
    [post] = stage.posts.posts
    assert (job.state, job.post_message_id, job.problem) == (
        State.TAKEN_DOWN,
        post.id,
        Problem(code=ProblemCode.REMOVED),
    )
    assert State.DELIVERED not in stage.cards.states(job.id)


async def test_a_takedown_of_a_post_that_cannot_be_found_keeps_it_from_being_sent_again(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    await stage.moderation.take_down(job.id, MODERATOR, "not this")
    stage.posts.blindness.append(CannotTell("403"))
    ended = await stage.drive(await stage.saved(job))
    assert (ended.state, ended.problem) == (State.WITHHELD, Problem(code=ProblemCode.REMOVED))
    assert stage.posts.attempts == 0


@pytest.mark.parametrize("state", sorted(set(State) - {State.FAILED, State.CANCELLED, State.EXPIRED}))
async def test_a_takedown_is_taken_wherever_a_video_exists_or_may_come(stage: Stage, state: State) -> None:
    handling = Handling(review=ReviewMode.BEFORE_POSTING if state is State.REVIEW else ReviewMode.OFF)
    job = await stage.begin(state, handling=handling)
    if state in {State.REJECTED, State.WITHHELD}:
        with pytest.raises(WrongState):
            await stage.moderation.take_down(job.id, MODERATOR, "no")
        return
    taken = await stage.moderation.take_down(job.id, MODERATOR, "no")
    assert taken.problem == Problem(code=ProblemCode.REMOVED)
    assert taken.is_refused
    with pytest.raises(WrongState):
        await stage.moderation.take_down(job.id, MODERATOR + 1, "no")
