"""The edits of one channel's cards: they coalesce, keep Discord's pace, and put what matters first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.jobs.clock import Clock
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear, PortError

log = structlog.get_logger(__name__)

EDIT_EVERY: Final = 1.1  # seconds between two edits in one channel; Discord's own limit is 5 in 5 s
POSITION_EVERY: Final = 5.0  # seconds before an edit that shows nothing but a new place in the queue
TROUBLE_WAIT: Final = 5.0  # seconds before an edit that got no clear answer is sent again


class EditQueue:
    """Shows each job's newest value, one edit after the other, until nothing is left to show.

    Changes of one job that come faster than edits may be made become one edit, and the last one always arrives.
    """

    def __init__(self, show: Callable[[Job], Awaitable[None]], clock: Clock) -> None:
        self._show = show
        self._clock = clock
        self._changed: dict[int, Job] = {}
        self._moved_up: dict[int, Job] = {}
        self._hurry = asyncio.Event()
        self.worker: asyncio.Task[None]

    def start(self, name: str, *, ended: Callable[[], object]) -> None:
        """Begin to edit, in a task of its own; `ended` is called at the moment when nothing is left."""
        self.worker = asyncio.create_task(self._run(ended), name=name)

    def changed(self, job: Job) -> None:
        self._moved_up.pop(job.id, None)
        self._changed[job.id] = job
        self._hurry.set()

    def moved_up(self, job: Job) -> None:
        if job.id not in self._changed:
            self._moved_up[job.id] = job

    async def _run(self, ended: Callable[[], object]) -> None:
        try:
            while self._changed or self._moved_up:
                if not self._changed:
                    await self._wait_for_hurry(POSITION_EVERY)
                await self._edit(_pop_first(self._changed or self._moved_up))
                await self._clock.sleep(EDIT_EVERY)
        finally:
            ended()

    async def _edit(self, job: Job) -> None:
        try:
            await self._show(job)
        except OutcomeUnclear as error:
            log.warning("card_edit_unclear", job=job.id, error=error.detail)
            self._changed.setdefault(job.id, job)
            await self._clock.sleep(TROUBLE_WAIT)
        except PortError as error:
            log.warning("card_not_edited", job=job.id, why=type(error).__name__, error=error.detail)
        except Exception:
            log.exception("card_broke", job=job.id)

    async def _wait_for_hurry(self, longest: float) -> None:
        self._hurry.clear()
        hurry = asyncio.ensure_future(self._hurry.wait())
        patience = asyncio.ensure_future(self._clock.sleep(longest))
        try:
            await asyncio.wait({hurry, patience}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            hurry.cancel()
            patience.cancel()


def _pop_first(jobs: dict[int, Job]) -> Job:
    return jobs.pop(next(iter(jobs)))
