"""The whole way of a job, and what each of its steps leaves behind."""

import asyncio
from collections.abc import Callable
from itertools import pairwise

import pytest
from sqlalchemy.exc import TimeoutError as NoConnection

from bot.jobs.driving import driver
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.segmind.budget import Rank
from sandbox.segmind.films.film import TINY
from tests.support.stage import COST, Stage, within_patience

STRAIGHT = [
    State.WAITING,
    State.SUBMITTING,
    State.QUEUED,
    State.PROCESSING,
    State.COMPLETED,
    State.POSTING,
    State.DELIVERED,
]


async def test_a_job_goes_all_the_way_on_the_local_segmind(stage: Stage) -> None:
    await stage.segmind.configure(queue_seconds=40.0, run_seconds=400.0, sigma=0.0)
    job = await stage.begin(State.PREPARING, images=2)
    done = await stage.drive(job)
    assert done.state is State.DELIVERED
    assert done == await stage.saved(job)
    [post] = stage.posts.posts
    assert (post.job_id, post.id) == (job.id, done.post_message_id)
    assert post.video.facts.duration_seconds == pytest.approx(5)
    assert max(post.video.facts.width, post.video.facts.height) == TINY.long_side
    state = await stage.segmind.state()
    assert (state["charges"], state["operations"]["submit"], state["key_leaks"]) == (1, 1, [])
    assert [request["body"] for request in state["requests"]] == [done.body]
    assert await stage.spent(job) == done.cost_usd


async def test_every_change_of_state_is_told_to_the_card(stage: Stage) -> None:
    job = await stage.begin()
    await stage.status_words("QUEUED", "PROCESSING")
    await stage.finishes()
    await stage.drive(job)
    assert stage.cards.states(job.id) == STRAIGHT
    assert stage.cards.shown[-1] == await stage.saved(job)


async def test_every_change_of_state_is_counted(stage: Stage) -> None:
    await stage.status_words("QUEUED", "PROCESSING")
    await stage.finishes()
    await stage.drive(await stage.begin())
    assert stage.moves == list(pairwise([State.PREPARING, *STRAIGHT]))


async def test_requests_are_claimed_from_the_budget_for_what_they_are(stage: Stage) -> None:
    job = await stage.begin()
    await stage.status_words("QUEUED")
    await stage.finishes()
    await stage.drive(job)
    assert stage.budget.taken == [Rank.SUBMIT, Rank.POLL, Rank.POLL, Rank.RESULT]


async def test_the_files_of_a_delivered_job_are_gone(stage: Stage) -> None:
    job = await stage.begin()
    await stage.finishes()
    await stage.drive(job)
    assert not [path for path in stage.engine.folder.rglob("*") if path.is_file()]


async def test_a_step_that_breaks_is_taken_again_and_the_job_arrives(stage: Stage) -> None:
    job = await stage.begin()
    stage.engine.folder.write_text("a file stands where the folder should be")
    broken = stage.start(job)
    await stage.clock.asleep()
    assert (await stage.saved(job)).state is State.PREPARING
    stage.engine.folder.unlink()
    await stage.finishes()
    await stage.clock.pass_until(broken)
    assert broken.result().state is State.DELIVERED


@pytest.mark.parametrize(
    "raised",
    [ValueError, NoConnection, lambda: OutcomeUnclear("no answer"), lambda: StaleJob(1)],
    ids=["a fault", "no database", "no answer", "a change elsewhere"],
)
async def test_a_driver_that_is_told_to_end_does_so_whatever_its_step_raises_then(
    stage: Stage, raised: Callable[[], Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    there = asyncio.Event()

    async def step(_engine: Engine, _job: Job) -> Job:
        try:
            there.set()
            await asyncio.Event().wait()
        finally:
            raise raised()

    monkeypatch.setitem(driver.STEPS, State.PREPARING, step)  # type: ignore[arg-type]
    driving = stage.start(await stage.begin())
    await there.wait()
    driving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await within_patience(driving)


async def test_many_jobs_are_driven_beside_each_other_in_the_places_there_are(stage: Stage) -> None:
    jobs = [await stage.begin(prompt=f"fox {number}") for number in range(8)]
    drivers = [stage.start(job) for job in jobs]
    await stage.submits_reach(5)
    assert len(await stage.store.in_states([State.WAITING, State.PREPARING])) == 3
    for driving in drivers:
        driving.cancel()


async def test_the_real_cost_replaces_the_reservation(stage: Stage) -> None:
    job = await stage.begin()
    assert await stage.spent(job) == job.reserved_usd
    await stage.finishes(cost=COST)
    done = await stage.drive(job)
    assert await stage.spent(job) == done.cost_usd == COST


async def test_a_cost_that_segmind_does_not_tell_counts_as_reserved(stage: Stage) -> None:
    job = await stage.begin()
    await stage.finishes(cost=None)
    done = await stage.drive(job)
    assert done.cost_usd is None
    assert await stage.spent(job) == job.reserved_usd
