"""PREPARING: the references are fetched, looked at, and put on the card, before any money is spent."""

from dataclasses import replace
from pathlib import Path

from bot.jobs.engine import Engine
from bot.jobs.model import Job, Problem, ProblemCode, Reference
from bot.jobs.ports import CardGone, ChannelClosed
from bot.jobs.states import State
from bot.media.errors import FetchError, ImageRefused, image_fault


class _UnusableReference(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


async def prepare(engine: Engine, job: Job) -> Job:
    """Check the real bytes of each reference and make the card hold them."""
    try:
        paths = [
            await _checked(engine, job, number, reference)
            for number, reference in enumerate(job.request.references, start=1)
        ]
        # Saved once more: whoever has lost the job while it fetched learns it here, and leaves the card alone.
        job = await engine.store.save(job)
        names = await engine.cards.attach(job, paths)
    except _UnusableReference as unusable:
        return await engine.move(job, State.FAILED, problem=unusable.problem)
    except CardGone as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.CARD_GONE, detail=error.detail))
    except ChannelClosed as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.CHANNEL, detail=error.detail))
    references = tuple(
        replace(reference, card_name=name) for reference, name in zip(job.request.references, names, strict=True)
    )
    return await engine.move(job, State.WAITING, references=references)


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
