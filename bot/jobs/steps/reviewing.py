"""HELD and REVIEW: a moderator looks first. How a job gets there, who sees to it that moderators see it, and its end.

What waits is saved before moderators are shown it, and stays owed to them until they see it: a sweep shows it where the
driver that should have has died, where its channel was closed, and again where its message or its channel is gone.
Nothing waits longer than its server has set, and the minutes that it takes to be sure that the clock has not jumped.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Final

import structlog

from bot.database import tables
from bot.jobs.decisions import Decided, decision_on
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import ChannelClosed, PortError, ReviewPart, Video, reference_name, shown
from bot.jobs.states import REVIEWED, State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.finished_file import fetched
from bot.jobs.steps.giving_up import end_hopeless, is_hopeless
from bot.jobs.steps.references import clean_reference, fetch_clean
from bot.jobs.tasks import for_each, keep_looking
from bot.media.errors import MediaError

log = structlog.get_logger(__name__)

SWEEP_EVERY: Final = 20.0  # seconds
SERVERS_AT_ONCE: Final = 4  # a server whose channel takes its time does not hold up all others
# What may still come before moderators: their images are kept.
_KEPT_IN = REVIEWED | {State.PREPARING}


async def hold(engine: Engine, job: Job, pictures: Mapping[str, Path]) -> Job:
    """Let a request wait for a moderator, with its images kept, before anything is spent."""
    await engine.kept.keep(job.id, pictures)
    held = await engine.move(job, State.HELD, references=job.request.references)
    if await engine.reviews.claim(held, at_once=True):
        await _show(engine, held, frozenset({ReviewPart.REQUEST}))
    return held


async def hold_back(engine: Engine, job: Job, video: Video) -> Job:
    """Let a finished video wait for a moderator."""
    waiting = await engine.move(job, State.REVIEW)
    if await engine.reviews.claim(waiting, at_once=True):
        await _show(engine, waiting, frozenset({ReviewPart.VIDEO}), video=video)
    return waiting


async def keep_reviewing(engine: Engine, resumed: Callable[[], Awaitable[None]]) -> None:
    """Handle waiting reviews now and then, from the moment when drivers may start, until cancelled.

    If the moderators' channel is deleted or changed, the next sweep begins at once.
    """
    await resumed()
    look, reviews = partial(see_to_reviews, engine), engine.reviews
    topics = (*REVIEWED, tables.reviews.name)
    await keep_looking(look, engine.store.engine, *topics, every=SWEEP_EVERY, clock=engine.clock, hurry=reviews.wanted)


async def see_to_reviews(engine: Engine) -> bool:
    """End what has waited too long, and show moderators the rest in their present channel.

    Return whether anything waits, or may have to be seen to later.
    """
    by_server: dict[int, list[Job]] = {}
    for job in await engine.store.in_states(REVIEWED):
        by_server.setdefault(job.request.guild_id, []).append(job)
    places = asyncio.Semaphore(SERVERS_AT_ONCE)
    seen = await asyncio.gather(
        *(_see_to_server(engine, places, waiting) for waiting in by_server.values()), return_exceptions=True
    )
    for broken in filter(None, seen):
        raise broken
    unsettled = await engine.reviews.settle_all()
    return await _tidy(engine) or unsettled or bool(by_server)


async def _see_to_server(engine: Engine, places: asyncio.Semaphore, waiting: Sequence[Job]) -> None:
    async with places:
        await for_each(waiting, partial(_see_to, engine))


async def _see_to(engine: Engine, job: Job) -> None:
    try:
        if engine.clock.now() < job.review_ends_at:
            engine.overdue.forget(job.id)
        elif engine.overdue.confirms(engine.clock, job.id):
            await _end(engine, job)
            return
        if await engine.reviews.claim(job):
            await _show(engine, job)
    except StaleJob:
        log.info("review_decided_meanwhile", job=job.id)
    except Exception as error:
        if await is_hopeless(engine, job, error):
            await end_hopeless(engine, job, error)
        raise


async def bring_to_card(engine: Engine, job: Job) -> Job:
    """Have the card of an approved job show its images, which only moderators could see; without them it goes on."""
    if not job.shows_contents or all(each.card_name for each in job.request.references):
        return job
    try:
        pictures: dict[str, Path] = {}
        for number in range(1, len(job.request.references) + 1):
            pictures[reference_name(number)], _ = await clean_reference(engine, job, number)
        names = await engine.cards.attach(job, pictures)
    except (PortError, MediaError) as error:
        log.warning("references_not_on_card", job=job.id, error=type(error).__name__)
        return job
    return await engine.store.save(job.evolve(**shown(job.request, names)))


async def _end(engine: Engine, job: Job) -> None:
    """Reject what no moderator reviewed in time. What isn't paid for is released."""
    state = State.REJECTED if job.state is State.HELD else State.WITHHELD
    ended = decision_on(job, Decided.REJECTED, engine.clock.now())
    saved = await engine.move(job, state, ended, problem=Problem(code=ProblemCode.REVIEW_OVER))
    engine.overdue.forget(job.id)
    await engine.reviews.settle(saved)
    await engine.notices.tell(saved)


