"""The request budget in its database row: it outlives the process, and every process shares it."""

from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.tables import request_budget
from bot.database.upsert import insert_if_absent
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import FARTHEST_RESET, Decision, Gcra
from bot.segmind.pace import Pace

log = structlog.get_logger(__name__)

NAME = "segmind"
NEVER = 0.0  # seconds since the epoch: nothing was ever sent, or refused


class BudgetRow:
    """Decides on one request at a time, each decision committed before the request may leave."""

    def __init__(self, engine: AsyncEngine, rate: Gcra) -> None:
        # The pace outlives the process. After a power cut a few requests may be counted too few.
        self._engine = engine.execution_options(durable=False)
        self._rate = rate

    @uncancelled
    async def take(self, now: datetime) -> Decision:
        """Take one request out of the budget, if the pace allows one now."""
        async with self._engine.begin() as connection:
            arrival_time, pace = await _read(connection)
            instant = now.timestamp()
            decision = pace.applied(self._rate, instant).decide(arrival_time, instant)
            if decision.tat != arrival_time:
                await _keep(connection, arrival_time=decision.tat)
        return decision

    @uncancelled
    async def push(self, until: datetime, now: datetime) -> None:
        """Let nothing leave before `until`, told by a 429 at `now`; where 429s repeat, go on more slowly."""
        instant = now.timestamp()
        reset = min(until.timestamp(), instant + FARTHEST_RESET)
        async with self._engine.begin() as connection:
            arrival_time, before = await _read(connection)
            pace = before.after_429(instant, reset)
            await _keep(
                connection,
                arrival_time=self._rate.pushed(arrival_time, until.timestamp()),
                pace_share=pace.share,
                pace_reset=pace.reset,
            )
        slower = pace.applied(self._rate, instant).requests_per_minute
        if slower < before.applied(self._rate, instant).requests_per_minute:
            log.warning("segmind_pace_lowered", requests_per_minute=slower, configured=self._rate.requests_per_minute)


async def _read(connection: AsyncConnection) -> tuple[float, Pace]:
    """Lock the row and read when the next request may leave, and at what pace."""
    query = select(request_budget).where(request_budget.c.name == NAME).with_for_update()
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        first = {"name": NAME, "arrival_time": NEVER, "pace_share": 1.0, "pace_reset": NEVER}
        await connection.execute(insert_if_absent(connection, request_budget, first))
        row = (await connection.execute(query)).one()
    return row.arrival_time, Pace(share=row.pace_share, reset=row.pace_reset)


async def _keep(connection: AsyncConnection, **values: float) -> None:
    await connection.execute(update(request_budget).where(request_budget.c.name == NAME).values(**values))
