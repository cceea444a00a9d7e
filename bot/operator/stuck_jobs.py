"""The bot operator's decisions about a job that got stuck: nothing here submits anything, so nothing is paid."""

from datetime import timedelta
from enum import Enum, auto
from typing import Final

import structlog

from bot.jobs.driving.one_process import Dispatcher
from bot.jobs.errors import JobError, StaleJob, WrongState
from bot.jobs.history.reading import HistoryTooLong, earliest_submit, is_submit_of, unowned
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.settling import LATEST_ARRIVAL
from bot.segmind.errors import SegmindError

log = structlog.get_logger(__name__)

STUCK: Final = (State.UNCONFIRMED, State.UNDELIVERED)


class Looked(Enum):
    """What the history says of a request whose submit had no clear end."""

    FOUND = auto()
    ABSENT = auto()
    UNREADABLE = auto()


class TooSoon(JobError):
    """A request may still show up in the history by itself."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"job {job_id} was submitted a moment ago")


class Doubts:
    def __init__(self, engine: Engine, dispatcher: Dispatcher) -> None:
        self._engine = engine
        self._dispatcher = dispatcher

    async def look(self, job_id: int) -> Looked:
        """Look for an UNCONFIRMED job's request now, and continue it if it's found. Raises `WrongState`."""
        job = await self._expect(job_id, State.UNCONFIRMED)
        engine = self._engine
        try:
            reading = await engine.history.read(
                job.request.model, since=earliest_submit(job), not_before=engine.clock.monotonic()
            )
            rows = [row for row in reading.rows if is_submit_of(row, job)]
            found = next(iter(await unowned(engine.store, engine.segmind, rows)), None)
        except (SegmindError, HistoryTooLong) as error:
            log.warning("history_unreadable", job=job.id, error=str(error) or type(error).__name__)
            return Looked.UNREADABLE
        if found is None:
            return Looked.ABSENT
        log.info("request_found", job=job.id, request_id=found.request_id)
        adopted = await self._move(job, State.QUEUED, request_id=found.request_id)
        await self._dispatcher.release(job_id)  # a driver that rests between two looks need not wake up first
        await self._dispatcher.dispatch(adopted)
        return Looked.FOUND

    async def give_up(self, job_id: int) -> Looked:
        """End an UNCONFIRMED job that isn't in the history, and release its reservation; one that's found continues.

        Not before its request must have shown up: until then a new one could be a second charge for the same wish.
        If it does turn up within a day, the reconciler gives it back to the job. A history that cannot be
        read proves nothing, and changes nothing. Raises `WrongState` or `TooSoon`.
        """
        job = await self._expect(job_id, State.UNCONFIRMED)
        grace: timedelta = self._engine.limits.submit_timeout + LATEST_ARRIVAL
        if job.submitted_at is None or self._engine.clock.now() < job.submitted_at + grace:
            raise TooSoon(job_id)
        looked = await self.look(job_id)
        if looked is Looked.ABSENT:
            await self._move(job, State.FAILED, problem=Problem(code=ProblemCode.NEVER_ARRIVED))
            await self._dispatcher.release(job_id)
        return looked

    async def close(self, job_id: int) -> Job:
        """End an UNDELIVERED job: its video is not posted any more. Raises `WrongState`."""
        job = await self._expect(job_id, State.UNDELIVERED)
        return await self._move(job, State.WITHHELD, problem=Problem(code=ProblemCode.CLOSED))

    async def _move(self, job: Job, state: State, **changes: object) -> Job:
        try:
            return await self._engine.move(job, state, **changes)  # pyright: ignore[reportArgumentType]
        except StaleJob:
            newest = await self._engine.store.get(job.id)
            raise WrongState(job.id, newest and newest.state) from None

    async def _expect(self, job_id: int, state: State) -> Job:
        job = await self._engine.store.get(job_id)
        if job is None or job.state is not state:
            raise WrongState(job_id, job and job.state)
        return job
