"""The request budget in its database row: one for all processes, and it outlives each of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.database.tables import request_budget
from bot.jobs.pacing.budget import BudgetRow
from bot.segmind.budget import CATCH_UP, WINDOW, Rate
from tests.support.budget import Machine, in_seconds
from tests.support.clock import ManualClock
from tests.support.database import file_url

PROCESSES = 3
RATE = Rate(requests_per_minute=60, reserve=1)
SMALL = Rate(requests_per_minute=5, reserve=1)
MINUTE = 60.0

events = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.integers(0, PROCESSES - 1), st.booleans()),
        st.tuples(st.just("together"), st.integers(2, 12), st.booleans()),
        st.tuples(st.just("pass"), st.floats(0, 70), st.none()),
        st.tuples(st.just("clock"), st.floats(-7_200, 7_200), st.none()),
        st.tuples(st.just("kill"), st.integers(0, PROCESSES - 1), st.none()),
        st.tuples(st.just("429"), st.integers(0, PROCESSES - 1), st.floats(-10, 400)),
    ),
    min_size=5,
    max_size=40,
)


@pytest.fixture
async def engines(database_url: str) -> AsyncIterator[Sequence[AsyncEngine]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_database(database_url)) for _ in range(PROCESSES)]


def test_no_minute_has_more_requests_than_the_budget_whatever_happens(database_url: str) -> None:
    """Processes ask in any order, also at the same time, and are killed; the clock is set, and 429s come."""

    @settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(events)
    def holds(happens: list[tuple[str, float, float | bool | None]]) -> None:
        asyncio.run(live_through(database_url, happens))

    holds()


async def live_through(url: str, happens: list[tuple[str, float, float | bool | None]]) -> None:
    async with AsyncExitStack() as stack:
        engines = [await stack.enter_async_context(open_database(url, migrate=False)) for _ in range(PROCESSES)]
        machine = Machine(engines, SMALL)
        await machine.forget()
        for kind, number, more in happens:
            match kind:
                case "ask":
                    await machine.ask(int(number), urgent=bool(more))
                case "together":
                    await machine.ask_at_once(int(number), urgent=bool(more))
                case "pass":
                    machine.clock.advance(number)
                case "clock":
                    machine.clock.set_back(timedelta(seconds=number))
                case "kill":
                    machine.kill(int(number))
                case _:
                    await machine.throttled(int(number), float(more or 0))
    times = sorted(machine.left)
    for earlier, later in zip(times, times[SMALL.requests_per_minute :], strict=False):
        assert later - earlier >= MINUTE


async def test_a_burst_after_a_quiet_minute_leaves_at_once_and_no_more_than_the_budget(
    engines: Sequence[AsyncEngine],
) -> None:
    machine = Machine(engines, RATE)
    assert await machine.ask_at_once(20) == 20
    assert await machine.ask_at_once(70) == 40
    machine.clock.advance(WINDOW - 0.01)
    assert not await machine.ask(1, urgent=True)
    machine.clock.advance(0.02)
    assert await machine.ask(2, urgent=True)


async def test_polls_of_all_processes_share_their_distance(engines: Sequence[AsyncEngine]) -> None:
    machine = Machine(engines, RATE)
    assert await machine.ask_at_once(20, urgent=False) == 1
    machine.clock.advance(WINDOW / 59 - CATCH_UP - 0.01)
    assert not await machine.ask(1, urgent=False)
    machine.clock.advance(0.02)
    assert await machine.ask(2, urgent=False)


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(seconds=-40), timedelta(hours=1)], ids=str)
async def test_what_has_left_counts_for_its_minute_when_the_clock_is_set(
    engines: Sequence[AsyncEngine], step: timedelta
) -> None:
    machine = Machine(engines, replace(RATE, requests_per_minute=12))
    assert await machine.ask_at_once(12) == 12
    for _ in range(PROCESSES):
        machine.kill(_)
    machine.clock.set_back(step)
    machine.clock.advance(WINDOW - 0.1)
    assert not await machine.ask(0, urgent=True)
    machine.clock.advance(0.2)
    assert await machine.ask_at_once(18) == 12


async def test_of_another_boot_the_time_of_day_is_believed(engines: Sequence[AsyncEngine]) -> None:
    before, after = ManualClock(), ManualClock()
    row = BudgetRow(engines[0], RATE, before, boot="one")
    for _ in range(60):
        assert (await row.take(urgent=True)).allowed
    after.advance(1_000.0)
    after.set_back(timedelta(seconds=1_000 - 40))
    again = BudgetRow(engines[1], RATE, after, boot="other")
    assert (await again.take(urgent=True)).urgent_wait == pytest.approx(WINDOW - 40, abs=0.01)


async def test_a_row_of_version_0_1_counts_as_a_minute_that_was_used(engines: Sequence[AsyncEngine]) -> None:
    clock = ManualClock()
    row = BudgetRow(engines[0], RATE, clock)
    await row.left()
    old = {"arrival_time": clock.now().timestamp() + 0.5, "departures": None, "version": 0, "clock_boot": ""}
    async with engines[0].begin() as connection:
        await connection.execute(update(request_budget).values(**old))
    assert not (await row.take(urgent=True)).allowed
    clock.advance(0.51)
    decisions = [await row.take(urgent=True) for _ in range(5)]
    assert [each.allowed for each in decisions] == [True, False, False, False, False]


async def test_a_push_holds_everybody_back_until_its_time(engines: Sequence[AsyncEngine]) -> None:
    machine = Machine(engines, RATE)
    await machine.throttled(0, 30)
    machine.clock.advance(29.9)
    assert await machine.ask_at_once(3) == 0
    machine.clock.advance(0.2)
    assert await machine.ask_at_once(3) == 1


async def test_a_push_into_the_past_changes_nothing_of_what_has_left(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        clock = ManualClock()
        row = BudgetRow(engine, RATE, clock)
        for _ in range(60):
            await row.take(urgent=True)
        await row.push(in_seconds(clock, -3_600))
        assert not (await row.take(urgent=True)).allowed
