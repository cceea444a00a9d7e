"""The references of an earlier request, to be used once more: its card keeps them as its own attachments."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from bot.jobs.model import Job, Reference
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear
from bot.jobs.reference_urls import UPLOAD_KEPT_FOR, is_fresh
from bot.services import Services

READ_WITHIN: Final = 1.5  # seconds, of the three in which an interaction must be answered


class ReferencesGone(Exception):
    """The images are nowhere any more."""


class ReferencesUnreadable(Exception):
    """Discord does not show the card right now."""


async def kept_references(services: Services, job: Job) -> Sequence[Reference]:
    """Give a job's references with addresses that work now: the card's copies, or the uploads while they are new.

    Raises `ReferencesGone` or `ReferencesUnreadable`.
    """
    references = job.request.references
    now = services.clock.now()
    if now - job.created_at < UPLOAD_KEPT_FOR and all(is_fresh(each.url, now) for each in references):
        return [replace(each, card_name=None) for each in references]
    try:
        async with asyncio.timeout(READ_WITHIN):
            copies = await services.cards.attachment_urls(job)
    except (CardGone, ChannelClosed) as error:
        raise ReferencesGone from error
    except (OutcomeUnclear, TimeoutError) as error:
        raise ReferencesUnreadable from error
    if not all(each.card_name in copies for each in references):
        raise ReferencesGone
    return [replace(each, url=copies[each.card_name or ""], card_name=None) for each in references]
