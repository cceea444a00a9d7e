"""What an earlier request was made with, to be used once more.

Its images are kept by its card as attachments; its characters are the cast's, as long as the member may use them.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Any, Final

import discord

from bot.jobs.model import Element, Job, ProblemCode, Reference, ReviewMode, VideoRequest
from bot.jobs.ports import CardGone, ChannelClosed, OutcomeUnclear, PortError, element_name, reference_name
from bot.jobs.prompt import Kind, mentions, name_key
from bot.jobs.steps.references import UPLOAD_KEPT_FOR, is_fresh
from bot.media.rules import ImageFault
from bot.members.words import references_unreadable_sentence
from bot.requests.refusal_words import not_usable_sentence
from bot.requests.wish import Wish, numbered
from bot.services import Services
from cogs.requests.asking import Requests
from cogs.requests.characters import sharing_guild
from cogs.requests.drafts import ask_for_images
from cogs.requests.gatekeeping import refuse

READ_WITHIN: Final = 1.5  # seconds, of the three in which an interaction must be answered


class ReferencesGone(Exception):
    """The images are nowhere any more."""


class ReferencesUnreadable(Exception):
    """Discord does not show the card right now."""


class ElementNotUsable(Exception):
    """A character was removed, or is no longer shared; `name` is as it was."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


async def repeat(services: Services, interaction: discord.Interaction[Any], job: Job, wish: Wish) -> bool:
    """Make a wish come true with what a job was made with; return whether there is a new job.

    Images of its own take the place of the job's. Where no copy is left of these the member is asked for them.
    """
    try:
        wish = replace(wish, kept=await kept_elements(services, job.request, wish.prompt))
        if not wish.images:
            wish = replace(wish, images=numbered(await kept_references(services, job)))
    except ReferencesGone:
        await ask_for_images(services, interaction, wish)
        return False
    except ReferencesUnreadable:
        await refuse(services, interaction, references_unreadable_sentence(), replace(wish, repeats=job.id))
        return False
    except ElementNotUsable as unusable:
        await refuse(services, interaction, not_usable_sentence(unusable.name), replace(wish, repeats=job.id))
        return False
    return await Requests(services).take(interaction, wish)


async def kept_references(services: Services, job: Job) -> Sequence[Reference]:
    """Return a job's references with addresses that work now: the card's copies, or the uploads while they are new.

    Raises `ReferencesGone` or `ReferencesUnreadable`.
    """
    references = job.request.references
    if not references:
        return []
    if _is_gone(job):
        raise ReferencesGone
    now = services.clock.now()
    if now - job.created_at < UPLOAD_KEPT_FOR and all(is_fresh(each.url, now) for each in references):
        return [_anew(each, each.url) for each in references]
    try:
        async with asyncio.timeout(READ_WITHIN):
            copies = (await _copies(services, job))[: len(references)]
    except (CardGone, ChannelClosed) as error:
        raise ReferencesGone from error
    except (OutcomeUnclear, TimeoutError) as error:
        raise ReferencesUnreadable from error
    copies = [copy or each.lasting_url or "" for each, copy in zip(references, copies, strict=True)]
    if not all(copies):
        raise ReferencesGone
    return [_anew(each, copy) for each, copy in zip(references, copies, strict=True)]


async def shown_images(services: Services, job: Job) -> Sequence[tuple[str, str]]:
    """Return the addresses and names of a job's images and characters, as far as they can be read now."""
    references, elements = job.request.references, job.request.elements
    try:
        async with asyncio.timeout(READ_WITHIN):
            copies = await _copies(services, job)
    except (PortError, TimeoutError):
        copies = [""] * (len(references) + len(elements))
    now = services.clock.now()
    is_new = now - job.created_at < UPLOAD_KEPT_FOR
    uploads = [each.lasting_url or (each.url if is_new and is_fresh(each.url, now) else "") for each in references]
    urls = [copy or upload for copy, upload in zip_longest(copies, uploads, fillvalue="")]
    names = [f"@Image{number}" for number in range(1, len(references) + 1)] + [f"@{each.name}" for each in elements]
    return [(url, name) for url, name in zip(urls, names, strict=True) if url]


async def first_images(services: Services, jobs: Iterable[Job]) -> Mapping[int, str]:
    """Give the address of each job's first image or character; what Discord doesn't give in time is left out."""
    listed = list(jobs)
    found = await asyncio.gather(*(_first_image(services, job) for job in listed))
    return {job.id: address for job, address in zip(listed, found, strict=True) if address}


async def _first_image(services: Services, job: Job) -> str | None:
    if not job.request.references:
        return next((url for url, _name in await shown_images(services, job)), None)
    try:
        references = await kept_references(services, job)
    except (ReferencesGone, ReferencesUnreadable):
        return None
    return references[0].url


async def _copies(services: Services, job: Job) -> Sequence[str]:
    """Read the addresses of the copies on the card, or on the message of the moderators who have not approved them.

    The references' come first, then the characters'; of one that is not there it is empty.
    """
    references, elements = job.request.references, job.request.elements
    if job.request.handling.review is not ReviewMode.OFF and not job.approved:
        seen = await services.moderators.reviews.pictures(job)
        names = [reference_name(number) for number in range(1, len(references) + 1)]
        names += [element_name(number) for number in range(1, len(elements) + 1)]
        return [seen.get(name, "") for name in names]
    copies = await services.delivery.cards.attachment_urls(job)
    return [copies.get(each.card_name or "", "") for each in (*references, *elements)]


def _anew(reference: Reference, url: str) -> Reference:
    return replace(reference, url=url, card_name=None, fingerprint="", cleaned=False)


async def kept_elements(services: Services, request: VideoRequest, prompt: str) -> Sequence[Element]:
    """Return the characters of a request for one more with this prompt: all but those that the prompt no longer names.

    One's own that was removed since goes on with what Segmind's storage has of it; what another shared goes on only as
    long as it is shared. Raises `ElementNotUsable` for the first that may not be used any more.
    """
    guild_id = await sharing_guild(services, request.guild_id)
    kept: list[Element] = []
    for element in _still_named(request, prompt):
        character = await services.cast.store.by_id(element.cast_id, request.member_id, guild_id)
        if character is not None:
            kept.append(replace(character.element, name=element.name))
        elif element.owner_id == request.member_id and element.frontal_url:
            kept.append(replace(element, card_name=None))
        else:
            raise ElementNotUsable(element.name)
    return kept


def _is_gone(job: Job) -> bool:
    """Return whether Discord did not have an image any more when it was to be fetched."""
    problem = job.problem
    return problem is not None and problem.code is ProblemCode.IMAGE and problem.detail == ImageFault.GONE


def _still_named(request: VideoRequest, prompt: str) -> Sequence[Element]:
    keys = {name_key(element.name) for element in request.elements}
    before = {each.key for each in mentions(request.prompt, keys) if each.kind is Kind.NAME}
    now = {each.key for each in mentions(prompt, keys) if each.kind is Kind.NAME}
    return [each for each in request.elements if name_key(each.name) not in before - now]
