"""Saved characters on their way: to Segmind's storage once, onto the card, and into the request."""

import asyncio
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from PIL import Image
from structlog.testing import capture_logs

from bot.cast.lasting import KEPT_FOR
from bot.cast.model import Picture
from bot.cast.store import CastStore
from bot.catalogue.models import DEFAULT
from bot.jobs.history.reading import is_same_request
from bot.jobs.model import Element, Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.records.store import Record, RecordStore, Search
from bot.segmind.budget import Rank
from tests.support.drawings import drawing, encoded, print_of
from tests.support.files import png
from tests.support.stage import Stage

LAMP = Element(cast_id=1, owner_id=30, name="lamp")
PICTURES = [Picture(content=png(colour=colour), content_type="image/png") for colour in ("teal", "red", "navy")]


@pytest.fixture
async def cast(stage: Stage) -> CastStore:
    store = CastStore(stage.engine.store.engine)
    await store.add(1, 30, "lamp", PICTURES, most=20, now=stage.clock.now())
    return store


async def begin(stage: Stage, *elements: Element, images: int = 0, prompt: str = "@lamp glows") -> Job:
    job = await stage.begin(images=images or 1, prompt=prompt)
    kept = job.request.references[:images]
    return await stage.store.save(job.evolve(references=kept, elements=elements))


async def uploads(stage: Stage) -> int:
    return (await stage.segmind.state())["operations"].get("upload", 0)


async def sent(stage: Stage, job: Job) -> dict[str, Any]:
    """Drive a job until Segmind has it; returns the body as its history has it."""
    queued = await stage.drive_until(job, State.QUEUED)
    row = await stage.engine.segmind.history_row(queued.request_id or "")
    assert row.body is not None
    return dict(row.body)


async def test_a_character_is_sent_with_addresses_in_segminds_storage(stage: Stage, cast: CastStore) -> None:
    body = await sent(stage, await begin(stage, LAMP, images=1, prompt="@lamp glows in @Image1"))
    assert body["prompt"] == "@Element1 glows in @Image1"
    [image] = body["image_urls"]
    assert image == stage.cards.urls["image1.png"]
    [element] = body["elements"]
    addresses = [element["frontal_image_url"], *element["reference_image_urls"]]
    async with aiohttp.ClientSession() as session:
        stored = [await (await session.get(address)).read() for address in addresses]
    assert stored == [each.content for each in PICTURES]


async def test_without_an_image_the_first_characters_frontal_picture_stands_in(stage: Stage, cast: CastStore) -> None:
    await cast.add(2, 30, "quay", PICTURES[:2], most=20, now=stage.clock.now())
    quay = Element(cast_id=2, owner_id=30, name="quay")
    body = await sent(stage, await begin(stage, quay, LAMP, prompt="@lamp on the @quay"))
    assert body["prompt"] == "@Element2 on the @Element1"
    assert body["image_urls"] == [body["elements"][0]["frontal_image_url"]]
    assert [len(each["reference_image_urls"]) for each in body["elements"]] == [1, 2]


async def test_its_pictures_are_brought_there_once_and_each_time_on_the_budget(stage: Stage, cast: CastStore) -> None:
    first = await sent(stage, await begin(stage, LAMP, prompt="@lamp glows"))
    second = await sent(stage, await begin(stage, LAMP, prompt="@lamp sleeps"))
    assert first["elements"] == second["elements"]
    assert await uploads(stage) == 1
    assert stage.budget.taken.count(Rank.SUBMIT) == 3  # both runs, and the one upload


async def test_two_jobs_that_use_a_new_character_at_once_share_one_copy(stage: Stage, cast: CastStore) -> None:
    jobs = [await begin(stage, LAMP, prompt=prompt) for prompt in ("@lamp glows", "@lamp sleeps")]
    await asyncio.gather(*(stage.drive_until(job, State.QUEUED) for job in jobs))
    assert await uploads(stage) == 1


async def test_an_old_copy_is_made_anew(stage: Stage, cast: CastStore) -> None:
    long_ago = stage.clock.now() - KEPT_FOR
    await cast.keep_urls(1, ["https://images.segmind.com/assets/old.png"] * 3, long_ago)
    body = await sent(stage, await begin(stage, LAMP))
    assert "old.png" not in str(body)
    assert await uploads(stage) == 1


async def test_the_card_shows_the_character_after_the_images(stage: Stage, cast: CastStore) -> None:
    waiting = await stage.drive_until(await begin(stage, LAMP, images=2), State.WAITING)
    assert stage.cards.attached == [(waiting.id, ("image1.png", "image2.png", "element1.png"))]
    assert [each.card_name for each in waiting.request.elements] == ["element1.png"]
    assert [each.card_name for each in waiting.request.references] == ["image1.png", "image2.png"]


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_storage_that_says_not_now_is_asked_again(stage: Stage, cast: CastStore, status: int) -> None:
    await stage.says("upload", *[(status, {"error": "later"})] * 2)
    assert (await sent(stage, await begin(stage, LAMP)))["elements"]
    assert await uploads(stage) == 3
    assert stage.clock.slept[:2] == [5.0, 10.0]


