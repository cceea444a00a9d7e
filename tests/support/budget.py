"""Several processes of one machine on one request budget, with a clock that may be set and 429s that come."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import request_budget
from bot.jobs.pacing.budget import BudgetRow
from bot.segmind.budget import Rate
from tests.support.clock import ManualClock

HOUR = timedelta(hours=1)


def in_seconds(clock: ManualClock, seconds: float) -> datetime:
    return clock.now() + timedelta(seconds=seconds)


class Machine:
    """Processes that ask for turns, each by a connection of its own; `left` has the true times of those given."""

    def __init__(self, engines: Sequence[AsyncEngine], rate: Rate) -> None:
        self.clock = ManualClock()
        self.left: list[float] = []
        self._engines = engines
        self._rate = rate
        self._rows = [self._started(number) for number in range(len(engines))]

    async def ask(self, number: int, *, urgent: bool) -> bool:
        decision = await self._rows[number % len(self._rows)].take(urgent=urgent)
        if decision.allowed:
            self.left.append(self.clock.monotonic())
        return decision.allowed

    async def ask_at_once(self, times: int, *, urgent: bool = True) -> int:
        return sum(await asyncio.gather(*(self.ask(number, urgent=urgent) for number in range(times))))

    async def throttled(self, number: int, reset: float) -> None:
        await self._rows[number % len(self._rows)].push(in_seconds(self.clock, reset))

    def kill(self, number: int) -> None:
        """End a process and start another in its place, which knows what the database says."""
        place = number % len(self._rows)
        self._rows[place] = self._started(place)

    async def forget(self) -> None:
        async with self._engines[0].begin() as connection:
            await connection.execute(delete(request_budget))

    def _started(self, number: int) -> BudgetRow:
        return BudgetRow(self._engines[number], self._rate, self.clock)
