"""Prometheus metrics: counters and times of this process, and gauges read when a scraper asks.

No label names a server, a member or a job, so the number of series stays the same however many there are.
"""

import asyncio
import math
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, PlatformCollector, ProcessCollector
from prometheus_client.exposition import generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.jobs.model import Job
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.states import ENDED, State
from bot.jobs.storage.rows import count_by_state

log = structlog.get_logger(__name__)

# Seconds: from a card's answer to a run that takes all of the hour in which Segmind knows it.
_STATE_SECONDS: Final = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 180, 240, 300, 600, 1800, 3600)
_DELAY_SECONDS: Final = (0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900)
_REQUEST_SECONDS: Final = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)
_LOST: Final = "lost"  # no answer came
_TOO_MANY: Final = "429"
# What Segmind is asked, as `bot.segmind.protocol` names it.
_OPERATIONS: Final = ("submit", "status", "result", "history", "history_row", "credits", "upload")
UNFINISHED: Final = tuple(state for state in State if state not in ENDED)
READ_WITHIN: Final = 5.0  # seconds; a scraper gives up after ten


class Metrics:
    """Hears of what happens; `page` is what a scrape gets."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        at = self.registry
        self.jobs = Gauge("reelcast_jobs", "Jobs in progress, of all processes", ["state"], registry=at)
        self.drivers = Gauge("reelcast_drivers", "Jobs that this process drives", registry=at)
        self.budget_left = Gauge(
            "reelcast_segmind_budget_left", "Requests that can go to Segmind right now", registry=at
        )
        self.budget_rate = Gauge(
            "reelcast_segmind_budget_per_minute", "Requests per minute, lowered after 429s", registry=at
        )
        self.gateway_latency = Gauge(
            "reelcast_discord_latency_seconds", "Discord's answer to a heartbeat, over all shards", registry=at
        )
        self._moves = Counter("reelcast_job_moves", "Jobs that entered a state", ["state"], registry=at)
        self._in_state = Histogram(
            "reelcast_job_state_seconds",
            "Time spent in a state",
            ["state"],
            buckets=_STATE_SECONDS,
            registry=at,
        )
        self._delay = Histogram(
            "reelcast_notice_delay_seconds",
            "Time from the end of a generation at Segmind until the bot notices",
            buckets=_DELAY_SECONDS,
            registry=at,
        )
        self._charges = Counter("reelcast_charges", "Generations that Segmind charged", registry=at)
        self._charged = Counter("reelcast_charged_usd", "Cost of these generations", registry=at)
        self._deliveries = Counter("reelcast_deliveries", "Videos posted", registry=at)
        self._requests = Counter(
            "reelcast_segmind_requests", "Requests to Segmind", ["operation", "status"], registry=at
        )
        self._request_seconds = Histogram(
            "reelcast_segmind_request_seconds",
            "Time until Segmind's answer is complete",
            ["operation"],
            buckets=_REQUEST_SECONDS,
            registry=at,
        )
        self._discord = Counter("reelcast_discord_requests", "Requests to Discord", ["status"], registry=at)
        self.trouble = Gauge("reelcast_trouble", "1 for a part that /readyz reports as not OK", ["part"], registry=at)
        # A series that is there from the start can be watched for its first event, and is no hole in a dashboard.
        for state in State:
            self._moves.labels(state.value)
            self._in_state.labels(state.value)
        for operation in _OPERATIONS:
            self._requests.labels(operation, _TOO_MANY)
            self._request_seconds.labels(operation)
        self._discord.labels(_TOO_MANY)

    def moved(self, before: Job, after: Job) -> None:
        """Take note of a job that came from one state to another."""
        self._moves.labels(after.state.value).inc()
        self._in_state.labels(before.state.value).observe(_seconds(before.state_since, after.state_since))
        if after.cost_usd is not None and before.cost_usd is None:
            self._charges.inc()
            self._charged.inc(float(after.cost_usd))
        if after.state is State.COMPLETED and after.completed_at and after.submitted_at and after.run_seconds:
            ended = _seconds(after.submitted_at, after.completed_at) - after.run_seconds
            self._delay.observe(max(0.0, ended))
        if after.state is State.DELIVERED:
            self._deliveries.inc()

    def segmind_answered(self, operation: str, status: int | None, seconds: float) -> None:
        """Take note of a request to Segmind; a status of None is an answer that never came."""
        self._requests.labels(operation, _LOST if status is None else str(status)).inc()
        self._request_seconds.labels(operation).observe(seconds)

    def discord_answered(self, status: int) -> None:
        self._discord.labels(str(status)).inc()

    def page(self) -> bytes:
        """Render everything in Prometheus' text format."""
        return generate_latest(self.registry)


def _seconds(since: datetime, until: datetime) -> float:
    """Return how long it took; a clock that was set back makes that nothing."""
    return max(0.0, (until - since).total_seconds())


class Gauges:
    """Fills the gauges of `metrics` again."""

    def __init__(
        self,
        metrics: Metrics,
        *,
        database: AsyncEngine,
        budget: BudgetRow,
        driving: Callable[[], int],
        latency: Callable[[], float],
    ) -> None:
        self._metrics = metrics
        self._database = database
        self._budget = budget
        self._driving = driving
        self._latency = latency

    async def fill(self) -> None:
        """Read the present values; those that the database does not give stay as they were."""
        metrics = self._metrics
        metrics.drivers.set(self._driving())
        latency = self._latency()
        metrics.gateway_latency.set(latency if math.isfinite(latency) else 0.0)  # before the first heartbeat
        try:
            async with asyncio.timeout(READ_WITHIN):
                counts = await count_by_state(self._database, UNFINISHED)
                left = await self._budget.left()
        except (TimeoutError, SQLAlchemyError, OSError) as error:
            log.warning("gauges_not_read", error=type(error).__name__)
            return
        for state in UNFINISHED:
            metrics.jobs.labels(state.value).set(counts.get(state, 0))
        metrics.budget_left.set(left.requests)
        metrics.budget_rate.set(left.per_minute)
