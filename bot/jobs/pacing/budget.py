"""The request budget in its database row: it outlives the process, and every process shares it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import insert_if_absent
from bot.database.tables import request_budget
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import FARTHEST_RESET, Departure, Gcra, Pace

log = structlog.get_logger(__name__)

NAME = "segmind"
NEVER = 0.0  # seconds since the epoch: nothing was ever sent, or refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How many requests may leave at once, and how many a minute at the pace that 429s have taught."""

    requests: int
    per_minute: int


class BudgetRow:
    """Decides on one request at a time, each decision committed before the request may leave.

    The row isn't locked: a decision counts if the row is still as it was read, and else is repeated. So a process that
    freezes holds up no other.
    """

    def __init__(self, engine: AsyncEngine, rate: Gcra) -> None:
        # The pace outlives the process. After a power cut a few requests may be counted too few.
        self._engine = engine.execution_options(durable=False)
        if engine.dialect.name == "postgresql":
            self._engine = self._engine.execution_options(isolation_level="AUTOCOMMIT")
        self._rate = rate

    @uncancelled
    async def take(self, now: datetime) -> Departure:
        """Take one request out of the budget, if the pace allows one now."""
        instant = now.timestamp()
        async with self._engine.begin() as connection:
            while True:
                before = await _read(connection)
                decision = before.pace.applied(self._rate, instant).decide(before.arrival_time, instant)
                if decision.tat == before.arrival_time or await _swap(
                    connection, before, replace(before, arrival_time=decision.tat)
                ):
                    return decision

    @uncancelled
    async def left(self, now: datetime) -> Left:
        """Tell what is left of the budget at `now`, and leave it as it is."""
        instant = now.timestamp()
        async with self._engine.begin() as connection:
            spent = await _read(connection)
        rate = spent.pace.applied(self._rate, instant)
        return Left(requests=rate.left(spent.arrival_time, instant), per_minute=rate.requests_per_minute)

    @uncancelled
    async def push(self, until: datetime, now: datetime) -> None:
        """Let nothing leave before `until`, told by a 429 at `now`; where 429s repeat, go on more slowly."""
        instant = now.timestamp()
        reset = min(until.timestamp(), instant + FARTHEST_RESET)
        async with self._engine.begin() as connection:
            while True:
                before = await _read(connection)
                pace = before.pace.after_429(instant, reset)
                pushed = self._rate.pushed(before.arrival_time, until.timestamp())
                if await _swap(connection, before, _BudgetRow(arrival_time=pushed, pace=pace)):
                    break
        slower = pace.applied(self._rate, instant).requests_per_minute
        if slower < before.pace.applied(self._rate, instant).requests_per_minute:
            log.warning("segmind_pace_lowered", requests_per_minute=slower, configured=self._rate.requests_per_minute)


@dataclass(frozen=True, slots=True, kw_only=True)
class _BudgetRow:
    """The row: when the next request may leave (epoch seconds), and at what pace."""

    arrival_time: float = NEVER
    pace: Pace = field(default_factory=Pace)

    @property
    def values(self) -> dict[str, float]:
        return {"arrival_time": self.arrival_time, "pace_share": self.pace.share, "pace_reset": self.pace.reset}


async def _read(connection: AsyncConnection) -> _BudgetRow:
    query = select(request_budget).where(request_budget.c.name == NAME)
    row = (await connection.execute(query)).one_or_none()
    if row is None:
        first = insert_if_absent(connection, request_budget, {"name": NAME, **_BudgetRow().values})
        await connection.execute(first)
        row = (await connection.execute(query)).one()
    return _BudgetRow(arrival_time=row.arrival_time, pace=Pace(share=row.pace_share, reset=row.pace_reset))


async def _swap(connection: AsyncConnection, before: _BudgetRow, after: _BudgetRow) -> bool:
    """Put `after` in the place of `before`; False where someone else has been quicker."""
    unchanged = [request_budget.c[name] == value for name, value in before.values.items()]
    swap = update(request_budget).where(request_budget.c.name == NAME, *unchanged).values(**after.values)
    return (await connection.execute(swap)).rowcount > 0
