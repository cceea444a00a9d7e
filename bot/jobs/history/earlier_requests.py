"""Jobs that an older copy of the database brought back: what they are about to do may have been done long ago.

Such a job says WAITING while its request was submitted after the copy was made. The history knows, and is asked before
anything is paid for a job that is older than this process: no younger one can come from a copy.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import structlog

from bot.catalogue.model import VideoModel
from bot.jobs.clock import Clock
from bot.jobs.errors import EqualBodyInDoubt
from bot.jobs.history.reading import (
    NEVER,
    UNKNOWN_CLOCK_SLACK,
    HistoryTooLong,
    SharedHistory,
    is_same_request,
    is_submit_of,
    unowned,
)
from bot.jobs.model import Job
from bot.jobs.states import IN_DOUBT
from bot.jobs.storage.jobs import JobStore
from bot.segmind.client import SegmindClient
from bot.segmind.errors import SegmindError
from bot.segmind.models import HistoryRow

log = structlog.get_logger(__name__)

T = TypeVar("T")

ASK_AGAIN: Final = 15.0  # seconds after a history that could not be read


class EarlierRequests:
    """What was submitted before this process began, read once for all jobs that have to know.

    What stays in memory are the requests that no job owned then: other people's, and those that were forgotten.
    """

    def __init__(self, store: JobStore, segmind: SegmindClient, clock: Clock) -> None:
        self.began = clock.now()
        self._store = store
        self._clock = clock
        self._segmind = segmind
        self._history = SharedHistory(store, segmind, clock)

    def may_concern(self, job: Job) -> bool:
        """Return whether this job's row may come from a restored copy, older than the truth."""
        return job.created_at < self.began

    async def find(self, job: Job, model: VideoModel) -> HistoryRow | None:
        """Find the request that a job sent in a life that the database has forgotten.

        It waits for as long as the history cannot be read: paying late is better than paying twice. Raises
        `EqualBodyInDoubt` while the request may be that of another job, which only its whole body tells.
        """
        if not self.may_concern(job):
            return None
        rows = [row for row in await self._read(job) if is_same_request(row, job, model)]
        if not rows:
            return None
        in_doubt = await self._store.in_states(IN_DOUBT)  # before the look at who owns what: one of both tells of it
        rows = await self._unowned(rows)
        if any(is_submit_of(row, other) for row in rows for other in in_doubt):
            raise EqualBodyInDoubt
        return next(iter(rows), None)

    async def _read(self, job: Job) -> Sequence[HistoryRow]:
        since = job.created_at - UNKNOWN_CLOCK_SLACK
        # However old a reading of this process is: what it has to know was there before.
        reading = await self._insist(lambda: self._history.read(job.request.model, since=since, not_before=NEVER))
        return reading.rows

    async def _unowned(self, rows: Sequence[HistoryRow]) -> Sequence[HistoryRow]:
        return await self._insist(lambda: unowned(self._store, self._segmind, rows))

    async def _insist(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask the history for as long as it cannot be read."""
        while True:
            try:
                return await ask()
            except (SegmindError, HistoryTooLong) as error:
                log.warning("history_unreadable", error=str(error) or type(error).__name__)
                await self._clock.sleep(ASK_AGAIN)
