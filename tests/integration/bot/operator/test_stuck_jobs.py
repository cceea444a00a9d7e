"""What whoever runs the bot decides about an UNCONFIRMED job is never paid twice."""

from datetime import timedelta
from typing import Any

import pytest

from bot.jobs.errors import WrongState
from bot.jobs.model import Job, ProblemCode
from bot.jobs.states import State
from bot.jobs.upkeep.reconciler import OrphanStore, Reconciler
from bot.operator.stuck_jobs import Doubts, Looked, TooSoon
from tests.support.stage import Stage

LONG_AGO = timedelta(minutes=5)


async def in_doubt(stage: Stage, **facts: Any) -> Job:
    return await stage.begin(State.UNCONFIRMED, **facts)


def doubts(stage: Stage) -> Doubts:
    return Doubts(stage.engine, stage.dispatcher)


async def test_a_request_that_is_there_is_gone_on_with(stage: Stage) -> None:
    job = await in_doubt(stage)
    assert job.body is not None
    [request_id] = await stage.segmind.insert_request(dict(job.body))
    assert await doubts(stage).look(job.id) is Looked.FOUND
    found = await stage.saved(job)
    assert (found.state, found.request_id) == (State.QUEUED, request_id)


async def test_a_look_that_finds_nothing_changes_nothing(stage: Stage) -> None:
    job = await in_doubt(stage)
    assert await doubts(stage).look(job.id) is Looked.ABSENT
    assert await stage.saved(job) == job


async def test_a_history_that_cannot_be_read_changes_nothing(stage: Stage) -> None:
    job = await in_doubt(stage)
    await stage.says("history", (503, {"error": "busy"}))
    assert await doubts(stage).look(job.id) is Looked.UNREADABLE
    assert await stage.saved(job) == job


async def test_nothing_is_given_up_while_it_may_still_show_up(stage: Stage) -> None:
    job = await in_doubt(stage)
    with pytest.raises(TooSoon):
        await doubts(stage).give_up(job.id)
    assert await stage.saved(job) == job


async def test_what_is_given_up_is_released_and_not_submitted_again(stage: Stage) -> None:
    job = await in_doubt(stage, submitted_at=stage.clock.now() - LONG_AGO)
    assert await stage.spent(job) > 0
    assert await doubts(stage).give_up(job.id) is Looked.ABSENT
    ended = await stage.saved(job)
    assert ended.problem is not None
    assert (ended.state, ended.problem.code) == (State.FAILED, ProblemCode.NEVER_ARRIVED)
    assert await stage.spent(job) == 0
    assert await stage.submits() == 0


async def test_nothing_is_given_up_while_the_history_cannot_be_read(stage: Stage) -> None:
    job = await in_doubt(stage, submitted_at=stage.clock.now() - LONG_AGO)
    await stage.says("history", (503, {"error": "busy"}))
    assert await doubts(stage).give_up(job.id) is Looked.UNREADABLE
    assert await stage.saved(job) == job


async def test_giving_up_what_turns_out_to_be_there_goes_on_with_it(stage: Stage) -> None:
    job = await in_doubt(stage, submitted_at=stage.clock.now() - LONG_AGO)
    assert job.body is not None
    await stage.segmind.insert_request(dict(job.body))
    assert await doubts(stage).give_up(job.id) is Looked.FOUND
    assert (await stage.saved(job)).state is State.QUEUED


async def test_a_request_that_turns_up_after_all_has_its_job_again(stage: Stage) -> None:
    job = await in_doubt(stage, submitted_at=stage.clock.now() - LONG_AGO)
    await doubts(stage).give_up(job.id)
    assert job.body is not None
    [request_id] = await stage.segmind.insert_request(dict(job.body))
    await OrphanStore(stage.store.engine).watched_since(stage.clock.now() - timedelta(days=2))
    await Reconciler(stage.engine, stage.dispatcher, OrphanStore(stage.store.engine)).compare()
    found = await stage.saved(job)
    assert (found.state, found.request_id) == (State.QUEUED, request_id)


@pytest.mark.parametrize("state", [State.QUEUED, State.DELIVERED])
async def test_a_job_that_is_not_in_doubt_is_left_alone(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    for decide in (doubts(stage).look, doubts(stage).give_up, doubts(stage).close):
        with pytest.raises(WrongState):
            await decide(job.id)
    assert await stage.saved(job) == job


async def test_a_closed_video_is_not_posted_and_stays_charged(stage: Stage) -> None:
    job = await stage.begin(State.UNDELIVERED)
    closed = await doubts(stage).close(job.id)
    assert closed.problem is not None
    assert (closed.state, closed.problem.code) == (State.WITHHELD, ProblemCode.CLOSED)
    assert await stage.spent(job) > 0
