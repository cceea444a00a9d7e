"""URLs of the references that Segmind can fetch now, and for long enough.

Discord signs the URLs of attachments: `ex` in the query is the hex Unix time at which one ends. The uploads of a
command are removed after a while; the card's own attachments last, and reading the card again signs them anew.
"""

from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

from bot.jobs.card_pictures import reference_name
from bot.jobs.engine import Engine
from bot.jobs.model import Job

FRESH_FOR: Final = timedelta(minutes=10)  # Segmind fetches when the run starts, which may be a while after the submit
UPLOAD_KEPT_FOR: Final = timedelta(minutes=5)  # how old a command's own upload may be to be relied on


async def reference_urls(engine: Engine, job: Job) -> list[str]:
    """Give one URL for each reference, in order: the uploads themselves while they are new, else the card's copies.

    What nobody but moderators may see yet has its copies in their message. Raises `CardGone`, `ChannelClosed` or
    `OutcomeUnclear` where the card or that message has to be read.
    """
    now = engine.clock.now()
    references = job.request.references
    young = now - job.created_at < UPLOAD_KEPT_FOR
    if young and all(is_fresh(reference.url, now) for reference in references):
        return [reference.url for reference in references]
    if not job.shows_contents:
        copies = await engine.reviews.pictures(job)
        return [copies.get(reference_name(number), each.url) for number, each in enumerate(references, start=1)]
    copies = await engine.cards.attachment_urls(job)
    return [copies.get(reference.card_name or "", reference.url) for reference in references]


def is_fresh(url: str, now: datetime) -> bool:
    """Tell whether a signed URL lives long enough from `now`; one without an end counts as lasting."""
    ends = parse_qs(urlsplit(url).query).get("ex")
    if not ends:
        return True
    try:
        return datetime.fromtimestamp(int(ends[0], 16), UTC) - now > FRESH_FOR
    except (ValueError, OverflowError, OSError):
        return False
