"""URLs of the references that Segmind can fetch now, and for long enough.

Only clean copies are handed on, never the uploads themselves. Discord signs the URLs of attachments: `ex` in the query
is the hex Unix time at which one ends. The card's own attachments last, and reading the card again signs them anew.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

import structlog

from bot.jobs.card_pictures import reference_name
from bot.jobs.engine import Engine
from bot.jobs.model import Job, Reference
from bot.jobs.references import clean_reference
from bot.media.errors import FetchError, ImageRefused

log = structlog.get_logger(__name__)

FRESH_FOR: Final = timedelta(minutes=10)  # Segmind fetches when the run starts, which may be a while after the submit
UPLOAD_KEPT_FOR: Final = timedelta(minutes=5)  # how old a command's own upload may be to be relied on


class ReferenceLost(Exception):
    """No copy of a reference is left; `number` is 1 for `@Image1`."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


async def reference_urls(engine: Engine, job: Job) -> tuple[Job, list[str]]:
    """Return one URL for each reference, in order: those of the card's copies.

    What only moderators may see yet has its copies in their message. A copy that is lost there is made anew in
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
    """Tell whether a signed URL lives long enough from `now`; one without an end counts as lasting."""
    ends = parse_qs(urlsplit(url).query).get("ex")
    if not ends:
        return True
    try:
        return datetime.fromtimestamp(int(ends[0], 16), UTC) - now > FRESH_FOR
    except (ValueError, OverflowError, OSError):
        return False
