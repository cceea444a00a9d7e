"""A member hears in private of a video that could not be posted, although the process that owed the word has died."""

import asyncio
from dataclasses import replace

from bot.jobs.driving.owed import PATIENCE, SWEEP_EVERY, give_owed_notices
from bot.jobs.model import Job
from bot.jobs.states import State
from tests.support.ports import NoticesInMemory
from tests.support.stage import Stage

LATER = PATIENCE.total_seconds() + 1


def notices(stage: Stage) -> NoticesInMemory:
    assert isinstance(stage.engine.notices, NoticesInMemory)
    return stage.engine.notices


async def test_a_member_who_was_told_is_not_told_again(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    undelivered = await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    stage.clock.advance(LATER)
    await give_owed_notices(stage.engine)
    await give_owed_notices(stage.engine)
    assert notices(stage).told == [undelivered]


async def test_a_member_whom_the_word_did_not_reach_is_told_later(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    undelivered = await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    stage.clock.advance(LATER)
    notices(stage).silent = True
    await give_owed_notices(stage.engine)
    notices(stage).silent = False
    await give_owed_notices(stage.engine)
    assert notices(stage).told == [undelivered]


async def test_a_word_that_breaks_keeps_nobody_else_waiting(stage: Stage) -> None:
    class BreaksFor(NoticesInMemory):
        async def tell(self, job: Job) -> None:
            if job.id == first.id:
                raise ValueError("no sentence for this")
            await super().tell(job)

    first, second = [await stage.begin(State.POSTING) for _ in range(2)]
    for job in (first, second):
        await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    stage.clock.advance(LATER)
    breaking = BreaksFor(stage.store.notice_given)
    await give_owed_notices(replace(stage.engine, notices=breaking))
    assert [job.id for job in breaking.told] == [second.id]


async def test_whoever_may_still_tell_the_member_is_given_time(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    stage.clock.advance(PATIENCE.total_seconds())
    await give_owed_notices(stage.engine)
    assert notices(stage).told == []


async def test_what_else_is_saved_of_an_undelivered_video_owes_no_second_word(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    undelivered = await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    await stage.store.notice_given(undelivered)
    await stage.store.save(undelivered.evolve(cancel_requested=True))
    stage.clock.advance(LATER)
    await give_owed_notices(stage.engine)
    assert notices(stage).told == []


async def test_a_video_that_is_on_its_way_again_owes_nothing(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    undelivered = await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    again = await stage.store.save(undelivered.move(State.POSTING, stage.clock.now()))
    stage.clock.advance(LATER)
    await give_owed_notices(stage.engine)
    assert notices(stage).told == []
    once_more = await stage.store.save(again.move(State.UNDELIVERED, stage.clock.now()))
    await stage.store.notice_given(undelivered)  # the late end of the first word says nothing of the second
    stage.clock.advance(LATER)
    await give_owed_notices(stage.engine)
    assert notices(stage).told == [once_more]


async def test_the_dispatcher_sees_to_it_after_a_start(stage: Stage) -> None:
    job = await stage.begin(State.POSTING)
    undelivered = await stage.store.save(job.move(State.UNDELIVERED, stage.clock.now()))
    await stage.dispatcher.resume()
    sweeping = asyncio.create_task(stage.dispatcher.run())
    await stage.clock.asleep()
    stage.clock.advance(SWEEP_EVERY)
    await stage.clock.asleep()
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert notices(stage).told == [undelivered]
