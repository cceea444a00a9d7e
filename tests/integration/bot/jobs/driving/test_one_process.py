"""Who drives: each unfinished job has one driver, through stops and restarts; a job without a card is dropped."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event

from bot.jobs.driving import driver
from bot.jobs.driving.owed import CARD_WITHIN, SWEEP_EVERY, see_to_cardless
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN, State
from bot.jobs.steps.engine import Engine
from tests.support.clock import PATIENCE
from tests.support.files import mp4
from tests.support.stage import Stage, open_stage, within_patience


async def test_every_unfinished_job_is_taken_up_once_at_start_and_no_other(stage: Stage) -> None:
    jobs = {state: await stage.begin(state, prompt=state.value) for state in State}
    assert await stage.dispatcher.resume() == len(DRIVEN)
    assert stage.dispatcher.driving == len(DRIVEN)
    at_rest = {state: job for state, job in jobs.items() if state not in DRIVEN}
    await stage.dispatcher.stop()
    assert {state: await stage.saved(job) for state, job in at_rest.items()} == at_rest


async def test_jobs_left_by_a_stop_are_finished_after_the_next_start(tmp_path: Path) -> None:
    async with open_stage(tmp_path) as first:
        job = await first.begin()
        left = await first.drive_until(job, State.QUEUED)
        [request] = (await first.segmind.state())["requests"]
    assert left.request_id == request["request_id"]
    async with open_stage(tmp_path) as second:
        await second.finishes(second.files.url("/video.mp4"))
        done = asyncio.create_task(second.cards.wait_for(job.id, State.DELIVERED))
        assert await second.dispatcher.resume() == 1
        await second.clock.pass_until(done)
        assert (await second.submits(), len(second.posts.posts)) == (0, 1)


async def test_a_stop_leaves_every_job_as_it_was_saved(stage: Stage) -> None:
    await stage.begin(State.WAITING)
    followed = [await stage.begin(state) for state in (State.QUEUED, State.PROCESSING, State.UNCONFIRMED)]
    for job in followed:
        await stage.dispatcher.dispatch(job)
    await within_patience(asyncio.create_task(stage.dispatcher.stop()))
    assert stage.dispatcher.driving == 0
    assert [await stage.saved(job) for job in followed] == followed


async def test_a_job_that_comes_while_all_stops_is_left_to_the_next_start(stage: Stage) -> None:
    await stage.dispatcher.stop()
    job = await stage.begin(State.PREPARING)
    await stage.dispatcher.dispatch(job)
    assert stage.dispatcher.driving == 0
    assert await stage.saved(job) == job


async def test_a_stop_with_nothing_to_drive_is_done_at_once(stage: Stage) -> None:
    await within_patience(asyncio.create_task(stage.dispatcher.stop()))


async def test_a_job_that_is_driven_already_gets_no_second_driver_beside_it(stage: Stage) -> None:
    job = await stage.begin(State.PREPARING)
    await stage.finishes()
    for _ in range(3):
        await stage.dispatcher.dispatch(job)
    assert stage.dispatcher.driving == 1
    await stage.clock.pass_until(asyncio.create_task(stage.cards.wait_for(job.id, State.DELIVERED)))
    await idle(stage)
    assert (await stage.submits(), len(stage.posts.posts), len(stage.cards.attached)) == (1, 1, 1)


async def test_a_job_sent_on_while_its_driver_ends_is_driven_on(stage: Stage) -> None:
    job = await stage.begin(State.COMPLETED)
    del stage.files.files["/video.mp4"]
    again: list[asyncio.Task[None]] = []

    async def send_again() -> None:
        undelivered = await stage.saved(job)
        stage.files.files["/video.mp4"] = mp4()
        posting = await stage.store.save(undelivered.move(State.POSTING, stage.clock.now(), post_attempts=2))
        await stage.dispatcher.dispatch(posting)

    def at_once(shown: object) -> None:
        if not again:
            again.append(asyncio.create_task(send_again()))

    stage.cards.on_change = at_once
    await stage.dispatcher.dispatch(job)
    await stage.clock.pass_until(asyncio.create_task(stage.cards.wait_for(job.id, State.DELIVERED)))
    assert [post.attempt for post in stage.posts.posts] == [2]


async def test_a_read_that_breaks_where_a_job_is_sent_on_drops_no_job(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    await stage.finishes()
    troubles = [RuntimeError("the disk")]

    def break_once(*_: object) -> None:
        if troubles:
            raise troubles.pop()

    for _ in range(2):
        await stage.dispatcher.dispatch(job)
    event.listen(stage.store.engine.sync_engine, "before_cursor_execute", break_once)
    await stage.dispatcher.release(job.id)
    await stage.clock.pass_until(asyncio.create_task(stage.cards.wait_for(job.id, State.DELIVERED)))
    assert not troubles


@pytest.mark.parametrize("deleted", [False, True])
async def test_of_a_job_that_is_taken_back_or_deleted_no_file_stays(stage: Stage, *, deleted: bool) -> None:
    job = await stage.begin(State.WAITING)
    (stage.engine.folder_of(job) / "reference-1").write_bytes(b"a face")
    await stage.dispatcher.dispatch(job)
    await stage.store.save(job.move(State.CANCELLED, stage.clock.now()))
    if deleted:
        stage.clock.advance(1)
        await stage.store.delete_ended(before=stage.clock.now(), at_most=1)
    await stage.dispatcher.release(job.id)
    await idle(stage)
    assert not list(stage.engine.folder.iterdir())


async def test_a_driver_that_finds_its_job_deleted_leaves_no_file(stage: Stage) -> None:
    stage.files.troubles.append(500)
    job = await stage.begin(State.COMPLETED)
    driver = stage.start(job)
    await stage.clock.asleep()
    await stage.store.save(job.move(State.WITHHELD, stage.clock.now()))
    await stage.store.delete_ended(before=stage.clock.now() + CARD_WITHIN, at_most=1)
    await stage.clock.pass_until(driver)
    assert not list(stage.engine.folder.iterdir())


async def idle(stage: Stage) -> None:
    """Wait until no driver is left."""
    ended = asyncio.Event()

    def look() -> None:
        if stage.dispatcher.driving:
            asyncio.get_running_loop().call_soon(look)
        else:
            ended.set()

    look()
    async with asyncio.timeout(PATIENCE):
        await ended.wait()


@pytest.mark.parametrize("late", [1.0, 600.0])
async def test_a_job_whose_card_never_came_is_dropped_and_its_reservation_released(stage: Stage, late: float) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.clock.advance(CARD_WITHIN.total_seconds() + late)
    await stage.drop_cardless()
    assert (await stage.saved(job)).state is State.EXPIRED
    assert await stage.spent(job) == 0


async def test_a_job_whose_card_may_still_come_is_waited_for(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.clock.advance(CARD_WITHIN.total_seconds())
    await see_to_cardless(stage.engine)
    assert await stage.saved(job) == job
    assert await stage.spent(job) == job.reserved_usd


async def test_the_dispatcher_looks_for_jobs_without_a_card_again_and_again(stage: Stage) -> None:
    sweeping = asyncio.create_task(stage.dispatcher.run())
    await stage.dispatcher.resume()
    job = await stage.begin(State.ACCEPTED)
    await stage.clock.asleep()
    for _ in range(5):
        stage.clock.advance(SWEEP_EVERY)
        await stage.clock.asleep()
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert (await stage.saved(job)).state is State.EXPIRED


async def test_a_driver_that_is_cancelled_without_our_asking_is_followed_by_another(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    prepare = driver.STEPS[State.PREPARING]

    async def step(engine: Engine, job: Job) -> Job:
        taken.append(job.id)
        task = asyncio.current_task()
        if len(taken) == 1 and task is not None:
            task.cancel()
        return await prepare(engine, job)

    monkeypatch.setitem(driver.STEPS, State.PREPARING, step)  # type: ignore[arg-type]
    await stage.finishes()
    job = await stage.begin(State.PREPARING)
    done = asyncio.create_task(stage.cards.wait_for(job.id, State.DELIVERED))
    await stage.dispatcher.dispatch(job)
    await stage.clock.pass_until(done)
    assert taken == [job.id, job.id]
