"""WAITING and SUBMITTING: the one step that costs money, taken at most once.

The intent is saved with the exact body before the POST leaves, and the POST leaves within `SEND_WITHIN` of that
save or not at all. Only a refusal in Segmind's own words means "not accepted"; everything else is UNCONFIRMED, an
error of the server included: the history is read before anything is sent again.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final, TypeVar

import structlog
from sqlalchemy.exc import IntegrityError

from bot.catalogue.model import VideoModel
from bot.database.outages import words
from bot.jobs.decisions import Pause
from bot.jobs.errors import EqualBodyInDoubt, JobError, NoFreePlace, SpendLimitReached, StaleJob
from bot.jobs.model import Job, Problem, ProblemCode, model_gone
from bot.jobs.ports import NotTaken, Seen, StorageRefused, ended_by, problem_of
from bot.jobs.segmind_terms import problem_in_words, request_body
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.following import cost_of_failure
from bot.jobs.steps.references import ReferenceLost, reference_urls
from bot.jobs.tasks import finish_within
from bot.media.rules import ImageFault
from bot.segmind.budget import Claim, Rank
from bot.segmind.errors import (
    OperatorMustAct,
    OutcomeUnknown,
    RateLimited,
    Refused,
    RunFailed,
    SegmindError,
    TooLate,
    TryLater,
)
from bot.segmind.models import HistoryRow, Submitted

log = structlog.get_logger(__name__)

T = TypeVar("T")

SEND_WITHIN: Final = 5.0  # seconds from the save of the intent to the moment the POST leaves
TURN_LASTS: Final = 1.0  # seconds in which a request has to leave that a turn was given to
SEEN_AGAIN: Final = 3  # times that Discord is asked, and a turn is taken, where either takes its time
STOP_GRACE: Final = 8.0  # seconds a POST in flight is given when the bot stops
PAUSE_RECHECK: Final = timedelta(seconds=30)  # until looking again whether it is still paused
PLACE_RECHECK: Final = 5.0  # seconds until asking again for a place that another process holds
FIRST_WAIT: Final = timedelta(seconds=5)  # before the second attempt; doubled for each further one
LONGEST_WAIT: Final = timedelta(seconds=120)
SAVE_AGAIN: Final = 2.0  # seconds between tries to save what came of a POST
SAVE_TRIES: Final = 30
LONGEST_REST: Final = 300.0  # seconds; no answer of Segmind's asks for more
MOST_ATTEMPTS: Final = 18  # some half an hour of "not now"


async def submit(engine: Engine, job: Job) -> Job:
    """Wait for this job's turn, then submit it."""
    if job.cancel_requested:
        return await engine.move(job, State.CANCELLED)
    if await engine.standing.is_blocked(job):
        return await _objected(engine, job, ProblemCode.BLOCKED)
    model = engine.offer.described(job.request.model)
    if model is None:
        return await engine.move(job, State.FAILED, problem=model_gone(job))
    await _rest(engine, job)
    try:
        if job.problem is not None and job.problem.code is ProblemCode.PAUSED:
            if (pause := await engine.standing.pause(job)) is not None:
                return await _paused(engine, job, pause)
            job = await _wait_because(engine, job, None)
        return await _submit_in_turn(engine, job, model)
    except NotTaken as error:
        return await engine.move(job, State.FAILED, problem=problem_of(error))
    except ReferenceLost as lost:
        gone = Problem(code=ProblemCode.IMAGE, detail=ImageFault.GONE.value, image=lost.number)
        return await engine.move(job, State.FAILED, problem=gone)
    except StorageRefused as error:
        return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.STORAGE, detail=error.detail))


async def _rest(engine: Engine, job: Job) -> None:
    """Wait out what the last attempt was told, however the time of day jumps meanwhile."""
    if job.retry_at is not None:
        rest = (job.retry_at - engine.clock.now()).total_seconds()
        await engine.clock.sleep(min(max(rest, 0.0), LONGEST_REST))


