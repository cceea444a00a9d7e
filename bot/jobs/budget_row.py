"""The request budget in its database row: it outlives the process, and every process shares it."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.tables import request_budget
from bot.database.upsert import insert_if_absent
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import Decision, Gcra

NAME = "segmind"
NEVER = 0.0  # seconds since the epoch: nothing was ever sent


class BudgetRow:
    """Decides on one request at a time, each decision committed before the request may leave."""

    def __init__(self, engine: AsyncEngine, rate: Gcra) -> None:
        self._engine = engine
        self._rate = rate

    @uncancelled
    async def take(self, now: datetime) -> Decision:
        """Take one request out of the budget, if the pace allows one now."""
        async with self._engine.begin() as connection:
            decision = self._rate.decide(await _arrival_time(connection), now.timestamp())
            await _keep(connection, decision.tat)
        return decision

    @uncancelled
    async def push(self, until: datetime) -> None:
        """Let nothing leave before `until`."""
        async with self._engine.begin() as connection:
            await _keep(connection, self._rate.pushed(await _arrival_time(connection), until.timestamp()))


async def _arrival_time(connection: AsyncConnection) -> float:
    await connection.execute(insert_if_absent(connection, request_budget, {"name": NAME, "arrival_time": NEVER}))
    row = select(request_budget.c.arrival_time).where(request_budget.c.name == NAME).with_for_update()
    return (await connection.execute(row)).scalar_one()


async def _keep(connection: AsyncConnection, arrival_time: float) -> None:
    await connection.execute(
        update(request_budget).where(request_budget.c.name == NAME).values(arrival_time=arrival_time)
    )
