"""PREPARING: the references are fetched, checked, and put on the card, before any money is spent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.jobs.model import Changes, Job, Problem, ProblemCode, ReviewMode, model_gone
from bot.jobs.ports import (
    ChannelClosed,
    ElementGone,
    NotTaken,
    Shown,
    StorageRefused,
    element_name,
    problem_of,
    reference_name,
    shown,
)
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.references import clean_references, noted
from bot.jobs.steps.reviewing import hold
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
        job, references = await _references(engine, job)
        characters = await _characters(engine, job)
        pictures = {**references, **{name: shown[0].path for name, shown in characters.items() if shown}}
        job = await _known_again(engine, job, characters)
        if job.awaits_review(ReviewMode.BEFORE_SPENDING):
            return await hold(engine, job, pictures)
        elements = [await engine.elements.lasting(element) for element in job.request.elements]
        # A driver that lost the job while it fetched learns it here, and leaves the card alone.
        await engine.make_sure_of(job)
        job = job.evolve(elements=tuple(elements))
        if job.awaits_review(ReviewMode.BEFORE_POSTING):
            await _show_moderators(engine, job, pictures)
            inputs: Changes = {"references": job.request.references, "elements": job.request.elements}
            return await engine.move(job, State.WAITING, **inputs)
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


async def _references(engine: Engine, job: Job) -> tuple[Job, dict[str, Path]]:
    """Fetch the references and make clean copies, one after the other, each as soon as it is here.

    What the step is taken again for finds its copies here, and what they show saved with the job.
    """
    numbers = range(1, len(job.request.references) + 1)
    copies = await clean_references(engine, job, numbers)
    references, paths = list(job.request.references), dict[str, Path]()
    for number, copy in zip(numbers, copies, strict=True):
        if isinstance(copy, BaseException):
            raise _unusable(number, copy) from copy
        paths[reference_name(number)], shown = copy
        references[number - 1] = noted(references[number - 1], shown)
    return job.evolve(references=tuple(references)), paths


def _unusable(number: int, error: BaseException) -> BaseException:
    """Tell what a reference that can't be used means; trouble that isn't its own stays what it is."""
    match error:
        case ImageRefused(fault=fault):
            pass
        case FetchError():
            fault = image_fault(error)
        case _:
            return error
    return _UnusableReference(Problem(code=ProblemCode.IMAGE, detail=fault.value, image=number))


async def _known_again(engine: Engine, job: Job, characters: Mapping[str, Sequence[Shown]]) -> Job:
    """Note what the characters show, and stop where an image shows what moderators have blocked."""
    numbered = enumerate(job.request.elements, start=1)
    cast = tuple(
        replace(each, fingerprints=tuple(shown.fingerprint for shown in characters[element_name(number)]))
        for number, each in numbered
    )
    every = [each.fingerprint for each in job.request.references]
    every += [each for element in cast for each in element.fingerprints]
    place = await engine.standing.blocked_image(job, every)
    if place is not None:
        number = place + 1 if place < len(job.request.references) else None
        raise _UnusableReference(Problem(code=ProblemCode.BLOCKED_IMAGE, image=number))
    return job.evolve(elements=cast)


async def _show_moderators(engine: Engine, job: Job, pictures: Mapping[str, Path]) -> None:
    """Keep the images where only moderators see them; nothing is spent for what none of them would ever see."""
    try:
        await engine.reviews.show_request(job, pictures)
    except ChannelClosed as error:
        await engine.reviews.not_shown(job, error)
        raise _UnusableReference(Problem(code=ProblemCode.REVIEW_CLOSED, detail=error.detail)) from error


async def _characters(engine: Engine, job: Job) -> dict[str, Sequence[Shown]]:
    """Fetch the images of who plays; the card shows the first of each."""
    return {
        element_name(number): await engine.elements.pictures(element, engine.folder_of(job))
        for number, element in enumerate(job.request.elements, start=1)
    }
