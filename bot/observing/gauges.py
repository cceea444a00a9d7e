"""What is read when it is asked for: how many jobs there are, and how much of the budget is left."""

import asyncio
import math
from collections.abc import Callable
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs.budget_row import BudgetRow
from bot.jobs.clock import Clock
from bot.jobs.counts import count_by_state
from bot.jobs.states import ENDED, State
from bot.observing.metrics import Metrics

log = structlog.get_logger(__name__)

UNFINISHED: Final = tuple(state for state in State if state not in ENDED)
READ_WITHIN: Final = 5.0  # seconds; a scraper gives up after ten


class Gauges:
    """Fills the gauges of `metrics` anew."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        database: AsyncEngine,
        budget: BudgetRow,
        driving: Callable[[], int],
        latency: Callable[[], float],
        clock: Clock,
    ) -> None:
        self._metrics = metrics
        self._database = database
        self._budget = budget
        self._driving = driving
        self._latency = latency
        self._clock = clock

    async def fill(self) -> None:
        """Read the present values; those that the database does not give stay as they were."""
        metrics = self._metrics
        metrics.drivers.set(self._driving())
        latency = self._latency()
        metrics.gateway_latency.set(latency if math.isfinite(latency) else 0.0)  # before the first heartbeat
        try:
            async with asyncio.timeout(READ_WITHIN):
                counts = await count_by_state(self._database, UNFINISHED)
                left = await self._budget.left(self._clock.now())
        except (TimeoutError, SQLAlchemyError, OSError) as error:
            log.warning("gauges_not_read", error=type(error).__name__)
            return
        for state in UNFINISHED:
            metrics.jobs.labels(state.value).set(counts.get(state, 0))
        metrics.budget_left.set(left.requests)
        metrics.budget_rate.set(left.per_minute)
