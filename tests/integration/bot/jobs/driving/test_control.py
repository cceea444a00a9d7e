"""What members do to a job, and what moderators decide on it: once, and on nothing that is deleted."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from bot.jobs.decisions import Decision
from bot.jobs.errors import WrongState
from bot.jobs.model import Handling, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.stage import Stage

MODERATOR = 99
REVIEWED = Handling(review=ReviewMode.BEFORE_POSTING)
Act = Callable[[Stage, int], Awaitable[object]]

CONTROLS: dict[str, tuple[State, Act]] = {
    "cancel": (State.WAITING, lambda stage, job_id: stage.control.cancel(job_id)),
    "cancel what runs": (State.PROCESSING, lambda stage, job_id: stage.control.cancel(job_id)),
    "delete": (State.DELIVERED, lambda stage, job_id: stage.control.take_down(job_id, 30)),
    "send again": (State.UNDELIVERED, lambda stage, job_id: stage.control.send_again(job_id, 20)),
}
DECISIONS: dict[str, tuple[State, Act]] = {
    "approve": (State.REVIEW, lambda stage, job_id: stage.moderation.approve(job_id, MODERATOR, spoiler=False)),
    "reject": (State.REVIEW, lambda stage, job_id: stage.moderation.reject(job_id, MODERATOR, "no")),
    "take down": (State.DELIVERED, lambda stage, job_id: stage.moderation.take_down(job_id, MODERATOR, "no")),
    "hide": (State.DELIVERED, lambda stage, job_id: stage.moderation.hide(job_id, "reported")),
}


class Overtaken(JobStore):
    """A store in which another process saves the job first, once."""

    ahead = 1

    async def save(self, job: Job, *decided: Decision, also: Any = None) -> Job:
        if self.ahead:
            self.ahead -= 1
            newest = await self.get(job.id)
            assert newest is not None
            await super().save(newest.evolve(run_seconds=1.0))
        return await super().save(job, *decided, also=also)


async def begun(stage: Stage, state: State) -> Job:
    return await stage.begin(state, handling=REVIEWED if state is State.REVIEW else Handling())


@pytest.mark.parametrize("way", CONTROLS)
async def test_nothing_is_done_to_a_job_that_its_member_has_had_deleted(stage: Stage, way: str) -> None:
    state, act = CONTROLS[way]
    job = await stage.store.save(replace(await stage.begin(state), forgotten=True))
    with pytest.raises(WrongState) as refused:
        await act(stage, job.id)
    assert refused.value.state is state
    assert await stage.saved(job) == job


@pytest.mark.parametrize("way", [*CONTROLS, *DECISIONS])
async def test_what_is_done_to_a_job_that_nobody_knows_is_refused(stage: Stage, way: str) -> None:
    with pytest.raises(WrongState) as refused:
        await (CONTROLS | DECISIONS)[way][1](stage, 4_242)
    assert refused.value.state is None


@pytest.mark.parametrize("way", [*CONTROLS, *DECISIONS])
async def test_who_is_overtaken_acts_on_what_there_is_then(stage: Stage, way: str) -> None:
    state, act = (CONTROLS | DECISIONS)[way]
    job = await begun(stage, state)
    stage.store = Overtaken(stage.store.engine)
    stage.store.tell(stage.announcer)
    await act(stage, job.id)
    done = await stage.saved(job)
    assert done.run_seconds == 1.0, "what the other has saved is kept"
    assert (done.state, done.cancel_requested, done.hidden) != (job.state, False, False)


@pytest.mark.parametrize("way", [*CONTROLS, *DECISIONS])
async def test_the_second_of_two_is_told_what_the_first_made_of_it(stage: Stage, way: str) -> None:
    state, act = (CONTROLS | DECISIONS)[way]
    job = await begun(stage, state)
    await act(stage, job.id)
    first = await stage.saved(job)
    if way == "delete":  # whose messages may still have to go
        assert await act(stage, job.id) == first
        return
    with pytest.raises(WrongState) as refused:
        await act(stage, job.id)
    assert refused.value.state is (State.CANCELLED if way == "cancel what runs" else first.state)


@pytest.mark.parametrize(
    "facts",
    [
        {"handling": REVIEWED, "approved": True},
        {"handling": Handling()},
        {"handling": REVIEWED, "cancel_requested": True, "problem": Problem(code=ProblemCode.NOT_APPROVED)},
    ],
)
async def test_what_no_moderator_has_to_look_at_is_not_rejected(stage: Stage, facts: dict[str, Any]) -> None:
    job = await stage.begin(State.COMPLETED, **facts)
    with pytest.raises(WrongState):
        await stage.moderation.reject(job.id, MODERATOR, "no")
    assert await stage.saved(job) == job


async def test_a_run_that_is_canceled_goes_on_its_card_says_so_and_its_cost_stays(stage: Stage) -> None:
    job = await stage.begin(State.PROCESSING)
    noted = await stage.control.cancel(job.id)
    assert (noted.state, noted.cancel_requested) == (State.PROCESSING, True)
    assert stage.cards.shown[-1] == noted
    assert await stage.spent(job) == job.reserved_usd
