"""What Segmind charged held against what our jobs say, for as long as it can matter.

A request that shows up after its job was given up is adopted: it is paid for, so it is followed and delivered. A
charge that no job owns goes to the operator, once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.locks import take_turn
from bot.database.statements import insert_if_absent
from bot.database.tables import marks, orphans
from bot.jobs.driving.one_process import Dispatcher
from bot.jobs.errors import StaleJob
from bot.jobs.history.reading import (
    LONGEST_SPAN,
    HistoryTooLong,
    earliest_submit,
    history_pages,
    is_same_request,
    is_submit_of,
    unowned,
)
from bot.jobs.model import Job, ProblemCode
from bot.jobs.ports import News
from bot.jobs.states import CANCELLABLE, IN_DOUBT, State
from bot.jobs.steps.engine import Engine
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import Rank
from bot.segmind.errors import SegmindError
from bot.segmind.models import HistoryRow, RunState

log = structlog.get_logger(__name__)

WATCHED_SINCE = "history_watched_since"
COMPARED = "history_compared"
COMPARED_WHOLE = "history_compared_whole"
EVERY: Final = 600.0  # seconds between two looks
LOOKS_BACK: Final = timedelta(hours=24)
OFTEN_LOOKS_BACK: Final = timedelta(hours=1)  # most of what is late is not so late
WHOLE_EVERY: Final = 6  # looks, of which one goes back all the way


class OrphanStore:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @uncancelled
    async def watched_since(self, now: datetime) -> datetime:
        """Return since when the account's history is this bot's business: since this was first asked."""
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, marks, {"name": WATCHED_SINCE, "at": now}))
            query = select(marks.c.at).where(marks.c.name == WATCHED_SINCE)
            return (await connection.execute(query)).scalar_one()

    @uncancelled
    async def is_my_turn(self, now: datetime, *, every: timedelta) -> bool:
        """Take the turn to compare, if no one has for so long; a turn to come was noted by a wrong clock."""
        return await take_turn(self._engine, COMPARED, now, every=every)

    @uncancelled
    async def last_whole(self) -> datetime | None:
        """Return when all that can still matter was last compared to its end; None where it never was."""
        async with self._engine.connect() as connection:
            return await connection.scalar(select(marks.c.at).where(marks.c.name == COMPARED_WHOLE))

    @uncancelled
    async def compared_whole(self, now: datetime) -> None:
        """Note that all that can still matter was compared to its end."""
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, marks, {"name": COMPARED_WHOLE, "at": now}))
            await connection.execute(update(marks).where(marks.c.name == COMPARED_WHOLE).values(at=now))

    @uncancelled
    async def note(self, row: HistoryRow, now: datetime) -> bool:
        """Remember a request without an owner; False where it was noted before."""
        values = {"request_id": row.request_id, "noted_at": now, "cost_usd": row.cost}
        async with self._engine.begin() as connection:
            # Only UPDATE and DELETE have a row count on every driver.
            noted = insert_if_absent(connection, orphans, values).returning(orphans.c.request_id)
            return (await connection.execute(noted)).one_or_none() is not None


class Reconciler:
    """Compares for all processes; whichever comes first makes the next look."""

    def __init__(self, engine: Engine, dispatcher: Dispatcher, orphans: OrphanStore) -> None:
        self._engine = engine
        self._dispatcher = dispatcher
        self._orphans = orphans
        self._looks = 0

    async def run(self) -> None:
        """Compare now and then, until cancelled."""
        await self._orphans.watched_since(self._engine.clock.now())  # what is made from here on is to have an owner
        unreadable = ""  # why, as the log has it
        while True:
            await self._engine.clock.sleep(EVERY)
            if not await self._orphans.is_my_turn(self._engine.clock.now(), every=timedelta(seconds=EVERY)):
                continue
            try:
                await self.compare()
            except (SegmindError, HistoryTooLong) as error:
                if (reason := str(error) or type(error).__name__) != unreadable:
                    log.warning("history_unreadable", error=reason)
                unreadable = reason
            else:
                unreadable = ""

    async def compare(self) -> None:
        """Compare once. Raises `SegmindError` or `HistoryTooLong` where the history cannot be read."""
        engine = self._engine
        now = engine.clock.now()
        whole = self._looks % WHOLE_EVERY == 0
        self._looks += 1
        since = await (self._whole_since(now) if whole else self._often_since(now))
        watched_since = max(since, await self._orphans.watched_since(now))
        async for page in history_pages(engine.segmind, since=since, model=None, rank=Rank.BACKGROUND):
            if page:
                await self._settle(page, now, since, watched_since)
        if whole:
            await self._orphans.compared_whole(now)

    async def _whole_since(self, now: datetime) -> datetime:
        """Return since when to compare all: what was made within a day of the last such look may have shown since."""
        last = await self._orphans.last_whole()
        if last is None:
            failed = await self._engine.store.never_arrived(since=now - LONGEST_SPAN)
            last = min((earliest_submit(job) + LOOKS_BACK for job in failed if _is_in_the_dark(job)), default=now)
        return max(min(last, now) - LOOKS_BACK, now - LONGEST_SPAN)

    async def _often_since(self, now: datetime) -> datetime:
        """Return since when to compare between those: since a request may belong to a job that was given up."""
        failed = await self._engine.store.never_arrived(since=now - LOOKS_BACK)
        given_up = [earliest_submit(job) for job in failed if _is_in_the_dark(job)]
        return min([now - OFTEN_LOOKS_BACK, *given_up])

    async def _settle(
        self, rows: Sequence[HistoryRow], now: datetime, since: datetime, watched_since: datetime
    ) -> None:
        """Give requests that no job owns to their jobs, and tell the operator of those that were watched for."""
        # In this order: a job that is given up meanwhile, or finds its request, is in one of the later answers.
        store, earlier = self._engine.store, self._engine.earlier
        restored = [job for job in await store.in_states(CANCELLABLE) if earlier.may_concern(job)]
        in_doubt = await store.in_states(IN_DOUBT)
        absent = list(await store.never_arrived(since=min(since, now - LOOKS_BACK)))
        rows = await unowned(store, self._engine.segmind, rows)
        for row in rows:
            if any(is_submit_of(row, job) for job in in_doubt):
                continue  # its driver looks for it
            owner = next((job for job in absent if is_submit_of(row, job)), None)
            if owner is not None:
                absent.remove(owner)
                await self._adopt(owner, row)
            elif any(self._may_have_sent(job, row) for job in restored):
                continue  # it looks for it before it is submitted
            elif _is_charge(row, watched_since) and await self._orphans.note(row, now):
                _tell(row)

    def _may_have_sent(self, job: Job, row: HistoryRow) -> bool:
        model = self._engine.offer.described(job.request.model)
        return model is not None and is_same_request(row, job, model)

    async def _adopt(self, job: Job, row: HistoryRow) -> None:
        engine = self._engine
        try:
            found = await engine.move(job, State.QUEUED, request_id=row.request_id, problem=None)
        except StaleJob:
            return
        log.warning("late_request_adopted", job=job.id, request_id=row.request_id)
        if engine.tell_operator is not None:
            await engine.tell_operator(News.LATE_REQUEST, about=str(job.id), detail=str(job.id))
        await self._dispatcher.dispatch(found)


def _is_in_the_dark(job: Job) -> bool:
    """Return whether a failed job's request may well exist."""
    return job.problem is not None and job.problem.code in {ProblemCode.NEVER_ARRIVED, ProblemCode.UNSETTLED}


def _is_charge(row: HistoryRow, since: datetime) -> bool:
    """Return whether a request costs something, and was made since then: Segmind is asked by the day.

    One that failed costs nothing, unless the history names a cost.
    """
    costs = row.state != RunState.FAILED or (row.cost is not None and row.cost > 0)
    return costs and (row.created_at is None or row.created_at >= since)


def _tell(row: HistoryRow) -> None:
    log.error(
        "charge_without_owner",
        request_id=row.request_id,
        model=row.model,
        state=row.state,
        cost=None if row.cost is None else str(row.cost),
        created_at=None if row.created_at is None else row.created_at.isoformat(),
    )