async def _submit_in_turn(engine: Engine, job: Job, model: VideoModel) -> Job:
    """Wait for a turn, a place and the budget, as often as it takes; then save the intent and send the POST."""
    while True:
        await engine.queue.turn(job)
        try:
            if (earlier := await engine.earlier.find(job, model)) is not None:
                return await _adopt(engine, job, earlier)
            job, urls = await reference_urls(engine, job)
            body = request_body(model, job.request, urls)
            places = engine.limits.max_in_flight
            # Asked first: a job that cannot go takes no request from the budget, which polls live on, too.
            await engine.store.make_sure_that_it_may_go(job.evolve(body=body), places=places)
            if (pause := await engine.standing.pause(job)) is not None:
                return await _paused(engine, job, pause)
            if (seen := await _seen_in_turn(engine, job)) is None:
                continue
            # What may not be posted is not paid for. What was decided while Discord, or a turn, took its time counts,
            # too, and so does the time that this takes.
            not_after = engine.clock.monotonic() + SEND_WITHIN
            if (pause := await engine.standing.pause(job)) is not None:
                return await _paused(engine, job, pause)
            if (objection := await engine.standing.objection(job, seen)) is not None:
                return await _objected(engine, job, objection)
            now = engine.clock.now()
            intent = job.move(
                State.SUBMITTING,
                now,
                body=body,
                submitted_at=now,
                segmind_time=engine.segmind.server_time(now),
                submit_attempts=job.submit_attempts + 1,
                retry_at=None,
            )
            return await finish_within(_save_and_post(engine, intent, not_after), grace=STOP_GRACE)
        except SpendLimitReached:
            return await _put_off(engine, job)
        except (NoFreePlace, EqualBodyInDoubt) as error:
            log.info("job_waits", job=job.id, why=type(error).__name__)
            await engine.clock.sleep(PLACE_RECHECK)


async def _seen_in_turn(engine: Engine, job: Job) -> Seen | None:
    """Take a turn, and return what Discord says by then. A turn that Discord held up for long is taken again.

    None if each turn was held up.
    """
    seen, asked_at = Seen(), -math.inf
    for _ in range(SEEN_AGAIN):
        await engine.budget.take(Claim(rank=Rank.SUBMIT))
        turn_came = engine.clock.monotonic()
        if turn_came - asked_at > SEND_WITHIN:
            asked_at = turn_came
            seen = await engine.standing.seen(job)
        if engine.clock.monotonic() - turn_came <= TURN_LASTS:
            return seen
    return None


async def _objected(engine: Engine, job: Job, objection: ProblemCode) -> Job:
    return await engine.move(job, ended_by(objection), problem=Problem(code=objection))


async def _paused(engine: Engine, job: Job, pause: Pause) -> Job:
    """Let others go first while new work is paused where a job was requested."""
    log.info("job_waits", job=job.id, why="paused", where=pause.value)
    problem = Problem(code=ProblemCode.PAUSED, detail=pause.value)
    return await _wait_because(engine, job, problem, until=engine.clock.now() + PAUSE_RECHECK)


async def _put_off(engine: Engine, job: Job) -> Job:
    """Have a job wait for room under the spending limits of the day."""
    now = engine.clock.now()
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=1, microsecond=0)
    until = min(midnight, now + timedelta(seconds=LONGEST_REST))
    log.info("job_waits", job=job.id, why=ProblemCode.NO_ROOM.value, until=until.isoformat())
    return await _wait_because(engine, job, Problem(code=ProblemCode.NO_ROOM), until=until)


async def _wait_because(engine: Engine, job: Job, problem: Problem | None, *, until: datetime | None = None) -> Job:
    """Save why a job waits, and until when it rests, and have its card say so; its turn is another's now."""
    waiting = await engine.store.save(job.evolve(problem=problem, retry_at=until))
    engine.queue.leave(job.id)
    if job.problem != problem:
        engine.cards.changed(waiting)
    return waiting


async def _save_and_post(engine: Engine, intent: Job, not_after: float) -> Job:
    """Save the intent and send its POST, unless the monotonic time `not_after` has passed by then.

    A stop waits for both: an intent without its POST would look like a request whose outcome is unknown.
    """
    try:
        limits = engine.limits
        reserve = None if engine.caps is None else await engine.caps(intent)
        saved = await engine.store.save_submitting(
            intent, places=limits.max_in_flight, limits=limits.spend, reserve=reserve
        )
    except JobError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, the intent may have been saved
        return await _take_back(engine, intent, error)
    return await _post(engine, saved, not_after)


async def _take_back(engine: Engine, intent: Job, error: Exception) -> Job:
    """Go back to WAITING where the intent was saved after all, such as by a commit whose answer was lost.

    Nothing was sent, which only this process knows. Raises `error` where it was not saved.
    """
    newest = await _insistently(engine, intent, lambda: engine.store.get(intent.id))
    expected = (State.SUBMITTING, intent.driver, intent.version + 1)
    if newest is None or (newest.state, newest.driver, newest.version) != expected:
        raise error
    log.info("intent_taken_back", job=intent.id, error=words(error))
    return await _insistently(engine, intent, lambda: engine.move(newest, State.WAITING))


