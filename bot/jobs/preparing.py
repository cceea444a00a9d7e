"""PREPARING: the references are fetched, looked at, and put on the card, before any money is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.jobs.card_pictures import element_name, reference_name, shown
from bot.jobs.engine import Engine
from bot.jobs.model import Job, Problem, ProblemCode, ReviewMode, model_gone
from bot.jobs.ports import ChannelClosed, ElementGone, NotTaken, StorageRefused, problem_of
from bot.jobs.reviewing import fetch_reference, hold
from bot.jobs.states import State
from bot.media.errors import FetchError, ImageRefused, image_fault


class _UnusableReference(Exception):
    """Nothing is made of this request, for a reason that its card tells."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


async def prepare(engine: Engine, job: Job) -> Job:
    """Check the real bytes of each reference, bring each element where it lasts, and make the card show them."""
    if engine.offer.described(job.request.model) is None:
        return await engine.move(job, State.FAILED, problem=model_gone(job))
    try:
        references = {
            reference_name(number): await _checked(engine, job, number)
            for number in range(1, len(job.request.references) + 1)
        }
        characters = await _characters(engine, job)
        pictures = {**references, **{name: paths[0] for name, paths in characters.items() if paths}}
        job = await _known_again(engine, job, references, characters)
        if job.awaits_review(ReviewMode.BEFORE_SPENDING):
            return await hold(engine, job, pictures)
        elements = [await engine.elements.lasting(element) for element in job.request.elements]
        # Saved once more: whoever has lost the job while it fetched learns it here, and leaves the card alone.
        job = await engine.store.save(job.evolve(elements=tuple(elements)))
        if job.awaits_review(ReviewMode.BEFORE_POSTING):
            await _show_moderators(engine, job, pictures)
            return await engine.move(job, State.WAITING)
        names = await engine.cards.attach(job, pictures)
    except _UnusableReference as unusable:
        return await engine.move(job, State.FAILED, problem=unusable.problem)
    except ElementGone as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.ELEMENT_GONE, detail=error.name))
    except StorageRefused as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.STORAGE, detail=error.detail))
    except NotTaken as error:
        return await engine.move(job, State.FAILED, problem=problem_of(error))
    return await engine.move(job, State.WAITING, **shown(job.request, names))


async def _known_again(
    engine: Engine, job: Job, references: Mapping[str, Path], characters: Mapping[str, Sequence[Path]]
) -> Job:
    """Note what the pictures show, and stop where one of them shows what moderators have blocked."""
    prints = {name: await engine.images.fingerprint(path) for name, path in references.items()}
    of_characters = {
        name: tuple([await engine.images.fingerprint(path) for path in paths]) for name, paths in characters.items()
    }
    numbered = enumerate(job.request.references, start=1)
    seen = tuple(replace(each, fingerprint=prints[reference_name(number)]) for number, each in numbered)
    numbered_characters = enumerate(job.request.elements, start=1)
    cast = tuple(
        replace(each, fingerprints=of_characters[element_name(number)]) for number, each in numbered_characters
    )
    every = [*prints.values(), *(each for of_one in of_characters.values() for each in of_one)]
    place = await engine.standing.blocked_image(job, every)
    if place is not None:
        number = place + 1 if place < len(job.request.references) else None
        raise _UnusableReference(Problem(code=ProblemCode.BLOCKED_IMAGE, image=number))
    return job.evolve(references=seen, elements=cast)


async def _show_moderators(engine: Engine, job: Job, pictures: Mapping[str, Path]) -> None:
    """Keep the pictures where only moderators see them; nothing is spent for what none of them would ever see."""
    try:
        await engine.reviews.show_request(job, pictures)
    except ChannelClosed as error:
        await engine.reviews.not_shown(job, error)
        raise _UnusableReference(Problem(code=ProblemCode.REVIEW_CLOSED, detail=error.detail)) from error


async def _characters(engine: Engine, job: Job) -> dict[str, Sequence[Path]]:
    """Fetch the pictures of who plays; the card shows the first of each."""
    return {
        element_name(number): await engine.elements.pictures(element, engine.folder_of(job))
        for number, element in enumerate(job.request.elements, start=1)
    }


async def _checked(engine: Engine, job: Job, number: int) -> Path:
    path = engine.folder_of(job) / f"reference-{number}"
    try:
        await fetch_reference(engine, job, number, path)
        await engine.images.inspect(path, engine.offer.image_rules(job.request.model))
    except ImageRefused as refused:
        fault = refused.fault
    except FetchError as error:
        fault = image_fault(error)
    else:
        return path
    raise _UnusableReference(Problem(code=ProblemCode.IMAGE, detail=fault.value, image=number))
