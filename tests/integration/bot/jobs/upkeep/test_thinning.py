"""Finished jobs are deleted when their time is over, and nothing else is."""

from datetime import timedelta

import pytest

from bot.jobs.states import DRIVEN, ENDED, State
from bot.jobs.upkeep.cleanup import thin
from tests.support.stage import Stage

KEEP = timedelta(days=30)


@pytest.mark.parametrize("state", sorted(ENDED))
async def test_a_job_that_ended_long_ago_is_deleted(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    stage.clock.advance(KEEP.total_seconds() + 1)
    assert await thin(stage.store, stage.clock.now(), KEEP) == 1
    assert await stage.store.get(job.id) is None


@pytest.mark.parametrize("state", sorted(ENDED))
async def test_a_job_that_ended_lately_stays(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    stage.clock.advance(KEEP.total_seconds() - 1)
    assert await thin(stage.store, stage.clock.now(), KEEP) == 0
    assert await stage.saved(job) == job


@pytest.mark.parametrize("state", sorted(DRIVEN))
async def test_an_unfinished_job_stays_however_old_it_is(stage: Stage, state: State) -> None:
    job = await stage.begin(state)
    stage.clock.advance(100 * KEEP.total_seconds())
    assert await thin(stage.store, stage.clock.now(), KEEP) == 0
    assert await stage.saved(job) == job


async def test_an_undelivered_video_stays_until_its_file_is_long_gone(stage: Stage) -> None:
    job = await stage.begin(State.UNDELIVERED, completed_at=stage.clock.now())
    stage.clock.advance(KEEP.total_seconds() + 1)
    assert await thin(stage.store, stage.clock.now(), KEEP) == 0
    stage.clock.advance(timedelta(days=7).total_seconds())
    assert await thin(stage.store, stage.clock.now(), KEEP) == 1
    assert await stage.store.get(job.id) is None


async def test_more_jobs_than_go_into_one_transaction_are_all_deleted(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.jobs.upkeep.cleanup.AT_ONCE", 2)
    for _ in range(5):
        await stage.begin(State.DELIVERED)
    stage.clock.advance(KEEP.total_seconds() + 1)
    assert await thin(stage.store, stage.clock.now(), KEEP) == 5