async def _adopt(engine: Engine, job: Job, row: HistoryRow) -> Job:
    """Adopt a request that this job has sent, but that a restored database doesn't know.

    It is the job's with the first save. Raises `EqualBodyInDoubt` where another job, alike, was faster.
    """
    request_id, submitted_at = row.request_id, row.created_at or engine.clock.now()
    try:
        found = await engine.move(
            job,
            State.SUBMITTING,
            body=row.body,
            submitted_at=submitted_at,
            request_id=request_id,
            retry_at=None,
        )
    except IntegrityError:  # no two jobs have one request
        raise EqualBodyInDoubt from None
    log.warning("submitted_before_restore", job=job.id, request_id=request_id)
    return await engine.move(found, State.QUEUED)


async def _post(engine: Engine, job: Job, not_after: float) -> Job:
    """Send the paid POST and save its outcome, whatever it is."""
    assert job.body is not None  # noqa: S101 - SUBMITTING is never saved without its body
    try:
        submitted = await engine.segmind.submit(job.request.model, job.body, not_after=not_after)
    except TryLater as error:
        return await _not_now(engine, job, error)
    except (Refused, RunFailed, OperatorMustAct) as error:
        return await _refused(engine, job, error)
    except (SegmindError, asyncio.CancelledError) as error:
        return await _unconfirmed(engine, job, error)
    except Exception as error:
        log.exception("submit_broke", job=job.id)
        return await _unconfirmed(engine, job, error)
    return await _accepted(engine, job, submitted)


async def _accepted(engine: Engine, job: Job, submitted: Submitted) -> Job:
    request_id, segmind_time = submitted.request_id, submitted.server_time or job.segmind_time
    return await _insistently(
        engine,
        job,
        lambda: engine.move(job, State.QUEUED, request_id=request_id, segmind_time=segmind_time),
        request_id=request_id,
    )


async def _not_now(engine: Engine, job: Job, error: TryLater) -> Job:
    if job.submit_attempts >= MOST_ATTEMPTS and not isinstance(error, TooLate):  # that one is ours, not Segmind's
        log.error("segmind_unreachable", job=job.id, error=str(error))
        problem = Problem(code=ProblemCode.UNREACHABLE, detail=error.words)
        return await _insistently(engine, job, lambda: engine.move(job, State.FAILED, problem=problem))
    now = engine.clock.now()
    retry_at = now if isinstance(error, TooLate) else error.retry_at or now + _pause(job)
    level = log.info if isinstance(error, RateLimited | TooLate) else log.warning
    level("submit_postponed", job=job.id, error=str(error), until=retry_at.isoformat())
    return await _insistently(engine, job, lambda: engine.move(job, State.WAITING, retry_at=retry_at))


def _pause(job: Job) -> timedelta:
    """Return the time until the next attempt."""
    return min(FIRST_WAIT * 2 ** min(job.submit_attempts - 1, 10), LONGEST_WAIT)


async def _refused(engine: Engine, job: Job, error: Refused | RunFailed | OperatorMustAct) -> Job:
    if isinstance(error, OperatorMustAct):
        log.error("operator_must_act", job=job.id, what=type(error).__name__, error=str(error), words=error.words)
        problem = Problem(code=ProblemCode.SERVICE, detail=error.words)
    else:
        moderation = isinstance(error, RunFailed) and error.moderation
        problem = problem_in_words(error.words, otherwise=ProblemCode.REFUSED, moderation=moderation)

    async def end() -> Job:
        cost = await cost_of_failure(engine, job, error.metrics) if isinstance(error, RunFailed) else None
        return await engine.move(job, State.FAILED, problem=problem, cost_usd=cost)

    return await _insistently(engine, job, end)


async def _insistently(
    engine: Engine, job: Job, work: Callable[[], Awaitable[T]], *, request_id: str | None = None
) -> T:
    """Retry `work` while the database is unreachable: nothing else knows the outcome of the POST yet."""
    tries = 0
    while True:
        try:
            return await work()
        except StaleJob:
            raise
        except Exception:
            log.exception("request_not_saved", job=job.id, request_id=request_id)
            if (tries := tries + 1) == SAVE_TRIES:
                raise
            await engine.clock.sleep(SAVE_AGAIN)


async def _unconfirmed(engine: Engine, job: Job, error: BaseException) -> Job:
    why = str(error) if isinstance(error, OutcomeUnknown) else type(error).__name__
    log.warning("submit_outcome_unknown", job=job.id, error=why)
    repeats = isinstance(error, OutcomeUnknown) and error.may_repeat
    now = engine.clock.now()
    retry_at = now + _pause(job) if repeats else None
    segmind_time = job.segmind_time or engine.segmind.server_time(now)  # which the first answer of all has told
    moved = await engine.move(job, State.UNCONFIRMED, retry_at=retry_at, segmind_time=segmind_time)
    if isinstance(error, asyncio.CancelledError):
        raise error
    return moved
