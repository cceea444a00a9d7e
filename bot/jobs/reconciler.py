"""What Segmind charged held against what our jobs say, for as long as it can matter.

A request that shows up after its job was given up is adopted: it is paid for, so it is followed and delivered. A
charge that no job owns goes to the operator, once.
"""

from datetime import timedelta
from typing import Final

import structlog

from bot.jobs.dispatch import Dispatcher
from bot.jobs.engine import Engine
from bot.jobs.errors import StaleJob
from bot.jobs.history import HistoryTooLong, is_submit_of, read_history, unowned
from bot.jobs.model import Job
from bot.jobs.orphans import OrphanStore
from bot.jobs.states import IN_DOUBT, State
from bot.segmind.budget import Rank
from bot.segmind.errors import SegmindError
from bot.segmind.models import HistoryRow, RunState

log = structlog.get_logger(__name__)

EVERY: Final = 600.0  # seconds
LOOKS_BACK: Final = timedelta(hours=24)


class Reconciler:
    def __init__(self, engine: Engine, dispatcher: Dispatcher, orphans: OrphanStore) -> None:
        self._engine = engine
        self._dispatcher = dispatcher
        self._orphans = orphans

    async def run(self) -> None:
        """Compare now and then, until cancelled."""
        while True:
            await self._engine.clock.sleep(EVERY)
            try:
                await self.compare()
            except (SegmindError, HistoryTooLong) as error:
                log.warning("history_unreadable", error=str(error) or type(error).__name__)

    async def compare(self) -> None:
        """Compare once. Raises `SegmindError` or `HistoryTooLong` where the history cannot be read."""
        engine = self._engine
        now = engine.clock.now()
        since = max(now - LOOKS_BACK, await self._orphans.watched_since(now))
        rows = await read_history(engine.segmind, since=since, model=None, rank=Rank.BACKGROUND)
        in_doubt = await engine.store.in_states(IN_DOUBT)
        absent = await engine.store.never_arrived(since=now - LOOKS_BACK)
        # Segmind is asked by the day, so rows from before come along.
        watched = [row for row in rows if row.created_at is None or row.created_at >= since]
        for row in await unowned(engine.store, watched):
            if any(is_submit_of(row, job) for job in in_doubt):
                continue  # its driver looks for it
            owner = next((job for job in absent if is_submit_of(row, job)), None)
            if owner is not None:
                absent = [job for job in absent if job.id != owner.id]
                await self._adopt(owner, row)
            elif row.state != RunState.FAILED and await self._orphans.note(row, now):
                _tell(row)

    async def _adopt(self, job: Job, row: HistoryRow) -> None:
        try:
            found = await self._engine.move(job, State.QUEUED, request_id=row.request_id, problem=None)
        except StaleJob:
            return
        log.warning("late_request_adopted", job=job.id, request_id=row.request_id)
        await self._dispatcher.dispatch(found)


def _tell(row: HistoryRow) -> None:
    log.error(
        "charge_without_owner",
        request_id=row.request_id,
        model=row.model,
        state=row.state,
        cost=None if row.cost is None else str(row.cost),
        created_at=None if row.created_at is None else row.created_at.isoformat(),
    )
