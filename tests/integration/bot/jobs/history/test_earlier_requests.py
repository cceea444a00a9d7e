"""A database copy older than the truth: nothing is paid or posted a second time."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.database.files import back_up
from bot.jobs.history.earlier_requests import ASK_AGAIN
from bot.jobs.states import State
from bot.jobs.steps.submitting import PLACE_RECHECK
from bot.segmind.budget import Rank
from tests.support.ports import Post
from tests.support.stage import Stage, open_stage

BEFORE = timedelta(minutes=5)


async def _older_than_the_process(stage: Stage, state: State) -> int:
    job = await stage.begin(state)
    async with stage.store.engine.begin() as connection:
        moment = int((job.created_at - BEFORE).timestamp() * 1_000_000)
        await connection.exec_driver_sql("UPDATE jobs SET created_at = ?, state_since = ?", (moment, moment))
    return job.id


async def test_a_request_that_was_submitted_after_the_copy_was_made_is_followed_and_not_paid_again(
    stage: Stage,
) -> None:
    job_id = await _older_than_the_process(stage, State.WAITING)
    job = await stage.store.get(job_id)
    assert job is not None
    body = {
        "prompt": job.request.prompt,
        "image_urls": [f"{job.request.references[0].url}?ex=1&hm=2"],
        "duration": "5",
        "aspect_ratio": "16:9",
    }
    [request_id] = await stage.segmind.insert_request(body, status="PROCESSING")
    await stage.drive_until(job, State.QUEUED)
    adopted = await stage.saved(job)
    assert adopted.request_id == request_id
    assert await stage.submits() == 0


async def test_a_request_that_may_be_another_jobs_is_left_until_that_one_knows(stage: Stage) -> None:
    first_id = await _older_than_the_process(stage, State.UNCONFIRMED)
    second_id = await _older_than_the_process(stage, State.WAITING)
    first, second = await stage.store.get(first_id), await stage.store.get(second_id)
    assert first is not None
    assert second is not None
    [request_id] = await stage.segmind.insert_request(dict(first.body or {}), status="PROCESSING")
    waiting = stage.start(second)
    await stage.clock.has_slept(PLACE_RECHECK)
    assert (await stage.saved(second)).state is State.WAITING
    await stage.drive_until(first, State.QUEUED)
    assert (await stage.saved(first)).request_id == request_id
    await stage.clock.pass_until(asyncio.ensure_future(stage.cards.wait_for(second_id, State.QUEUED)))
    assert not waiting.done()
    assert (await stage.saved(second)).request_id != request_id
    assert await stage.submits() == 1


async def test_two_alike_that_look_at_the_same_time_take_a_request_each(stage: Stage) -> None:
    ids = [await _older_than_the_process(stage, State.WAITING) for _ in range(2)]
    jobs = [job for job_id in ids if (job := await stage.store.get(job_id))]
    body = {"prompt": "a fox", "image_urls": [jobs[0].request.references[0].url], "duration": 5, "aspect_ratio": "16:9"}
    requests = await stage.segmind.insert_request(body, status="PROCESSING", copies=2)
    drivers = [stage.start(job) for job in jobs]
    queued = asyncio.gather(*(stage.cards.wait_for(job_id, State.QUEUED) for job_id in ids))
    await stage.clock.pass_until(queued)
    assert not any(driver.done() for driver in drivers)
    assert sorted([str((await stage.saved(job)).request_id) for job in jobs]) == sorted(requests)
    assert State.UNCONFIRMED not in [state for job_id in ids for state in stage.cards.states(job_id)]
    assert await stage.submits() == 0


async def test_a_driver_that_died_with_a_request_in_hand_leaves_it_to_the_next(stage: Stage) -> None:
    job = await stage.begin(State.SUBMITTING, request_id="found-in-the-history")
    await stage.drive_until(job, State.QUEUED)
    assert stage.cards.states(job.id) == [State.QUEUED]


async def test_a_waiting_job_without_a_request_in_the_history_is_submitted_after_asking(stage: Stage) -> None:
    job_id = await _older_than_the_process(stage, State.WAITING)
    job = await stage.store.get(job_id)
    assert job is not None
    await stage.segmind.insert_request({"prompt": job.request.prompt, "image_urls": []}, status="PROCESSING")
    await stage.drive_until(job, State.QUEUED)
    assert await stage.submits() == 1


async def test_nothing_is_paid_while_the_history_cannot_be_read(stage: Stage) -> None:
    job_id = await _older_than_the_process(stage, State.WAITING)
    job = await stage.store.get(job_id)
    assert job is not None
    await stage.says("history", (500, {"error": "down"}), (502, "bad gateway"))
    await stage.drive_until(job, State.QUEUED)
    assert stage.budget.taken[:4] == [Rank.SUBMIT] * 4, "three looks into the history, then the submit"
    assert stage.clock.slept.count(ASK_AGAIN) == 2
    assert await stage.submits() == 1


async def test_a_video_that_was_posted_after_the_copy_was_made_is_found_and_not_posted_again(stage: Stage) -> None:
    job_id = await _older_than_the_process(stage, State.COMPLETED)
    job = await stage.store.get(job_id)
    assert job is not None
    first = await stage.drive(job)
    assert len(stage.posts.posts) == 1
    # The copy remembers the job as it was before its post.
    posted: Post = stage.posts.posts[0]
    forgotten = replace(first, state=State.COMPLETED, post_attempts=0, post_message_id=None)
    again = await stage.store.save(forgotten)
    found = await stage.drive(again)
    assert (found.state, found.post_message_id) == (State.DELIVERED, posted.id)
    assert len(stage.posts.posts) == 1


async def test_a_copy_made_while_the_bot_works_opens_as_a_database_of_its_own(stage: Stage, tmp_path: Path) -> None:
    job = await stage.begin(State.PROCESSING)
    database = tmp_path / "restored"
    database.mkdir()
    source = Path(str(stage.store.engine.url.database))
    assert back_up(source, database / source.name) > 0
    async with open_stage(database) as restored:
        assert await restored.store.get(job.id) == job
