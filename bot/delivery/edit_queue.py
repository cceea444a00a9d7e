"""The edits of one channel's cards: they coalesce, keep Discord's pace, and put what matters first."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.jobs.clock import Clock
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.jobs.tasks import heed_cancellation, until_first

log = structlog.get_logger(__name__)

EDIT_EVERY: Final = 1.1  # seconds between two edits in one channel; Discord's own limit is 5 in 5 s
POSITION_AFTER: Final = 5.0  # seconds before an edit that shows nothing but a new place in the queue
POSITION_EVERY: Final = 30.0  # seconds between two of these in one channel
TROUBLE_WAIT: Final = 5.0  # seconds before an edit that got no clear answer is sent again
LONGEST_REST: Final = 60.0  # seconds that one edit makes the others of its channel wait, whatever Discord asks for


class EditQueue:
    """Shows each job's newest value, one edit after the other, until nothing is left to show.

    Changes of one job that come faster than edits may be made become one edit, and the last one always arrives. What a
    card says differently by itself at some moment is shown then.
    """

    def __init__(
        self,
        show: Callable[[Job], Awaitable[None]],
        clock: Clock,
        turn: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`turn` waits until an edit may leave, where other processes edit in this channel, too."""
        self._show = show
        self._turn = turn
        self._clock = clock
        self._changed: dict[int, Job] = {}
        self._moved_up: dict[int, Job] = {}
        self._positions_at = 0.0  # on the monotonic clock: when the next place in the queue may be shown
        self._due: dict[int, tuple[float, Job]] = {}  # when a card says something else by itself
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
        if job.id in self._changed:
            return
        if not self._moved_up:
            self._positions_at = max(self._positions_at, self._clock.monotonic() + POSITION_AFTER)
            self._hurry.set()
        self._moved_up[job.id] = job

    def show_at(self, moment: float, job: Job) -> None:
        """Show a job at a moment of the monotonic clock, unless `rests` comes first."""
        self._due[job.id] = (moment, job)

    def rests(self, job_id: int) -> None:
        if self._due.pop(job_id, None) is not None:
            self._hurry.set()

    def wind_up(self) -> None:
        """Come to an end with the changes that wait, which no others follow."""
        self._due.clear()
        self._moved_up.clear()
        self._hurry.set()

    async def _run(self, ended: Callable[[], object]) -> None:
        try:
            while self._changed or self._moved_up or self._due:
                if not self._changed and (patience := self._patience()) > 0:
                    await self._wait_for_hurry(patience)
                if self._turn is not None and (self._changed or self._patience() <= 0):
                    await self._turn()
                job = self._next()
                if job is not None:
                    await self._edit(job)
                    await self._clock.sleep(EDIT_EVERY)
        finally:
            ended()

    def _patience(self) -> float:
        """Return how many seconds what is not urgent still has to wait."""
        moments = [moment for moment, _ in self._due.values()]
        if self._moved_up:
            moments.append(self._positions_at)
        return min(moments, default=0.0) - self._clock.monotonic()

    def _next(self) -> Job | None:
        if self._changed:
            return _pop_first(self._changed)
        now = self._clock.monotonic()
        if due := next((job for moment, job in self._due.values() if moment <= now), None):
            del self._due[due.id]
            return due
        if self._moved_up and self._positions_at <= now:
            self._positions_at = now + POSITION_EVERY
            return _pop_first(self._moved_up)
        return None

    async def _edit(self, job: Job) -> None:
        try:
            await self._show(job)
        except OutcomeUnclear as error:
            log.warning("card_edit_unclear", job=job.id, error=error.detail)
            self._changed.setdefault(job.id, job)
            await self._clock.sleep(min(max(error.wait, TROUBLE_WAIT), LONGEST_REST))
        except PortError as error:
            log.warning("card_not_edited", job=job.id, why=type(error).__name__, error=error.detail)
        except Exception:
            heed_cancellation()
            log.exception("card_broke", job=job.id)

    async def _wait_for_hurry(self, longest: float) -> None:
        self._hurry.clear()
        await until_first(self._hurry.wait(), self._clock.sleep(longest))


def _pop_first(jobs: dict[int, Job]) -> Job:
    return jobs.pop(next(iter(jobs)))
