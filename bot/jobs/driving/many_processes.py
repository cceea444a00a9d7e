"""Driving by many processes: one takes a job's row from the work queue, and keeps it until others think it dead."""

import asyncio
from typing import Final
from uuid import uuid4

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.database.outages import is_away
from bot.jobs.driving.driver import drive, see_off
from bot.jobs.driving.owed import keep_seeing_to_owed
from bot.jobs.driving.work_queue import STALLED_AFTER, WorkerForgotten, WorkQueue
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN, State
from bot.jobs.steps.engine import Engine
from bot.jobs.steps.posting import POST_WITHIN
from bot.jobs.tasks import LONGEST_RESTART_WAIT, RESTART_WAIT, supervised

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 5.0  # seconds between two looks for silent workers: a takeover begins within 30 s of a death
# Seconds until a post shows that a former driver, silent but not dead, still had the time to send when it was replaced.
LATE_POST: Final = POST_WITHIN + 5.0
SWEEP_EVERY: Final = 30.0  # seconds between two looks for jobs without a row


class QueuedDispatcher:
    """Drives this process's share of all jobs, each under a token saved with it.

    The next process saves a job under another token, so a driver that slept through its replacement stops at its
    next save. Nothing is driven before `resume`.
    """

    def __init__(self, engine: Engine, queue: WorkQueue) -> None:
        self._engine = engine
        self._queue = queue
        self._resumed = asyncio.Event()
        self._stopped = False
        self._worker: asyncio.Task[None] | None = None
        self._drivers: dict[int, asyncio.Task[object]] = {}
        self._released: set[int] = set()

    async def dispatch(self, job: Job) -> None:
        """Make sure that a saved job is driven; one without a driver got its row when it was saved."""
        if job.driver:
            await self._queue.enlist_now([job.id])

    async def release(self, job_id: int) -> None:
        if (driver := self._drivers.get(job_id)) is not None:
            self._released.add(job_id)
            driver.cancel()

    @property
    def driving(self) -> int:
        return len(self._drivers)

    def drives(self, job_id: int) -> bool:
        return job_id in self._drivers

    async def resume(self) -> int:
        """Begin to take jobs; return how many wait or run anywhere."""
        self._resumed.set()
        return len(await self._engine.store.in_states(DRIVEN))

    async def resumed(self) -> None:
        """Wait until `resume` was called."""
        await self._resumed.wait()

    async def run(self) -> None:
        """Take and drive jobs, and keep the queue in order, until cancelled."""
        await self._resumed.wait()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._work(), name="worker")
            tasks.create_task(supervised("queue-order", self._keep_order, self._engine.clock), name="queue-order")
            tasks.create_task(supervised("owed", self._see_to_owed, self._engine.clock), name="owed")
            tasks.create_task(self._notice_sleep(), name="sleep")

    async def stop(self) -> None:
        """Stop every driver and put its row back for others; a request in flight is given its grace."""
        self._stopped = True
        if (worker := self._worker) is not None:
            worker.cancel()
            await asyncio.wait({worker})

    async def _work(self) -> None:
        clock, wait = self._engine.clock, RESTART_WAIT
        while not self._stopped:
            began = clock.monotonic()
            worker = self._worker = asyncio.create_task(self._queue.work(self._drive), name="procrastinate")
            try:
                await asyncio.wait({worker})
            finally:
                worker.cancel()
                await asyncio.wait({worker})
            if worker.cancelled():
                continue
            error = worker.exception()
            if isinstance(error, WorkerForgotten):
                log.warning("worker_forgotten")
            # What watches the database has logged what it met itself.
            elif not (isinstance(error, SQLAlchemyError) and is_away(error)):
                log.error("worker_ended", exc_info=error)
            if clock.monotonic() - began > LONGEST_RESTART_WAIT:
                wait = RESTART_WAIT
            await clock.sleep(wait)
            wait = min(wait * 2, LONGEST_RESTART_WAIT)

    async def _drive(self, job_id: int) -> None:
        taken = await self._take(job_id)
        task = asyncio.current_task()
        if taken is None or task is None:
            return
        job, former = taken
        self._drivers[job_id] = task
        try:
            if former and job.state is State.POSTING:
                await self._engine.clock.sleep(LATE_POST)
            await drive(self._engine, job)
        except asyncio.CancelledError:
            if job_id not in self._released:
                raise
            task.uncancel()
            await see_off(self._engine, job_id)
        finally:
            self._released.discard(job_id)
            del self._drivers[job_id]

    async def _take(self, job_id: int) -> tuple[Job, str] | None:
        """Make a job this driver's own; return it with its former driver, or None where nothing is left to drive."""
        taken = await self._engine.store.take(job_id, uuid4().hex)
        if taken is not None:
            job, former = taken
            log.info("job_taken", job=job_id, state=job.state.value, driver=job.driver, former=former)
        return taken

    async def _keep_order(self) -> None:
        clock = self._engine.clock
        sweep_at = clock.monotonic()
        while True:
            looked_at = clock.monotonic()
            if taken := await self._queue.requeue_stalled():
                log.warning("jobs_of_silent_workers", count=len(taken))
            if looked_at >= sweep_at:
                sweep_at = looked_at + SWEEP_EVERY
                if orphans := await self._queue.requeue_orphans():
                    log.warning("jobs_without_a_row", count=len(orphans))
            await clock.sleep(LOOK_EVERY)

    async def _see_to_owed(self) -> None:
        async def enlisted(_job: Job) -> None:
            """A job got its row when it was saved as one to be driven."""

        await keep_seeing_to_owed(self._engine, enlisted)

    async def _notice_sleep(self) -> None:
        """Give up all jobs after this process stood still for so long that others have taken them."""
        clock = self._engine.clock
        while True:
            awake_at = clock.monotonic()
            await clock.sleep(LOOK_EVERY)
            if clock.monotonic() - awake_at > STALLED_AFTER:
                log.warning("worker_slept", driving=self.driving)
                if self._worker is not None:
                    self._worker.cancel()
