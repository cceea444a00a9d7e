"""Finished jobs are kept for a time that the operator sets, and no longer."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.jobs.clock import Clock, steady_now
from bot.jobs.storage.jobs import JobStore

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds
AT_ONCE: Final = 500  # rows in one transaction: nobody waits long for the database


async def thin(store: JobStore, now: datetime, keep: timedelta) -> int:
    """Delete the jobs that ended longer than `keep` ago; return how many."""
    before = now - keep
    deleted = 0
    while (batch := await store.delete_ended(before=before, at_most=AT_ONCE)) > 0:
        deleted += batch
    if deleted:
        log.info("old_jobs_deleted", count=deleted, ended_before=before.isoformat())
    return deleted


async def keep_thin(store: JobStore, clock: Clock, keep: timedelta) -> None:
    """Thin now and then, until cancelled."""
    while True:
        await thin(store, await steady_now(clock), keep)
        await clock.sleep(EVERY)
