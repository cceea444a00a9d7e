"""Jobs of other models than the usual: one is driven as any, and one that nobody describes is not begun, but ended."""

from dataclasses import replace

import pytest

from bot.catalogue.models import DEFAULT, MODELS
from bot.jobs.history.reading import is_same_request
from bot.jobs.model import Problem, ProblemCode
from bot.jobs.states import State
from tests.support.stage import COST, Stage

FRAMES = MODELS["kling-o1-image-to-video"]
GONE = replace(DEFAULT, slug="kling-o9")


async def test_a_job_goes_on_with_its_model_when_that_is_offered_no_more(stage: Stage) -> None:
    await stage.segmind.configure(queue_seconds=40.0, run_seconds=400.0, sigma=0.0)
    done = await stage.drive(await stage.begin(images=2, prompt="@Image1 opens", model=FRAMES))
    assert (done.state, done.cost_usd) == (State.DELIVERED, FRAMES.prices_usd[5])
    [request] = (await stage.segmind.state())["requests"]
    assert request["model"] == FRAMES.slug
    assert request["body"] == {
        "prompt": "@Image1 opens",
        "start_image_url": stage.cards.urls["image1.png"],
        "end_image_url": stage.cards.urls["image2.png"],
        "duration": 5,
    }


@pytest.mark.parametrize("state", [State.PREPARING, State.WAITING])
async def test_what_has_not_been_sent_to_a_model_that_is_gone_ends_without_a_charge(stage: Stage, state: State) -> None:
    failed = await stage.drive(await stage.begin(state, model=GONE))
    assert failed.state is State.FAILED
    assert failed.problem == Problem(code=ProblemCode.MODEL_GONE, detail=GONE.slug)
    assert await stage.submits() == 0
    assert await stage.spent(failed) == 0


@pytest.mark.parametrize("state", [State.QUEUED, State.PROCESSING, State.COMPLETED])
async def test_what_was_sent_to_a_model_that_is_gone_is_followed_and_posted(stage: Stage, state: State) -> None:
    if state is not State.COMPLETED:
        await stage.finishes()
    done = await stage.drive(await stage.begin(state, model=GONE))
    assert (done.state, done.cost_usd) == (State.DELIVERED, COST)
    assert len(stage.posts.posts) == 1


async def test_a_request_of_frames_that_a_restored_database_forgot_is_known_by_its_frames(stage: Stage) -> None:
    queued = await stage.drive_until(await stage.begin(images=2, model=FRAMES), State.QUEUED)
    row = await stage.engine.segmind.history_row(queued.request_id or "")
    first, last = queued.request.references
    assert is_same_request(row, queued, FRAMES)
    assert not is_same_request(row, queued.evolve(references=(first,)), FRAMES)  # the row has a last frame, too
    other = replace(last, url="https://cdn.discordapp.com/attachments/1/2/other.png", card_name="image3.png")
    assert not is_same_request(row, queued.evolve(references=(first, other)), FRAMES)
