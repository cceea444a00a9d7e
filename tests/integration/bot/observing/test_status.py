"""A process seen from outside, with its real database."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.observing.metrics import Gauges, Metrics
from bot.observing.status import TROUBLES, Outside, Readiness, SegmindState
from bot.segmind.budget import Rate
from tests.support.clock import ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.jobs import a_job


@dataclass(slots=True)
class Process:
    outside: Outside
    database: AsyncEngine
    budget: BudgetRow
    segmind: SegmindState
    clock: ManualClock
    task: asyncio.Task[None]
    connected: bool = True

    async def samples(self) -> dict[tuple[str, str], float]:
        page = (await self.outside.page()).decode()
        families = text_string_to_metric_families(page)
        return {(each.name, each.labels.get("state", "")): each.value for family in families for each in family.samples}


@asynccontextmanager
async def a_process(folder: Path) -> AsyncGenerator[Process]:
    clock, metrics, segmind = ManualClock(), Metrics(), SegmindState()
    background = asyncio.create_task(asyncio.Event().wait(), name="queue")
    async with open_database(file_url(folder)) as database:
        budget = BudgetRow(database, Rate(requests_per_minute=60), clock)
        process: Process
        gauges = Gauges(metrics, database=database, budget=budget, driving=lambda: 2, latency=lambda: 0.05)
        readiness = Readiness(connected=lambda: process.connected, database=database, segmind=segmind)
        outside = Outside(metrics=metrics, gauges=gauges, readiness=readiness, background=[background])  # pyright: ignore[reportArgumentType]
        process = Process(outside, database, budget, segmind, clock, background)  # pyright: ignore[reportArgumentType]
        yield process
    background.cancel()


async def test_a_page_has_the_jobs_of_the_database_and_what_is_left_of_the_budget(tmp_path: Path) -> None:
    async with a_process(tmp_path) as process:
        for state in (State.WAITING, State.WAITING, State.UNDELIVERED, State.DELIVERED):
            await JobStore(process.database).add(a_job(state), daily_limit_usd=LIMIT)
        await process.budget.take(urgent=True)
        samples = await process.samples()
    assert samples["reelcast_jobs", "WAITING"] == 2
    assert samples["reelcast_jobs", "UNDELIVERED"] == 1
    assert ("reelcast_jobs", "DELIVERED") not in samples
    assert samples["reelcast_segmind_budget_left", ""] == 59
    assert samples["reelcast_segmind_budget_per_minute", ""] == 60
    assert samples["reelcast_drivers", ""] == 2


async def test_a_state_that_nobody_is_in_any_more_counts_none(tmp_path: Path) -> None:
    async with a_process(tmp_path) as process:
        store = JobStore(process.database)
        job = await store.add(a_job(State.WAITING), daily_limit_usd=LIMIT)
        assert (await process.samples())["reelcast_jobs", "WAITING"] == 1
        await store.save(job.move(State.CANCELLED, process.clock.now()))
        assert (await process.samples())["reelcast_jobs", "WAITING"] == 0


async def test_each_part_that_is_not_in_order_is_named(tmp_path: Path) -> None:
    async with a_process(tmp_path) as process:
        assert await process.outside.ready() == {"discord": "ok", "database": "ok", "segmind": "ok"}
        process.connected = False
        for _ in range(TROUBLES):
            process.segmind.answered("status", 502, 0.1)
        told = await process.outside.ready()
    assert told == {"discord": "not connected", "database": "ok", "segmind": "answers 502"}


async def test_a_database_that_is_busy_for_too_long_is_named(tmp_path: Path) -> None:
    async with a_process(tmp_path) as process, process.database.begin():  # the one connection there is
        told = await process.outside.ready()
    assert told["database"] == "doesn't answer in time"


async def test_a_background_task_that_ended_is_named(tmp_path: Path) -> None:
    async with a_process(tmp_path) as process:
        assert process.outside.stopped() == ()
        process.task.cancel()
        await asyncio.wait({process.task})
        assert process.outside.stopped() == ("queue",)
