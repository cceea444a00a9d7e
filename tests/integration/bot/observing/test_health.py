"""`/healthz`, `/readyz` and `/metrics` as a container's health check asks them."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.observing.health import OK, TROUBLES, HealthNotServed, Outside, Readiness, SegmindState, serve_health
from bot.observing.metrics import Gauges, Metrics
from bot.segmind.budget import Rate
from tests.support.clock import ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.jobs import a_job

HOST = "127.0.0.1"


@pytest.fixture
def port() -> int:
    with socket.create_server((HOST, 0)) as reserved:
        number: int = reserved.getsockname()[1]
    return number


@dataclass(slots=True)
class Seen:
    parts: dict[str, str] = field(default_factory=lambda: {"discord": OK, "database": OK, "segmind": OK})
    ended: tuple[str, ...] = ()

    def stopped(self) -> tuple[str, ...]:
        return self.ended

    async def ready(self) -> dict[str, str]:
        return self.parts

    async def page(self) -> bytes:
        return b"reelcast_jobs 1.0\n"


async def answer(port: int, path: str) -> tuple[int, dict[str, object]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://{HOST}:{port}{path}") as response:
        return response.status, await response.json()


async def test_the_bot_is_alive_before_it_is_ready(port: int) -> None:
    seen = Seen(parts={"discord": "not connected", "database": OK, "segmind": OK})
    async with serve_health(HOST, port, seen):
        assert await answer(port, "/healthz") == (200, {"status": "alive"})
        assert await answer(port, "/readyz") == (503, {"status": "not ready", **seen.parts})
        seen.parts["discord"] = OK
        assert await answer(port, "/readyz") == (200, {"status": "ready", **seen.parts})


async def test_a_bot_whose_background_task_ended_is_not_alive(port: int) -> None:
    async with serve_health(HOST, port, Seen(ended=("queue",))):
        assert await answer(port, "/healthz") == (503, {"status": "broken", "stopped": ["queue"]})


async def test_prometheus_reads_plain_text(port: int) -> None:
    async with (
        serve_health(HOST, port, Seen()),
        aiohttp.ClientSession() as session,
        session.get(f"http://{HOST}:{port}/metrics") as response,
    ):
        assert response.headers["Content-Type"].startswith("text/plain")
        assert await response.text() == "reelcast_jobs 1.0\n"


async def test_nothing_is_served_after_the_end(port: int) -> None:
    async with serve_health(HOST, port, Seen()):
        pass
    with pytest.raises(aiohttp.ClientConnectorError):
        await answer(port, "/healthz")


async def test_port_0_serves_nothing() -> None:
    async with serve_health("no such host", 0, Seen()):
        pass


async def test_a_port_that_is_taken_is_told() -> None:
    with socket.create_server((HOST, 0)) as other, pytest.raises(HealthNotServed, match="in use"):
        async with serve_health(HOST, other.getsockname()[1], Seen()):
            pass


async def test_a_host_that_is_not_this_machine_is_told(port: int) -> None:
    with pytest.raises(HealthNotServed):
        async with serve_health("192.0.2.1", port, Seen()):
            pass


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
