"""What moderators had of a job goes with the job, and a block with its end; decisions stay."""

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import blocks, breakdowns, cases, jobs, reports, reviews
from bot.jobs.clock import Clock, steady_now

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds


async def thin_moderation(engine: AsyncEngine, now: datetime) -> int:
    """Delete what belongs to jobs that are on record no more, and blocks that have ended; return how many rows."""
    deleted = 0
    for table in (reviews, reports, cases, breakdowns):
        gone = table.c.job_id.not_in(select(jobs.c.id))
        async with engine.begin() as connection:
            deleted += (await connection.execute(delete(table).where(gone))).rowcount
    async with engine.begin() as connection:
        deleted += (await connection.execute(delete(blocks).where(blocks.c.until <= now))).rowcount
    if deleted:
        log.info("moderation_thinned", count=deleted)
    return deleted


async def keep_moderation_thin(engine: AsyncEngine, clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        await thin_moderation(engine, await steady_now(clock))
        await clock.sleep(EVERY)
