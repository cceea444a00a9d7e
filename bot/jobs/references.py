"""The reference images of a job as they may be shown and sent: clean copies, never the uploads themselves."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Final

from bot.jobs.card_pictures import reference_name
from bot.jobs.engine import Engine
from bot.jobs.model import Job, Reference, ReviewMode
from bot.media.errors import ChildFailed

_PLAIN: Final = "plain"  # in a file's name, for a picture without a fingerprint


async def clean_reference(engine: Engine, job: Job, number: int) -> tuple[Path, str]:
    """Return the clean copy of a reference on this machine, and its fingerprint: of one that a moderator saw, that one.

    An upload is decoded once: a copy that is there already is taken. Raises FetchError, ImageRefused, ChildFailed with
    the number of the image, ChannelClosed or OutcomeUnclear.
    """
    reference = job.request.references[number - 1]
    if (copy := _copy_of(engine, job, number)) is not None:
        return copy
    url = reference.url
    if job.request.handling.review is not ReviewMode.OFF and job.approved:
        kept = (await engine.kept.get(job.id)).get(reference_name(number))
        if kept is not None and reference.cleaned:
            return kept, reference.fingerprint
        if kept is not None:
            return await _cleaned(engine, job, number, kept)
        url = (await engine.reviews.pictures(job)).get(reference_name(number), url)
    return await fetch_clean(engine, job, number, url)


async def fetch_clean(engine: Engine, job: Job, number: int, url: str) -> tuple[Path, str]:
    """Bring what is at `url` here and make a clean copy of it; raises as `clean_reference` does."""
    upload = engine.folder_of(job) / f"upload-{number}"
    rules = engine.offer.image_rules(job.request.model)
    engine.images.expect()
    try:
        await engine.references.fetch(url, upload, max_bytes=rules.max_bytes)
        return await _cleaned(engine, job, number, upload)
    finally:
        await asyncio.to_thread(upload.unlink, missing_ok=True)


def noted(reference: Reference, fingerprint: str) -> Reference:
    """Note what a reference shows, and that its copies from now on are clean."""
    return replace(reference, fingerprint=fingerprint, cleaned=True)


async def _cleaned(engine: Engine, job: Job, number: int, source: Path) -> tuple[Path, str]:
    target = engine.folder_of(job) / f"cleaning-{number}"
    try:
        clean = await engine.images.clean(source, target, engine.offer.image_rules(job.request.model))
    except ChildFailed as failed:
        raise ChildFailed(failed.how, number) from failed
    # Its name says what it shows: whoever repeats the step needs no second look at it.
    path = clean.path.with_name(f"clean-{number}-{clean.fingerprint or _PLAIN}{clean.path.suffix}")
    clean.path.replace(path)
    return path, clean.fingerprint


def _copy_of(engine: Engine, job: Job, number: int) -> tuple[Path, str] | None:
    for path in engine.folder_of(job).glob(f"clean-{number}-*"):
        shown = path.stem.rpartition("-")[2]
        return path, "" if shown == _PLAIN else shown
    return None
