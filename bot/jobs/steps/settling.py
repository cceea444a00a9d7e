"""UNCONFIRMED: was the paid POST accepted? Only Segmind's request history can tell."""

from datetime import timedelta
from typing import Final

import structlog

from bot.jobs.history.reading import HistoryTooLong, Reading, earliest_submit, is_submit_of, unowned
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.segmind.errors import SegmindError
from bot.segmind.models import HistoryRow

log = structlog.get_logger(__name__)

# How long after its POST at the latest an accepted request shows in the history: it left within 5 s of its save, a
# timeout may be a second over, and Segmind may write down what it took a little later.
LATEST_ARRIVAL: Final = timedelta(seconds=40)
FIRST_LOOK: Final = 3.0  # seconds
LONGEST_WAIT: Final = 60.0  # seconds between looks
# Where the history shows nothing newer than a request that Segmind said it failed at, it may just be late.
QUIET_FOR: Final = timedelta(minutes=15)
MOST_REPEATS: Final = 5  # attempts after which what Segmind fails at is not sent again
UNREADABLE_FOR: Final = timedelta(hours=1)  # how long a history that cannot be read is waited for


async def settle(engine: Engine, job: Job) -> Job:
    """Look through the history until the request is found, or absent after its grace time.

    Absent is our last word to the member, but not the end of it: the reconciler goes on looking for a day. So it does
    where the history cannot be read for too long; then the request counts as charged, and the operator has to know.
    What Segmind itself said that it failed at is sent again instead, once the history shows a newer request, or has
    shown none for `QUIET_FOR`: what shows up later can be adopted, but a second request cannot be taken back.
    """
    grace = engine.limits.submit_timeout + LATEST_ARRIVAL
    if job.retry_at is not None:
        grace *= 2
    # The time of day may have jumped since the submit, which was before this: only what is waited here counts.
    began = engine.clock.monotonic()
    wait = FIRST_LOOK
    while True:
        asked = engine.clock.monotonic()
        waited = timedelta(seconds=asked - began)
        try:
            # What another job has read just now serves this one, too, and tells of the moment at which it was read.
            reading = await engine.history.read(
                job.request.model, since=earliest_submit(job), not_before=asked - wait / 2
            )
            waited = timedelta(seconds=reading.began - began)
            row = await _found_in(reading, engine, job)
        except (SegmindError, HistoryTooLong) as error:
            log.warning("history_unreadable", job=job.id, error=str(error) or type(error).__name__)
            if waited > UNREADABLE_FOR:
                return await _given_up(engine, job, ProblemCode.UNSETTLED)
        else:
            if row is not None:
                log.info("request_found", job=job.id, request_id=row.request_id)
                return await engine.move(job, State.QUEUED, request_id=row.request_id)
            may_be_late = job.retry_at is not None and waited <= QUIET_FOR and not _has_caught_up(reading, engine, job)
            if waited > grace and not may_be_late:
                return await _absent(engine, job)
        await engine.clock.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


def _has_caught_up(reading: Reading, engine: Engine, job: Job) -> bool:
    """Return whether the history shows a request that was created after this job's must have been."""
    if reading.shown_until is None or job.segmind_time is None:
        return False
    return reading.shown_until > job.segmind_time + engine.limits.submit_timeout


async def _found_in(reading: Reading, engine: Engine, job: Job) -> HistoryRow | None:
    """Find the oldest request that can be this job's."""
    rows = [row for row in reading.rows if is_submit_of(row, job)]
    return next(iter(await unowned(engine.store, engine.segmind, rows)), None)


async def _absent(engine: Engine, job: Job) -> Job:
    """Continue a job whose request isn't in the history: it's sent again only if Segmind said that it failed.

    That is what a time of the next attempt tells.
    """
    if job.retry_at is None:
        return await _given_up(engine, job, ProblemCode.NEVER_ARRIVED)
    if job.submit_attempts < MOST_REPEATS:
        log.info("submit_repeated", job=job.id, attempts=job.submit_attempts)
        return await engine.move(job, State.WAITING)
    log.error("segmind_unreachable", job=job.id)
    return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.UNREACHABLE))


async def _given_up(engine: Engine, job: Job, code: ProblemCode) -> Job:
    log.error(
        "request_absent" if code is ProblemCode.NEVER_ARRIVED else "request_unsettled",
        job=job.id,
        guild=job.request.guild_id,
        member=job.request.member_id,
        submitted_at=job.submitted_at and job.submitted_at.isoformat(),
        body_hash=job.body_hash,
    )
    return await engine.move(job, State.FAILED, problem=Problem(code=code))
