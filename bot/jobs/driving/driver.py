"""The driver moves one job along its states until nothing is left for it to do."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import structlog

from bot.database.outages import is_away, words
from bot.jobs.errors import StaleJob, trouble_of
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear
from bot.jobs.states import FOLLOWED, State
from bot.jobs.steps import following, posting, preparing, settling, submitting
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.giving_up import MOST_DEATHS, end_hopeless, give_up, is_hopeless
from bot.jobs.tasks import heed_cancellation

log = structlog.get_logger(__name__)

FIRST_WAIT: Final = 2.0  # seconds before a step is tried again; doubled for each further time
LONGEST_WAIT: Final = 120.0

Step = Callable[[Engine, Job], Awaitable[Job]]


async def _find_outcome(engine: Engine, job: Job) -> Job:
    """Take over a job whose driver died between the intent and the answer, or with a request of the history in hand."""
    return await engine.move(job, State.UNCONFIRMED if job.request_id is None else State.QUEUED)


STEPS: Final[Mapping[State, Step]] = {
    State.PREPARING: preparing.prepare,
    State.WAITING: submitting.submit,
    State.SUBMITTING: _find_outcome,
    State.UNCONFIRMED: settling.settle,
    State.QUEUED: following.follow,
    State.PROCESSING: following.follow,
    State.COMPLETED: posting.deliver,
    State.POSTING: posting.resume_posting,
}


async def drive(engine: Engine, job: Job) -> Job:
    """Take every step of a job that no person has to take; return it where it stops.

    A step that breaks is logged and taken again from what the database says, ever more slowly. A job is never dropped;
    one that breaks in the same way again and again before anything is paid is FAILED.
    """
    wait = FIRST_WAIT
    unclear = ""  # the reason that the log has
    engine.queue.note(job)
    if job.state in FOLLOWED:
        engine.cards.changed(job)  # a run that is taken up shows its progress from here
    try:
        while (step := STEPS.get(job.state)) is not None:
            failure: Exception | None = None
            await engine.answers_first()
            try:
                job = await _take(engine, job, step)
            except StaleJob:
                log.info("job_changed_elsewhere", job=job.id)
            except OutcomeUnclear as error:
                unclear = _note_unclear(job, error, unclear)
                await engine.clock.sleep(max(wait, error.wait))
            except Exception as error:  # noqa: BLE001 - whatever it is, the job goes on
                _note_step(engine, job, error)
                failure = error if await is_hopeless(engine, job, error) else None
                await engine.clock.sleep(wait)
            else:
                engine.machine.passed(job.id)
                wait, unclear = FIRST_WAIT, ""
                continue
            wait = min(wait * 2, LONGEST_WAIT)
            newest = await read_again(engine, job.id)
            if newest is None or newest.driver != job.driver:
                log.info("job_taken_over", job=job.id)
                if newest is None:  # deleted at its member's wish
                    await engine.clear_folder_of(job.id)
                break
            job = newest if failure is None else await end_hopeless(engine, newest, failure)
        if job.state not in STEPS:
            await engine.clear_folder_of(job.id)
    finally:
        engine.machine.let_go(job.id)
        engine.last_queued.pop(job.id, None)
        engine.queue.leave(job.id)
    return job


async def _take(engine: Engine, job: Job, step: Step) -> Job:
    """Take a step; one that works on a member's files is marked, as it may take the process along."""
    try:
        if job.state is not State.PREPARING:
            return await step(engine, job)
        async with engine.breakdowns.in_step(job.id) as deaths:
            if deaths >= MOST_DEATHS:
                return await give_up(engine, job, "the process died with it")
            return await step(engine, job)
    except Exception:
        heed_cancellation()
        raise


async def see_off(engine: Engine, job_id: int) -> None:
    """Clean up after a job that its driver lost: if it has ended, nothing else deletes its files."""
    job = await read_again(engine, job_id)
    if job is None or job.state not in STEPS:
        await engine.clear_folder_of(job_id)


def _note_unclear(job: Job, error: OutcomeUnclear, before: str) -> str:
    """Log a reason that isn't the one before, and return it."""
    if error.detail != before:
        log.warning("discord_unclear", job=job.id, state=job.state, error=error.detail)
    return error.detail


def _note_step(engine: Engine, job: Job, error: Exception) -> None:
    if trouble := trouble_of(error):
        engine.machine.failed(job.id, trouble)
    else:
        _note("step_broke", error, job=job.id, state=job.state)


def _note(event: str, error: Exception, **facts: object) -> None:
    """Log what went wrong with its traceback; a database that is away is told once for all, by what watches it."""
    if is_away(error):
        log.debug("database_waited_for", **facts, error=words(error))
    else:
        log.error(event, **facts, exc_info=error)


async def read_again(engine: Engine, job_id: int) -> Job | None:
    """Read what the database says of a job, as often as it takes: a database out of reach must end no driver."""
    wait = FIRST_WAIT
    while True:
        try:
            return await engine.store.get(job_id)
        except Exception as error:  # noqa: BLE001 - as above
            heed_cancellation()
            _note("job_not_read", error, job=job_id)
            await engine.clock.sleep(wait)
            wait = min(wait * 2, LONGEST_WAIT)
