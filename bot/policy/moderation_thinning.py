"""What moderators had of a job goes with the job, and a block with its end; decisions stay."""

from typing import Final, Protocol

import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import blocks, cases, jobs, reports, reviews
from bot.policy.blocks import Clock

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds


class Sleeps(Clock, Protocol):
    async def sleep(self, seconds: float) -> None: ...


async def thin_moderation(engine: AsyncEngine, clock: Clock) -> int:
    """Delete what belongs to jobs that are on record no more, and blocks that have ended; return how many rows."""
    deleted = 0
    for table in (reviews, reports, cases):
        gone = table.c.job_id.not_in(select(jobs.c.id))
        async with engine.begin() as connection:
            deleted += (await connection.execute(delete(table).where(gone))).rowcount
    async with engine.begin() as connection:
        deleted += (await connection.execute(delete(blocks).where(blocks.c.until <= clock.now()))).rowcount
    if deleted:
        log.info("moderation_thinned", count=deleted)
    return deleted


async def keep_moderation_thin(engine: AsyncEngine, clock: Sleeps) -> None:
    """Thin now and then, until cancelled."""
    while True:
        await thin_moderation(engine, clock)
        await clock.sleep(EVERY)
