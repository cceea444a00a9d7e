"""PREPARING: the references are fetched, looked at, and put on the card, before any money is spent."""

from pathlib import Path

from bot.jobs.card_pictures import element_name, reference_name, shown
from bot.jobs.engine import Engine
from bot.jobs.model import Job, Problem, ProblemCode, Reference
from bot.jobs.ports import CardGone, ChannelClosed, ElementGone, ElementRefused
from bot.jobs.states import State
from bot.media.errors import FetchError, ImageRefused, image_fault


class _UnusableReference(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


async def prepare(engine: Engine, job: Job) -> Job:
    """Check the real bytes of each reference, bring each element where it lasts, and make the card show them."""
    try:
        pictures = {
            reference_name(number): await _checked(engine, job, number, reference)
            for number, reference in enumerate(job.request.references, start=1)
        }
        elements = [await engine.elements.lasting(element) for element in job.request.elements]
        # Saved once more: whoever has lost the job while it fetched learns it here, and leaves the card alone.
        job = await engine.store.save(job.evolve(elements=tuple(elements)))
        names = await engine.cards.attach(job, {**pictures, **await _portraits(engine, job)})
    except _UnusableReference as unusable:
        return await engine.move(job, State.FAILED, problem=unusable.problem)
    except ElementGone as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.ELEMENT_GONE, detail=error.detail))
    except ElementRefused as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.STORAGE, detail=error.detail))
    except CardGone as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.CARD_GONE, detail=error.detail))
    except ChannelClosed as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.CHANNEL, detail=error.detail))
    return await engine.move(job, State.WAITING, **shown(job.request, names))


async def _portraits(engine: Engine, job: Job) -> dict[str, Path]:
    """Fetch the pictures by which the card shows who plays."""
    pictures = {
        element_name(number): engine.folder_of(job) / element_name(number)
        for number in range(1, len(job.request.elements) + 1)
    }
    elements = zip(pictures.items(), job.request.elements, strict=True)
    return {name: path for (name, path), element in elements if await engine.elements.portrait(element, path)}


async def _checked(engine: Engine, job: Job, number: int, reference: Reference) -> Path:
    path = engine.folder_of(job) / f"reference-{number}"
    try:
        await engine.references.fetch(reference.url, path, max_bytes=engine.limits.max_image_bytes)
        await engine.images.inspect(path)
    except ImageRefused as refused:
        fault = refused.fault
    except FetchError as error:
        fault = image_fault(error)
    else:
        return path
    raise _UnusableReference(Problem(code=ProblemCode.IMAGE, detail=fault.value, image=number))
