"""Our own queue before Segmind: so many jobs there at once, and a fair turn for the rest."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

import structlog

from bot.jobs.clock import Clock
from bot.jobs.errors import StaleJob
from bot.jobs.fairness import fair_order
from bot.jobs.model import Job
from bot.jobs.states import IN_FLIGHT, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.tasks import until_first

log = structlog.get_logger(__name__)

RECHECK: Final = 5.0  # seconds until looking again at what other processes did to the queue
LONG: Final = 200  # jobs that wait here, from which a look takes long enough to be made with measure
LONG_PAUSE: Final = 0.5  # seconds between two looks at a long queue, whose jobs wait for minutes


@dataclass(slots=True)
class _Waiting:
    job: Job
    turn: asyncio.Future[None]
    position: int | None = None


class FairQueue:
    """Lets this process's waiting jobs through while places at Segmind are free, in the order of `fair_order`.

    The database says who waits and who is at Segmind, in every process; `JobStore.save_submitting` guarantees the
    number of places.
    """

    def __init__(self, store: JobStore, places: int, clock: Clock, moved_up: Callable[[Job, int], None]) -> None:
        self._store = store
        self._places = places
        self._clock = clock
        self._moved_up = moved_up
        self._waiting: dict[int, _Waiting] = {}
        self._let_through: set[int] = set()  # not yet seen in SUBMITTING
        self._changed = asyncio.Event()

    async def turn(self, job: Job) -> None:
        """Wait until it is this job's turn. It must be saved as WAITING; its turn lasts until its next `note`.

        Raises `StaleJob` when it waits no more, such as one that a member cancelled by way of another process.
        """
        turn = asyncio.get_running_loop().create_future()
        self._waiting[job.id] = _Waiting(job, turn)
        self._let_through.discard(job.id)
        self._changed.set()
        try:
            await turn
        except asyncio.CancelledError:
            self.leave(job.id)
            raise

    def note(self, job: Job) -> None:
        """Take note that a job has moved: a place may be taken or free."""
        if job.state in IN_FLIGHT:
            self._let_through.discard(job.id)
        elif job.state is not State.WAITING:
            self._let_through.discard(job.id)
            self._dismiss([job.id])
        self._changed.set()

    def leave(self, job_id: int) -> None:
        """Forget a job that no one drives any more."""
        self._waiting.pop(job_id, None)
        self._let_through.discard(job_id)
        self._changed.set()

    async def run(self) -> None:
        """Let jobs through until cancelled."""
        while True:
            # First of all: a look that broke, after which this begins again, has left the waiting ones waiting.
            while self._waiting:
                await self._look()
                if len(self._waiting) >= LONG:
                    await self._clock.sleep(LONG_PAUSE)
                await self._wait_for_change()
            await self._changed.wait()
            self._changed.clear()

    async def _wait_for_change(self) -> None:
        await until_first(self._changed.wait(), self._clock.sleep(RECHECK))
        self._changed.clear()

    async def _look(self) -> None:
        ours = set(self._waiting)  # before the look, which shows all that were saved by then
        queue = await self._store.queue(self._clock.now())
        self._dismiss(ours - queue.resting - {entry.job_id for entry in queue.waiting})
        taken = queue.in_flight | self._let_through
        about_to_go = [entry for entry in queue.waiting if entry.job_id in taken]
        order = fair_order(
            [entry for entry in queue.waiting if entry.job_id not in taken], [*queue.served, *about_to_go]
        )
        for number, job_id in enumerate(order, start=1):
            mine = self._waiting.get(job_id)
            if mine is None:
                continue
            if number <= self._places - len(taken):
                del self._waiting[job_id]
                self._let_through.add(job_id)
                if not mine.turn.done():
                    mine.turn.set_result(None)
            elif mine.position != (position := number - max(0, self._places - len(taken))):
                mine.position = position
                self._moved_up(mine.job, position)

    def _dismiss(self, job_ids: Iterable[int]) -> None:
        """Release drivers whose jobs no longer wait."""
        for job_id in job_ids:
            gone = self._waiting.pop(job_id, None)
            if gone is not None and not gone.turn.done():
                gone.turn.set_exception(StaleJob(job_id))
