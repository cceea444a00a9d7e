"""Jobs whose member had them deleted: what is paid for is settled, and nothing comes to the channel."""

from bot.jobs.states import State
from tests.support.stage import COST, Stage


async def test_a_finished_run_is_withheld_at_its_cost_and_nothing_is_fetched(stage: Stage) -> None:
    completed = await stage.begin(State.COMPLETED)
    ended = await stage.drive(await stage.store.save(completed.bare()))
    assert (ended.state, ended.cost_usd, ended.output_url) == (State.WITHHELD, COST, None)
    assert stage.posts.attempts == 0
    assert await stage.spent(ended) == COST


async def test_a_post_that_nobody_saw_leave_is_looked_for_and_not_made(stage: Stage) -> None:
    posting = await stage.begin(State.POSTING)
    ended = await stage.drive(await stage.store.save(posting.bare()))
    assert (ended.state, ended.output_url) == (State.UNDELIVERED, None)
    assert (stage.posts.looks, stage.posts.attempts) == (1, 0)


async def test_a_request_in_doubt_is_found_by_its_body_and_followed_without_it(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    assert job.body is not None
    [request_id] = await stage.segmind.insert_request(job.body, status="PROCESSING")
    found = await stage.drive_until(await stage.store.save(job.bare()), State.QUEUED)
    assert (found.request_id, found.body) == (request_id, None)
    assert found.cancel_requested
    assert await stage.submits() == 0
