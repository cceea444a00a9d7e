"""COMPLETED and POSTING: the video is fetched, checked, and posted exactly once.

POSTING, with the number of the attempt, is saved before the post. A driver that finds a job there looks through
the channel first.
"""

from typing import Final

import structlog

from bot.jobs.decisions import Decided, decision_on
from bot.jobs.errors import StaleJob
from bot.jobs.model import Changes, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.ports import CannotTell, NotTaken, OutcomeUnclear, Posted, TooLarge, Video, problem_of
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.finished_file import fetched
from bot.jobs.steps.reviewing import bring_to_card, hold_back
from bot.jobs.tasks import finish_within
from bot.media.errors import FetchFailed, FetchGone, FetchRefused, MediaError, NotAVideo, VideoCut

log = structlog.get_logger(__name__)

POST_WITHIN: Final = 20.0  # seconds from the save of the intent to the moment the post leaves
STOP_GRACE: Final = 4.0  # seconds a post in flight is given when the bot stops
_FOR_GOOD: Final = frozenset({ProblemCode.LEFT, ProblemCode.BLOCKED})
LOOK_AFTER: Final = 5.0  # seconds from a post without a clear end to the look for it


async def deliver(engine: Engine, job: Job) -> Job:
    """Bring the finished video here, then post it."""
    if job.cancel_requested:
        return await engine.move(job, State.WITHHELD)
    try:
        if (objection := await engine.standing.objection(job)) is not None:
            return await _objected(engine, job, objection)
        async with fetched(engine, job) as video:
            # Again: bringing it here may have taken days.
            if (objection := await engine.standing.objection(job)) is not None:
                return await _objected(engine, job, objection)
            if job.awaits_review(ReviewMode.BEFORE_POSTING):
                return await hold_back(engine, job, video)
            leave_by = engine.clock.monotonic() + POST_WITHIN
            posting = await engine.move(job, State.POSTING, post_attempts=job.post_attempts + 1)
            if engine.earlier.may_concern(job):
                return await _look(engine, posting) or await _post_anew(engine, posting, video)
            return await _post(engine, posting, video, leave_by)
    except MediaError as error:
        return await _undelivered(engine, job, _media_problem(error))
    except NotTaken as error:
        return await _refused(engine, job, error)


async def resume_posting(engine: Engine, job: Job) -> Job:
    """Finish a post whose outcome no one saw: it is looked for in the channel before anything is sent."""
    # Saved before the look: from here on no driver that lost the job earlier can move it.
    job = await engine.store.save(await bring_to_card(engine, job))
    # Before the file is asked for, which may be gone, or away for days: what is posted already does not need it.
    if (settled := await _look(engine, job)) is not None:
        return settled
    try:
        async with fetched(engine, job) as video:
            # Once more: that may have taken longer than Discord knows a nonce, and a post of before come in meanwhile.
            return await _look(engine, job) or await _post_anew(engine, job, video)
    except MediaError as error:
        return await _undelivered(engine, job, _media_problem(error))
    except NotTaken as error:
        return await _refused(engine, job, error)


async def _look(engine: Engine, job: Job) -> Job | None:
    """Look for the post, and end the job if it's found; return None if there certainly is no post yet."""
    try:
        found = await engine.posts.find(job)
    except CannotTell as error:
        return await _undelivered(engine, job, Problem(code=ProblemCode.POST_UNKNOWN, detail=error.detail))
    except NotTaken as error:
        return await _refused(engine, job, error)
    if found is not None:
        log.info("post_found", job=job.id, message=found.message_id, channel=found.channel_id)
        return await _delivered(engine, job, found)
    if job.forgotten:
        return await engine.move(job, State.UNDELIVERED)
    return await _withheld(engine, job) if job.cancel_requested else None


async def _withheld(engine: Engine, job: Job) -> Job:
    """Honor a takedown that came before the post."""
    return await engine.store.save(job.move(State.WITHHELD, engine.clock.now()), also=engine.owe)


async def _post_anew(engine: Engine, job: Job, video: Video) -> Job:
    """Post after a look that found nothing, or what Discord has refused."""
    if (objection := await engine.standing.objection(job)) is not None:
        return await _objected(engine, job, objection)
    # Saved once more: a driver that lost the job meanwhile learns it here, and however long it took until now, this
    # driver has the whole time to post.
    leave_by = engine.clock.monotonic() + POST_WITHIN
    return await _post(engine, await engine.store.save(job), video, leave_by)


