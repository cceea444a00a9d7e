"""Several models: chosen in every way in, kept by *Again* and *Edit*, and held to what each of them takes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import discord
import pytest
from simcord.results import InteractionResult
from sqlalchemy import update

from bot.catalogue.models import DEFAULT, MODELS
from bot.catalogue.offer import Offer
from bot.database.engine import open_database
from bot.database.tables import jobs
from bot.jobs.model import Job
from bot.jobs.states import State
from cogs.requests.video import video_command
from tests.support.answers import words_of
from tests.unit.cogs.cast.cast_stage import said
from tests.unit.cogs.stage import Stage, picture, texts

FRAMES = MODELS["kling-o1-image-to-video"]
both = pytest.mark.parametrize("changes", [{"segmind_models": f"{DEFAULT.slug},{FRAMES.slug}"}])
frames_alone = pytest.mark.parametrize("changes", [{"segmind_models": FRAMES.slug}])


async def options_of(*slugs: str) -> dict[str, Sequence[Any]]:
    """Return the options of the command where these models are offered, each with its choices."""

    async def nothing(_interaction: object, _given: object) -> None: ...

    command = video_command(Offer(models=tuple(MODELS[slug] for slug in slugs)), nothing)
    return {option.name: [choice.value for choice in option.choices] for option in command.parameters}


async def end(stage: Stage) -> Job:
    """Let the one job come to its end, and have a post whose buttons make it again."""
    job = await stage.has_become(State.DELIVERED)
    await stage.post_of(job)
    return job


async def newest(stage: Stage) -> Job:
    return max(await stage.jobs(), key=lambda job: job.id)


async def test_there_is_a_model_to_choose_only_where_there_are_several() -> None:
    assert "model" not in await options_of(DEFAULT.slug)
    assert (await options_of(DEFAULT.slug, FRAMES.slug))["model"] == [DEFAULT.slug, FRAMES.slug]


async def test_the_command_has_the_options_that_its_models_have_a_use_for() -> None:
    assert list(await options_of(FRAMES.slug)) == ["prompt", "image1", "image2", "duration", "spoiler"]
    options = await options_of(DEFAULT.slug)
    assert {"image7", "cast3"} < set(options)
    assert (options["duration"], options["aspect_ratio"]) == ([5, 10], ["16:9", "9:16", "1:1"])


@both
async def test_a_request_goes_to_the_model_that_was_chosen_at_its_price(stage: Stage) -> None:
    result = await stage.ask("@Image1 opens", model=FRAMES.slug, duration=10)
    [job] = await stage.jobs()
    request = job.request
    assert (request.model, request.duration, request.options.aspect_ratio) == (FRAMES.slug, 10, "")
    assert await stage.bot.services.store.spent(datetime.now(UTC).date()) == FRAMES.prices_usd[10]
    assert result.response is not None
    assert f"10 s · {FRAMES.title} · 1 image" in texts(result.response)


@both
async def test_who_chooses_no_model_gets_the_first(stage: Stage) -> None:
    result = await stage.ask()
    [job] = await stage.jobs()
    assert (job.request.model, job.request.options.aspect_ratio) == (DEFAULT.slug, "16:9")
    assert result.response is not None
    assert DEFAULT.title in texts(result.response)


async def test_where_there_is_one_model_nobody_has_to_know_its_name(stage: Stage) -> None:
    result = await stage.ask()
    assert result.response is not None
    assert DEFAULT.title not in texts(result.response)


@frames_alone
async def test_another_model_can_be_the_only_one(stage: Stage) -> None:
    await stage.ask()
    [job] = await stage.jobs()
    assert (job.request.model, job.reserved_usd) == (FRAMES.slug, Decimal("0.92"))


@both
async def test_what_the_model_does_not_take_is_refused_with_its_limits(stage: Stage) -> None:
    three: dict[str, Any] = {"image2": picture("two.png"), "image3": picture("three.png")}
    assert await stage.refusal(model=FRAMES.slug, **three) == (
        "You added 3 reference images. The limit is 2, so use fewer."
    )
    assert "uses the aspect ratio of the first image." in await stage.refusal(model=FRAMES.slug, aspect_ratio="1:1")
    last = {"prompt": "waves", "model": FRAMES.slug, "image2": picture("last.png")}
    gap = await stage.refused(await stage.alice.slash(stage.channel, "video", **last))
    assert gap.startswith("Image order matters, so fill `image1` to `image1` without gaps.")


@both
async def test_a_server_that_allows_one_shape_takes_a_model_that_makes_none(stage: Stage) -> None:
    await stage.set(aspect_ratios=frozenset({"1:1"}))
    await stage.ask(model=FRAMES.slug)
    [job] = await stage.jobs()
    assert job.request.options.aspect_ratio == ""


@both
async def test_the_form_offers_the_models_and_drops_a_ratio_that_is_meant_for_another(stage: Stage) -> None:
    shown = await stage.alice.slash(stage.channel, "video")
    values = {"prompt": "a door opens", "images": [picture()], "model": [FRAMES.slug], "ratio": "9:16"}
    await stage.submit(shown, values)
    [job] = await stage.jobs()
    assert (job.request.model, job.request.options.aspect_ratio) == (FRAMES.slug, "")


@both
async def test_again_keeps_the_model(stage: Stage) -> None:
    await stage.ask(model=FRAMES.slug)
    await end(stage)
    await press(stage, "Again")
    job = await newest(stage)
    assert (job.request.model, job.request.options.aspect_ratio, job.state) == (FRAMES.slug, "", State.PREPARING)


@both
async def test_edit_begins_with_the_model_of_the_job_and_can_change_it(stage: Stage) -> None:
    await stage.ask(model=FRAMES.slug)
    await end(stage)
    shown = await press(stage, "Edit")
    assert shown.modal is not None
    assert len(shown.modal["components"]) == 5
    await stage.submit(shown, {"model": [DEFAULT.slug], "ratio": "1:1"})
    job = await newest(stage)
    assert (job.request.model, job.request.options.aspect_ratio) == (DEFAULT.slug, "1:1")


async def test_a_job_of_a_model_that_is_offered_no_more_is_not_made_again_but_can_be_edited(stage: Stage) -> None:
    await stage.ask()
    await end(stage)
    await taken_out(stage, FRAMES.slug)
    told = said(await press(stage, "Again"))
    assert FRAMES.title in told.replace("\\", "")
    assert "*Edit*" in told
    await stage.submit(await press(stage, "Edit"), {})
    job = await newest(stage)
    assert (job.request.model, job.state) == (DEFAULT.slug, State.PREPARING)


async def test_a_job_of_a_model_that_nobody_describes_is_shown_as_any(stage: Stage) -> None:
    await stage.ask()
    job = await end(stage)
    await taken_out(stage, "kling-o9")
    [job] = await stage.jobs()
    card = await stage.card_of(job)
    assert "Done" in str(card.components[0].to_dict())
    assert "5 s · 16:9" in words_of(await press(stage, "Details"))
    assert "kling\\-o9" in said(await press(stage, "Again"))


async def taken_out(stage: Stage, slug: str) -> None:
    """Have the one job be of a model that is not offered."""
    async with open_database(stage.bot.services.settings.database_url) as database, database.begin() as connection:
        await connection.execute(update(jobs).values(model=slug))


async def press(stage: Stage, label: str) -> InteractionResult:
    """Press the button under the post whose label begins so."""
    post = stage.channel.history()[-1]
    rows = [row.children for row in post.components if isinstance(row, discord.ActionRow)]
    buttons = [each for row in rows for each in row if isinstance(each, discord.Button)]
    [button] = [each for each in buttons if (each.label or "").startswith(label)]
    return await stage.alice.click(post, custom_id=button.custom_id)
