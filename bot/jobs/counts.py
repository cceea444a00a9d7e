"""Which jobs there are, and how many, for whoever looks after the bot."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import jobs
from bot.jobs.job_rows import from_row
from bot.jobs.model import Job
from bot.jobs.states import State


async def count_by_state(engine: AsyncEngine, states: Iterable[State]) -> Mapping[State, int]:
    """Count the jobs in each of `states`; a state without any is left out."""
    wanted = jobs.c.state.in_(list(states))
    query = select(jobs.c.state, func.count().label("number")).where(wanted).group_by(jobs.c.state)
    async with engine.connect() as connection:
        return {State(row.state): row.number for row in await connection.execute(query)}


async def newest_jobs(engine: AsyncEngine, states: Iterable[State], *, at_most: int) -> Sequence[Job]:
    """Read the newest jobs in one of `states`, over all servers, newest first."""
    query = (
        select(jobs)
        .where(jobs.c.state.in_(list(states)))
        .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
        .limit(at_most)
    )
    async with engine.connect() as connection:
        return [from_row(row) for row in await connection.execute(query)]