async def _post(engine: Engine, job: Job, video: Video, leave_by: float) -> Job:
    """Post; what Discord refuses for its size was not posted, and goes smaller, at last as a link."""
    try:
        return await finish_within(_send(engine, job, video, leave_by), grace=STOP_GRACE)
    except TooLarge as error:
        log.warning("upload_refused", job=job.id, size=video.facts.size, error=error.detail)
        if video.over is not None:  # it went as a link: there is nothing smaller
            return await _refused(engine, job, error)
    try:
        smaller = await engine.posts.prepare(job, video, refused=True)
    except NotTaken as error:
        return await _refused(engine, job, error)
    return await _post_anew(engine, job, smaller)


async def _send(engine: Engine, job: Job, video: Video, leave_by: float) -> Job:
    await engine.make_sure_of(job)  # a takedown may have been noted since
    try:
        posted = await engine.posts.post(job, video, leave_by=leave_by)
    except TooLarge:
        raise
    except NotTaken as error:
        return await _refused(engine, job, error)
    except OutcomeUnclear as error:
        # Still POSTING: the driver goes on by looking for the post, ever more slowly.
        raise OutcomeUnclear(error.detail, wait=max(LOOK_AFTER, error.wait)) from error
    return await _delivered(engine, job, Posted(channel_id=job.video_channel_id, message_id=posted))


async def _delivered(engine: Engine, job: Job, post: Posted) -> Job:
    """Note the post; where a takedown came while it was on its way, what is owed is that it goes."""
    changes: Changes = {"post_message_id": post.message_id}
    if post.channel_id != job.video_channel_id:  # of an earlier attempt
        changes["post_channel_id"] = post.channel_id
    if job.cancel_requested and not job.forgotten:
        gone = job.move(State.TAKEN_DOWN, engine.clock.now(), **changes)
        return await engine.store.save(gone, also=engine.owe)
    try:
        changes["problem"] = None
        delivered = await engine.move(job, State.DELIVERED, **changes)
    except StaleJob:
        newest = await engine.store.get(job.id)
        if newest is None or (newest.state, newest.driver) != (job.state, job.driver):
            raise
        return await _delivered(engine, newest, post)
    if job.approved:  # moderators' message keeps the images no longer
        await engine.reviews.settle(delivered)
    if engine.tell_done is not None:
        await engine.tell_done(delivered)
    return delivered


async def _undelivered(engine: Engine, job: Job, problem: Problem) -> Job:
    if job.state is State.POSTING and job.cancel_requested and not job.forgotten:
        return await _withheld(engine, job)
    log.error("undelivered", job=job.id, request_id=job.request_id, why=problem.code, detail=problem.detail)
    kept = await engine.move(job, State.UNDELIVERED, problem=problem)
    await engine.notices.tell(kept)
    return kept


async def _refused(engine: Engine, job: Job, error: NotTaken) -> Job:
    """Keep a video that the channel does not take, and tell moderators what they can do about it."""
    kept = await _undelivered(engine, job, problem_of(error))
    if not kept.cancel_requested:
        await engine.standing.tell(kept)
    return kept


async def _objected(engine: Engine, job: Job, objection: ProblemCode) -> Job:
    """Post nothing for a member who stands otherwise with the server than when they asked.

    Where someone decided against the member, the video is withheld permanently; where only the place or the moment does
    not allow it, it is kept, to be sent again.
    """
    problem = Problem(code=objection)
    if objection in _FOR_GOOD and job.state is State.COMPLETED:
        withheld = decision_on(job, Decided.WITHHELD, engine.clock.now(), reason=objection.value)
        kept = await engine.move(job, State.WITHHELD, withheld, problem=problem)
        await engine.notices.tell(kept)
    else:
        kept = await _undelivered(engine, job, problem)
    if not kept.cancel_requested:
        await engine.standing.tell(kept)
    return kept


def _media_problem(error: MediaError) -> Problem:
    match error:
        case VideoCut():
            return Problem(code=ProblemCode.OUTPUT_GONE, detail=str(error))
        case NotAVideo():
            return Problem(code=ProblemCode.OUTPUT_UNUSABLE, detail=str(error))
        case FetchGone() | FetchFailed() | FetchRefused():
            return Problem(code=ProblemCode.OUTPUT_GONE, detail=str(error))
        case _:
            return Problem(code=ProblemCode.OUTPUT_UNUSABLE, detail=str(error))