async def _show(
    engine: Engine, job: Job, parts: frozenset[ReviewPart] | None = None, *, video: Video | None = None
) -> None:
    """Show moderators these parts of a waiting job, or those that they cannot see; what fails stays owed."""
    try:
        if parts is None:
            parts = await engine.reviews.missing(job)
        if ReviewPart.REQUEST in parts:
            await engine.reviews.show_request(job, await _pictures(engine, job))
        if ReviewPart.VIDEO in parts and video is not None:
            await engine.reviews.show_video(job, video, await _pictures(engine, job))
        elif ReviewPart.VIDEO in parts:
            async with fetched(engine, job, patient=False) as again:
                await engine.reviews.show_video(job, again, await _pictures(engine, job))
    except ChannelClosed as error:
        await engine.reviews.not_shown(job, error)
    except (PortError, MediaError) as error:
        log.warning("review_not_shown", job=job.id, why=type(error).__name__)
    finally:
        if video is None:
            await engine.clear_folder_of(job.id)


async def _pictures(engine: Engine, job: Job) -> Mapping[str, Path]:
    """Find a request's images wherever they still are; moderators are shown what there is."""
    kept = await engine.kept.get(job.id)
    if kept and all(each.cleaned for each in job.request.references):
        return kept
    urls: dict[str, str] = {}
    # What came before moderators only when it was sent again was on the card, which keeps it for after their approval.
    if any(each.card_name for each in job.request.references):
        with suppress(PortError):
            urls.update(_by_number(job, await engine.cards.attachment_urls(job)))
    with suppress(PortError):
        urls.update(await engine.reviews.pictures(job))
    found: dict[str, Path] = {}
    for number, reference in enumerate(job.request.references, start=1):
        name = reference_name(number)
        try:
            found[name], _ = await fetch_clean(engine, job, number, urls.get(name, reference.url))
        except MediaError as error:
            log.info("reference_gone", job=job.id, image=number, error=str(error))
    return found


def _by_number(job: Job, on_card: Mapping[str, str]) -> Mapping[str, str]:
    """Return the addresses of the card's copies by the names that moderators' messages have for them."""
    named = {number: each.card_name or "" for number, each in enumerate(job.request.references, start=1)}
    return {reference_name(number): on_card[name] for number, name in named.items() if name in on_card}


async def _tidy(engine: Engine) -> bool:
    """Delete the files of jobs that no longer wait; return whether there were any."""
    kept = await engine.kept.jobs()
    for job_id in kept:
        job = await engine.store.get(job_id)
        if job is None or not (job.state in _KEPT_IN or job.hidden):
            await engine.kept.forget(job_id)
    return bool(kept)
