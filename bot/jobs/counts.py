"""How many jobs there are, for whoever looks after the bot."""

from collections.abc import Iterable, Mapping

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import jobs
from bot.jobs.states import State


async def count_by_state(engine: AsyncEngine, states: Iterable[State]) -> Mapping[State, int]:
    """Count the jobs in each of `states`; a state without any is left out."""
    wanted = jobs.c.state.in_(list(states))
    query = select(jobs.c.state, func.count().label("number")).where(wanted).group_by(jobs.c.state)
    async with engine.connect() as connection:
        return {State(row.state): row.number for row in await connection.execute(query)}
