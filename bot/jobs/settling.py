"""UNCONFIRMED: was the paid POST accepted? Only Segmind's request history can tell."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.jobs.engine import Engine
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.segmind.budget import Claim, Rank
from bot.segmind.errors import SegmindError
from bot.segmind.models import HistoryRow

log = structlog.get_logger(__name__)

CLOCK_SLACK: Final = timedelta(minutes=2)  # rows this much older than Segmind's clock at submit still count
UNKNOWN_CLOCK_SLACK: Final = timedelta(minutes=15)  # the same where Segmind's clock was never seen
LATEST_ARRIVAL: Final = timedelta(seconds=30)  # how late an accepted request may show in the history, at the most
FIRST_LOOK: Final = 3.0  # seconds
LONGEST_WAIT: Final = 60.0  # seconds between looks
MOST_PAGES: Final = 50


async def settle(engine: Engine, job: Job) -> Job:
    """Look through the history until the request is found, or surely absent after its grace time."""
    assert job.submitted_at is not None  # noqa: S101 - saved with the intent
    last_word = job.submitted_at + engine.limits.submit_timeout + LATEST_ARRIVAL
    wait = FIRST_LOOK
    while True:
        asked_at = engine.clock.now()
        try:
            row = await _find(engine, job)
        except SegmindError as error:
            log.warning("history_unreadable", job=job.id, error=str(error))
        else:
            if row is not None:
                log.info("request_found", job=job.id, request_id=row.request_id)
                return await engine.move(job, State.QUEUED, request_id=row.request_id)
            if asked_at > last_word:
                log.error("request_absent", job=job.id, submitted_at=job.submitted_at.isoformat())
                return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.NEVER_ARRIVED))
        await engine.clock.sleep(wait)
        wait = min(wait * 2, LONGEST_WAIT)


async def _find(engine: Engine, job: Job) -> HistoryRow | None:
    """Find the oldest request in the history that has this job's whole body and no owner."""
    since = _earliest(job)
    candidates = [row async for row in _history(engine, job, since) if _matches(row, job, since)]
    owned = await engine.store.owned(row.request_id for row in candidates)
    unowned = [row for row in candidates if row.request_id not in owned]
    return min(unowned, key=lambda row: row.created_at or since, default=None)


async def _history(engine: Engine, job: Job, since: datetime) -> AsyncIterator[HistoryRow]:
    for number in range(1, MOST_PAGES + 1):
        page = await engine.segmind.history(
            page=number, since=since, model=job.request.model, claim=Claim(rank=Rank.SUBMIT)
        )
        for row in page.rows:
            yield row
        if not page.more:
            return
    log.error("history_too_long", job=job.id, pages=MOST_PAGES)


def _matches(row: HistoryRow, job: Job, since: datetime) -> bool:
    return row.body == job.body and (row.created_at is None or row.created_at >= since)


def _earliest(job: Job) -> datetime:
    """Give the time of Segmind's clock before which no row can be this job's."""
    if job.segmind_time is not None:
        return job.segmind_time - CLOCK_SLACK
    assert job.submitted_at is not None  # noqa: S101 - saved with the intent
    return job.submitted_at - UNKNOWN_CLOCK_SLACK
