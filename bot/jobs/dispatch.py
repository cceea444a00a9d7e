"""Who drives: each unfinished job has exactly one live driver."""

import asyncio
from typing import Final, Protocol

import structlog

from bot.jobs.cardless import drop_cardless
from bot.jobs.driver import drive
from bot.jobs.engine import Engine
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN

log = structlog.get_logger(__name__)

SWEEP_EVERY: Final = 20.0  # seconds


class Dispatcher(Protocol):
    async def dispatch(self, job: Job) -> None:
        """See to it that somebody drives this job."""
        ...

    async def release(self, job_id: int) -> None:
        """Let go of a job that is over; a driver elsewhere finds that out at its next save."""
        ...


class Drivers(Dispatcher, Protocol):
    """A dispatcher with the drivers of this process."""

    @property
    def driving(self) -> int:
        """How many jobs this process drives."""
        ...

    async def resume(self) -> int:
        """Begin to drive what is unfinished; return how many jobs that are."""
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
        self._drivers: dict[int, asyncio.Task[Job]] = {}
        self._next: dict[int, Job] = {}  # to be driven on when the present driver ends

    async def dispatch(self, job: Job) -> None:
        if job.id in self._drivers:
            self._next[job.id] = job
        else:
            self._drive(job)

    def _drive(self, job: Job) -> None:
        task = asyncio.create_task(drive(self._engine, job), name=f"job-{job.id}")
        self._drivers[job.id] = task
        task.add_done_callback(lambda done: self._ended(job.id, done))

    async def release(self, job_id: int) -> None:
        if (driver := self._drivers.get(job_id)) is not None:
            driver.cancel()

    @property
    def driving(self) -> int:
        return len(self._drivers)

    async def resume(self) -> int:
        """Start a driver for every unfinished job; return how many there are."""
        unfinished = await self._engine.store.in_states(DRIVEN)
        for job in unfinished:
            await self.dispatch(job)
        log.info("jobs_resumed", count=len(unfinished))
        return len(unfinished)

    async def run(self) -> None:
        """Drop jobs whose card never came, until cancelled."""
        while True:
            await drop_cardless(self._engine)
            await self._engine.clock.sleep(SWEEP_EVERY)

    async def stop(self) -> None:
        """Stop every driver; a request in flight is given its grace, and every job stays as saved."""
        self._next.clear()
        tasks = list(self._drivers.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, job_id: int, task: asyncio.Task[Job]) -> None:
        del self._drivers[job_id]
        if (job := self._next.pop(job_id, None)) is not None:
            self._drive(job)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("driver_broke", job=job_id, exc_info=error)
