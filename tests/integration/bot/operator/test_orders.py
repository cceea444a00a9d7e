"""What somebody at the machine wishes for a job is done by the bot that runs, and never pays."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.states import State
from bot.operator.orders import OrderStore, OrderTaker
from tests.support.clock import PATIENCE
from tests.support.stage import Stage


class Wishing:
    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.store = OrderStore(stage.store.engine)
        desk = OrderTaker(self.store, engine=stage.engine, control=stage.control, dispatcher=stage.dispatcher)
        self.desk = asyncio.create_task(desk.run())

    async def wish(self, job_id: int) -> str:
        """Leave a wish and let time pass until the running bot has answered it."""
        await self.store.leave(job_id, self._stage.clock.now())

        async def answered() -> str:
            while (words := await self.store.answered(job_id)) is None:
                await self._stage.clock.sleep(1)
            return words

        answer = asyncio.create_task(answered())
        async with asyncio.timeout(PATIENCE):
            await self._stage.clock.pass_until(answer)
        return answer.result()


@pytest.fixture
async def wishing(stage: Stage) -> AsyncIterator[Wishing]:
    wishing = Wishing(stage)
    yield wishing
    wishing.desk.cancel()
    await asyncio.wait({wishing.desk})


async def a_failed(stage: Stage, code: ProblemCode, *, request_id: str | None = "r-1") -> Job:
    job = await stage.begin(State.PROCESSING, request_id=request_id)
    return await stage.store.save(job.move(State.FAILED, stage.clock.now(), problem=Problem(code=code)))


async def test_a_run_whose_record_was_gone_is_followed_again(stage: Stage, wishing: Wishing) -> None:
    job = await a_failed(stage, ProblemCode.RECORD_GONE)
    assert await wishing.wish(job.id) == "The generation is being followed again."
    assert (await stage.saved(job)).state is State.QUEUED
    assert stage.dispatcher.driving == 1
    assert await stage.submits() == 0


async def test_an_undelivered_video_is_posted_again(stage: Stage, wishing: Wishing) -> None:
    completed = await stage.begin(State.COMPLETED)
    kept = await stage.store.save(completed.move(State.UNDELIVERED, stage.clock.now()))
    assert "attempt 1" in await wishing.wish(kept.id)
    assert (await stage.saved(kept)).state in {State.POSTING, State.DELIVERED}


async def test_it_is_posted_where_its_server_wants_videos(stage: Stage, wishing: Wishing) -> None:
    completed = await stage.begin(State.COMPLETED, handling=Handling(output_channel_id=99))
    kept = await stage.store.save(completed.move(State.UNDELIVERED, stage.clock.now()))
    await wishing.wish(kept.id)
    assert (await stage.saved(kept)).video_channel_id == 99


async def test_what_moderators_have_to_see_first_waits_for_them(stage: Stage, wishing: Wishing) -> None:
    completed = await stage.begin(State.COMPLETED, handling=Handling(review=ReviewMode.BEFORE_POSTING))
    kept = await stage.store.save(completed.move(State.UNDELIVERED, stage.clock.now()))
    assert await wishing.wish(kept.id) == "The video waits for review. It's posted once a moderator approves it."
    assert (await stage.saved(kept)).state is State.REVIEW


async def test_a_video_whose_file_is_gone_cannot_be_posted(stage: Stage, wishing: Wishing) -> None:
    long_ago = stage.clock.now() - timedelta(days=8)
    completed = await stage.begin(State.COMPLETED, completed_at=long_ago)
    kept = await stage.store.save(completed.move(State.UNDELIVERED, stage.clock.now()))
    assert "no longer has the file" in await wishing.wish(kept.id)
    assert (await stage.saved(kept)).state is State.UNDELIVERED


@pytest.mark.parametrize(
    ("code", "request_id", "words"),
    [
        (ProblemCode.RUN_FAILED, "r-1", "failed at Segmind"),
        (ProblemCode.MODERATED, "r-1", "failed at Segmind"),
        (ProblemCode.NEVER_ARRIVED, None, "no generation for this job"),
    ],
)
async def test_what_only_a_new_run_could_help_is_left_to_the_member(
    stage: Stage, wishing: Wishing, code: ProblemCode, request_id: str | None, words: str
) -> None:
    job = await a_failed(stage, code, request_id=request_id)
    assert words in await wishing.wish(job.id)
    assert (await stage.saved(job)).state is State.FAILED


@pytest.mark.parametrize(("state", "words"), [(State.WAITING, "is in progress"), (State.DELIVERED, "is finished")])
async def test_what_needs_nothing_is_left_alone(stage: Stage, wishing: Wishing, state: State, words: str) -> None:
    job = await stage.begin(state)
    assert words in await wishing.wish(job.id)
    assert (await stage.saved(job)).version == job.version


async def test_a_job_that_is_gone_is_told(wishing: Wishing) -> None:
    assert await wishing.wish(404) == "This job doesn't exist."


async def test_a_wish_is_taken_by_one_process(stage: Stage) -> None:
    store = OrderStore(stage.store.engine)
    await store.leave(1, stage.clock.now())
    taken = await asyncio.gather(*(store.take(stage.clock.now()) for _ in range(5)))
    assert sorted(each or 0 for each in taken) == [0, 0, 0, 0, 1]


async def test_a_wish_left_anew_is_obeyed_anew(stage: Stage) -> None:
    store = OrderStore(stage.store.engine)
    await store.leave(1, stage.clock.now())
    assert await store.take(stage.clock.now()) == 1
    await store.answer(1, "done")
    await store.leave(1, stage.clock.now())
    assert await store.answered(1) is None
    assert await store.take(stage.clock.now()) == 1
