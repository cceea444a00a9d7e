"""Who drives: each unfinished job has exactly one live driver, of this process where there is but one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final, Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import SQLITE
from bot.jobs.driving.driver import drive, read_again
from bot.jobs.driving.owed import keep_seeing_to_owed
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN
from bot.jobs.steps.engine import Engine

if TYPE_CHECKING:
    from bot.jobs.driving.work_queue import WorkQueue

log = structlog.get_logger(__name__)

DRIVEN_AGAIN_AFTER: Final = 10.0  # seconds


class Dispatcher(Protocol):
    async def dispatch(self, job: Job) -> None:
        """Make sure that this job is driven."""
        ...

    async def release(self, job_id: int) -> None:
        """Stop driving a job that has ended; another process's driver notices at its next save."""
        ...


class Drivers(Dispatcher, Protocol):
    """A dispatcher with the drivers of this process."""

    @property
    def driving(self) -> int:
        """How many jobs this process drives."""
        ...

    def drives(self, job_id: int) -> bool:
        """Return whether this process drives a job."""
        ...

    async def resume(self) -> int:
        """Begin to drive what is unfinished; return how many jobs that are."""
        ...

    async def resumed(self) -> None:
        """Wait until `resume` was called: from then on Discord can be spoken to."""
        ...

    async def run(self) -> None:
        """Keep everything in order until cancelled."""
        ...

    async def stop(self) -> None:
        """Stop every driver of this process; every job stays as saved."""
        ...


class InProcessDispatcher:
    """Drives every job as a task of this process; at start it takes up all that the database holds."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._drivers: dict[int, asyncio.Task[None]] = {}
        self._resumed = asyncio.Event()
        self._again: set[int] = set()  # to be driven on when the present driver ends
        self._stopped = False

    async def dispatch(self, job: Job) -> None:
        if self._stopped:
            return  # a command was answered while all stopped: the next start takes the job up
        if job.id in self._drivers:
            self._again.add(job.id)
        else:
            self._start(job.id, self._drive(job))

    def _start(self, job_id: int, driving: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(driving, name=f"job-{job_id}")
        self._drivers[job_id] = task
        task.add_done_callback(lambda done: self._ended(job_id, done))

    async def _drive(self, job: Job) -> None:
        await drive(self._engine, job)

    async def _drive_on(self, job_id: int) -> None:
        """Drive a job from what the database says: what was dispatched may be older than where its driver left it."""
        job = await read_again(self._engine, job_id)
        if job is None:
            await self._engine.clear_folder_of(job_id)
        else:
            await drive(self._engine, job)

    async def release(self, job_id: int) -> None:
        driver = self._drivers.get(job_id)
        if driver is not None and not self._stopped:
            self._again.add(job_id)  # which finds it over, and clears up after it
            driver.cancel()

    @property
    def driving(self) -> int:
        return len(self._drivers)

    def drives(self, job_id: int) -> bool:
        return job_id in self._drivers

    async def resume(self) -> int:
        """Start a driver for every unfinished job; return how many there are."""
        unfinished = await self._engine.store.in_states(DRIVEN)
        for job in unfinished:
            await self.dispatch(job)
        self._resumed.set()
        log.info("jobs_resumed", count=len(unfinished))
        return len(unfinished)

    async def resumed(self) -> None:
        await self._resumed.wait()

    async def run(self) -> None:
        """Handle cards with unknown ids, and cards that don't show the last state, until cancelled."""
        await self._resumed.wait()
        await keep_seeing_to_owed(self._engine, self.dispatch)

    async def stop(self) -> None:
        """Stop every driver; a request in flight is given its grace, and every job stays as saved."""
        self._stopped = True
        self._again.clear()
        tasks = list(self._drivers.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, job_id: int, task: asyncio.Task[None]) -> None:
        del self._drivers[job_id]
        unasked = task.cancelled() and not self._stopped and job_id not in self._again
        if unasked:  # by something within it, not by us: the job would sleep until the next start
            log.warning("driver_cancelled", job=job_id)
            self._start(job_id, self._drive_later(job_id))
        elif job_id in self._again:
            self._again.discard(job_id)
            self._start(job_id, self._drive_on(job_id))
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("driver_broke", job=job_id, exc_info=error)

    async def _drive_later(self, job_id: int) -> None:
        await self._engine.clock.sleep(DRIVEN_AGAIN_AFTER)
        await self._drive_on(job_id)


@asynccontextmanager
async def open_rows(url: str, database: AsyncEngine) -> AsyncGenerator[WorkQueue | None]:
    """Open the queue that hands jobs out to processes; None with SQLite, where one process drives all."""
    if database.dialect.name == SQLITE:
        yield None
        return
    from bot.jobs.driving.work_queue import open_work_queue  # noqa: PLC0415 - SQLite does without the library

    async with open_work_queue(url, database) as rows:
        yield rows


def drivers_of(engine: Engine, rows: WorkQueue | None) -> Drivers:
    if rows is None:
        return InProcessDispatcher(engine)
    from bot.jobs.driving.many_processes import QueuedDispatcher  # noqa: PLC0415 - as above

    return QueuedDispatcher(engine, rows)
