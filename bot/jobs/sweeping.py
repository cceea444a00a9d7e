"""Sweeps over jobs: what breaks for one of them keeps none of the others waiting."""

from collections.abc import Awaitable, Callable, Iterable

import structlog

from bot.database.trouble import is_away
from bot.jobs.model import Job

log = structlog.get_logger(__name__)


async def for_each(jobs: Iterable[Job], work: Callable[[Job], Awaitable[object]]) -> None:
    """Do `work` for one job after the other; what it raises is logged, and the next sweep tries again.

    A database that is away is so for all jobs: that is raised.
    """
    for job in jobs:
        try:
            await work(job)
        except Exception as error:
            if is_away(error):
                raise
            log.exception("sweep_broke", job=job.id, state=job.state)
