"""A job's reference images as they may be shown and sent: clean copies, and their addresses while they last."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, urlsplit

import structlog

from bot.jobs.model import Job, Reference, ReviewMode
from bot.jobs.ports import reference_name
from bot.jobs.steps.engine import Engine
from bot.media.errors import ChildFailed, FetchError, ImageRefused

log = structlog.get_logger(__name__)

_PLAIN: Final = "plain"  # in a file's name, for an image without a fingerprint
FETCHED_AT_ONCE: Final = 2
FRESH_FOR: Final = timedelta(minutes=10)  # Segmind fetches when the run starts, which may be a while after the submit
UPLOAD_KEPT_FOR: Final = timedelta(minutes=5)  # how old a command's own upload may be to be relied on


async def clean_references(
    engine: Engine, job: Job, numbers: Sequence[int]
) -> "list[tuple[Path, str] | BaseException]":
    """Return what `clean_reference` does for each of several references, or what it raises.

    A few at a time are fetched, which fills the line as well as all at once: so the first is cleaned while others are
    still on their way.
    """
    line = asyncio.Semaphore(FETCHED_AT_ONCE)
    fetching = (clean_reference(engine, job, number, line=line) for number in numbers)
    return await asyncio.gather(*fetching, return_exceptions=True)


async def clean_reference(
    engine: Engine, job: Job, number: int, *, line: asyncio.Semaphore | None = None
) -> tuple[Path, str]:
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
    return await fetch_clean(engine, job, number, url, line=line)


async def fetch_clean(
    engine: Engine, job: Job, number: int, url: str, *, line: asyncio.Semaphore | None = None
) -> tuple[Path, str]:
    """Bring what is at `url` here, in its turn in `line`, and make a clean copy; raises as `clean_reference` does."""
    upload = engine.folder_of(job) / f"upload-{number}"
    rules = engine.offer.image_rules(job.request.model)
    engine.images.expect()
    try:
        async with line or nullcontext():
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
    # Its name says what it shows: repeating the step needs no second look at it.
    path = clean.path.with_name(f"clean-{number}-{clean.fingerprint or _PLAIN}{clean.path.suffix}")
    clean.path.replace(path)
    return path, clean.fingerprint


def _copy_of(engine: Engine, job: Job, number: int) -> tuple[Path, str] | None:
    for path in engine.folder_of(job).glob(f"clean-{number}-*"):
        shown = path.stem.rpartition("-")[2]
        return path, "" if shown == _PLAIN else shown
    return None


class ReferenceLost(Exception):
    """No copy of a reference is left; `number` is 1 for `@Image1`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


async def reference_urls(engine: Engine, job: Job) -> tuple[Job, list[str]]:
    """Return one URL for each reference, in order: those of the card's copies.

    What only moderators may see yet has its copies in their message. A copy that is lost there is made again in
    Segmind's storage, from what this machine still has or from the upload, and the job is saved with its address.
    Raises `ReferenceLost` where there is neither, `StorageRefused`, `ChildFailed`, and `CardGone`, `ChannelClosed` or
    `OutcomeUnclear` where the card or that message has to be read.
    """
    references = job.request.references
    if all(reference.lasting_url for reference in references):
        return job, [reference.lasting_url or "" for reference in references]
    copies = await _copies(engine, job)
    kept = [await _kept(engine, job, number, each, copies) for number, each in enumerate(references, start=1)]
    if tuple(kept) != references:
        job = await engine.store.save(job.evolve(references=tuple(kept)))
    return job, [each.lasting_url or copies[number] for number, each in enumerate(kept, start=1)]


async def _copies(engine: Engine, job: Job) -> Mapping[int, str]:
    """Read where copies of the references are now, by their numbers."""
    references = enumerate(job.request.references, start=1)
    if job.shows_contents:
        urls = await engine.cards.attachment_urls(job)
        named = {number: each.card_name or "" for number, each in references}
    else:
        urls = await engine.reviews.pictures(job)
        named = {number: reference_name(number) for number, _ in references}
    return {number: urls[name] for number, name in named.items() if name in urls}


async def _kept(engine: Engine, job: Job, number: int, reference: Reference, copies: Mapping[int, str]) -> Reference:
    if number in copies or reference.lasting_url:
        return reference
    try:
        path, _ = await clean_reference(engine, job, number)
    except (FetchError, ImageRefused) as error:
        raise ReferenceLost(number) from error
    log.warning("reference_stored", job=job.id, image=number)
    return replace(reference, lasting_url=await engine.elements.keep(path))


def is_fresh(url: str, now: datetime) -> bool:
    """Return whether a signed URL lives long enough from `now`; one without an end counts as lasting."""
    ends = parse_qs(urlsplit(url).query).get("ex")
    if not ends:
        return True
    try:
        return datetime.fromtimestamp(int(ends[0], 16), UTC) - now > FRESH_FOR
    except (ValueError, OverflowError, OSError):
        return False
