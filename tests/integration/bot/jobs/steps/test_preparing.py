"""PREPARING: whatever is wrong with the references or the card ends a job before it costs anything."""

import pytest

from bot.jobs.model import Problem, ProblemCode
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear, PortError
from bot.jobs.states import State
from bot.media.rules import ImageFault
from tests.support.files import png
from tests.support.stage import MAX_BYTES, Stage


async def test_the_references_are_put_on_the_card_under_names_of_its_own(stage: Stage) -> None:
    job = await stage.begin(images=3)
    waiting = await stage.drive_until(job, State.WAITING)
    names = ("image1.png", "image2.png", "image3.png")
    assert stage.cards.attached == [(job.id, names)]
    assert tuple(reference.card_name for reference in waiting.request.references) == names
    assert stage.files.asked == ["/fox.png"] * 3


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"just words", ImageFault.NOT_AN_IMAGE),
        (png()[:400], ImageFault.BROKEN),
        (png(299, 400), ImageFault.TOO_SMALL),
        (png(1_000, 399), ImageFault.TOO_OBLONG),
        (png() + bytes(MAX_BYTES), ImageFault.TOO_LARGE),
        (None, ImageFault.GONE),
    ],
    ids=lambda value: value.value if isinstance(value, ImageFault) else "",
)
async def test_a_reference_that_cannot_be_used_is_named_and_nothing_is_spent(
    stage: Stage, content: bytes | None, fault: ImageFault
) -> None:
    job = await stage.begin(images=1)
    if content is None:
        del stage.files.files["/fox.png"]
    else:
        stage.files.files["/fox.png"] = content
    failed = await stage.drive(job)
    assert failed.state is State.FAILED
    assert failed.problem == Problem(code=ProblemCode.IMAGE, detail=fault.value, image=1)
    assert await stage.spent(job) == 0
    assert await stage.submits() == 0
    assert stage.cards.attached == []


async def test_the_one_bad_reference_among_good_ones_is_the_one_named(stage: Stage) -> None:
    job = await stage.begin(images=2)
    first, second = job.request.references
    stage.files.files["/words.png"] = b"just words"
    bad = type(second)(
        url=stage.files.url("/words.png"), filename="w.png", content_type="image/png", size=9, width=400, height=400
    )
    failed = await stage.drive(await stage.store.save(job.evolve(references=(first, bad))))
    assert failed.problem is not None
    assert failed.problem.image == 2


async def test_a_reference_on_a_host_that_is_not_allowed_is_never_asked_for(stage: Stage) -> None:
    job = await stage.begin()
    [reference] = job.request.references
    elsewhere = type(reference)(
        url="http://127.0.0.1:9/fox.png", filename="f.png", content_type="image/png", size=9, width=400, height=400
    )
    failed = await stage.drive(await stage.store.save(job.evolve(references=(elsewhere,))))
    assert failed.problem == Problem(code=ProblemCode.IMAGE, detail=ImageFault.FORBIDDEN_HOST.value, image=1)


async def test_a_server_of_images_that_fails_is_told_as_such(stage: Stage) -> None:
    stage.files.troubles.extend([500])
    failed = await stage.drive(await stage.begin())
    assert failed.problem == Problem(code=ProblemCode.IMAGE, detail=ImageFault.UNREACHABLE.value, image=1)


@pytest.mark.parametrize(
    ("trouble", "code"), [(CardGone("10008"), ProblemCode.CARD_GONE), (ChannelClosed("50001"), ProblemCode.CHANNEL)]
)
async def test_without_a_card_to_show_it_on_nothing_is_spent(
    stage: Stage, trouble: PortError, code: ProblemCode
) -> None:
    stage.cards.troubles.append(trouble)
    job = await stage.begin()
    failed = await stage.drive(job)
    assert (failed.state, failed.problem) == (State.FAILED, Problem(code=code, detail=trouble.detail))
    assert (await stage.spent(job), await stage.submits()) == (0, 0)


async def test_discord_without_a_clear_answer_is_asked_again(stage: Stage) -> None:
    stage.cards.troubles.extend([OutcomeUnclear("503"), OutcomeUnclear("503"), OutcomeUnclear("503")])
    job = await stage.begin()
    await stage.drive_until(job, State.WAITING)
    assert stage.clock.slept[:3] == [2.0, 4.0, 8.0]
    assert len(stage.cards.attached) == 1


async def test_a_job_cancelled_while_it_is_prepared_is_not_submitted(stage: Stage) -> None:
    job = await stage.begin(cancel_requested=True)
    cancelled = await stage.drive(job)
    assert cancelled.state is State.CANCELLED
    assert (await stage.spent(job), await stage.submits()) == (0, 0)


async def test_what_was_fetched_for_a_job_that_failed_does_not_stay_on_the_disk(stage: Stage) -> None:
    stage.files.files["/fox.png"] = b"no picture"
    job = await stage.begin(State.PREPARING)
    assert (await stage.drive(job)).state is State.FAILED
    assert list(stage.engine.folder.iterdir()) == []


async def test_a_driver_that_lost_its_job_while_it_fetched_leaves_the_card_alone(stage: Stage) -> None:
    job = await stage.begin()
    await stage.store.save(job.evolve(driver="somebody else"))
    await stage.drive(job)
    assert stage.cards.attached == []