async def test_a_storage_that_says_it_for_too_long_ends_the_job_without_a_charge(stage: Stage, cast: CastStore) -> None:
    await stage.says("upload", *[(503, {"error": "later"})] * 5)
    failed = await stage.drive(await begin(stage, LAMP))
    assert (failed.state, failed.problem and failed.problem.code) == (State.FAILED, ProblemCode.STORAGE)
    assert (await stage.spent(failed), await stage.submits(), await uploads(stage)) == (0, 0, 5)


@pytest.mark.parametrize("answer", [(502, "<html>"), (400, {"error": "no"}), (200, {"file_urls": []})])
async def test_an_upload_whose_outcome_is_unknown_or_refused_is_not_repeated(
    stage: Stage, cast: CastStore, answer: tuple[int, Any]
) -> None:
    await stage.says("upload", answer)
    failed = await stage.drive(await begin(stage, LAMP))
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.STORAGE
    assert await uploads(stage) == 1


async def test_a_key_that_is_no_longer_good_is_for_the_operator(stage: Stage, cast: CastStore) -> None:
    await stage.says("upload", (401, {"error": "Unauthorized"}))
    with capture_logs() as logged:
        failed = await stage.drive(await begin(stage, LAMP))
    assert failed.problem is not None
    assert failed.problem.code is ProblemCode.STORAGE
    assert [line["what"] for line in logged if line["event"] == "operator_must_act"] == ["InvalidKey"]


async def test_a_character_that_was_removed_before_its_first_use_ends_the_job(stage: Stage) -> None:
    failed = await stage.drive(await begin(stage, LAMP))
    assert failed.problem == Problem(code=ProblemCode.ELEMENT_GONE, detail="lamp")
    assert await uploads(stage) == 0


async def test_a_character_that_was_removed_after_its_first_use_still_plays(stage: Stage) -> None:
    used = replace(LAMP, frontal_url="https://images.segmind.com/assets/1.png", reference_urls=("https://a.b/2",))
    body = await sent(stage, await begin(stage, used))
    assert body["elements"] == [
        {"frontal_image_url": used.frontal_url, "reference_image_urls": ["https://a.b/2"]},
    ]
    assert await uploads(stage) == 0


async def test_a_job_keeps_its_characters_in_the_database(stage: Stage, cast: CastStore) -> None:
    waiting = await stage.drive_until(await begin(stage, LAMP), State.WAITING)
    [element] = (await stage.saved(waiting)).request.elements
    assert (element.name, element.cast_id, len(element.reference_urls)) == ("lamp", 1, 2)
    assert element.frontal_url.startswith("http://127.0.0.1")


async def test_a_request_that_a_restored_database_forgot_is_known_by_its_characters(
    stage: Stage, cast: CastStore
) -> None:
    queued = await stage.drive_until(await begin(stage, LAMP, images=1), State.QUEUED)
    row = await stage.engine.segmind.history_row(queued.request_id or "")
    assert is_same_request(row, queued, DEFAULT)
    from_before_its_addresses_were_known = queued.evolve(elements=(LAMP,))
    assert is_same_request(row, from_before_its_addresses_were_known, DEFAULT)
    other = replace(LAMP, frontal_url="https://images.segmind.com/assets/other.png")
    assert not is_same_request(row, queued.evolve(elements=(other,)), DEFAULT)
    assert not is_same_request(row, queued.evolve(elements=()), DEFAULT)
    without = await stage.drive_until(await begin(stage, images=1, prompt="a fox"), State.QUEUED)
    plain = await stage.engine.segmind.history_row(without.request_id or "")
    assert is_same_request(plain, without, DEFAULT)
    assert not is_same_request(plain, queued, DEFAULT)


async def test_what_the_pictures_of_characters_show_is_kept_with_the_request_and_on_record(
    stage: Stage, cast: CastStore
) -> None:
    stage.files.files["/fox.png"] = encoded(drawing(1))
    pictures = [Picture(content=encoded(drawing(seed)), content_type="image/png") for seed in (2, 3)]
    await cast.add(2, 30, "fox", pictures, most=20, now=stage.clock.now())
    fox = Element(cast_id=2, owner_id=30, name="fox")
    job = await stage.drive_until(await begin(stage, fox, images=1), State.QUEUED)
    assert job.request.fingerprints == tuple(print_of(drawing(seed)) for seed in (1, 2, 3))
    again = await stage.store.get(job.id)
    assert again is not None
    assert again.request.elements == job.request.elements
    [record], _ = await RecordStore(stage.store.engine).page(Search(guild_id=10), first=0, at_most=1)
    assert isinstance(record, Record)
    assert record.fingerprints == job.request.fingerprints


async def test_a_picture_that_moderators_blocked_does_not_hide_among_a_characters(
    stage: Stage, cast: CastStore
) -> None:
    rings = Image.radial_gradient("L").resize((400, 320))
    hidden = Picture(content=encoded(rings), content_type="image/png")
    await cast.add(2, 30, "fox", [*PICTURES[:2], hidden], most=20, now=stage.clock.now())
    blocked = print_of(rings)
    assert blocked
    stage.moderators.blocked_prints.add(blocked)
    fox = Element(cast_id=2, owner_id=30, name="fox")
    failed = await stage.drive(await begin(stage, LAMP, fox, images=1))
    assert failed.problem == Problem(code=ProblemCode.BLOCKED_IMAGE)
    assert await uploads(stage) == 0
