"""The budget's row in a real database file: what it forbids, and what it learns from 429s."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.pacing.budget import BudgetRow
from bot.segmind.budget import CATCH_UP, WINDOW, Rate
from tests.support.budget import in_seconds
from tests.support.clock import ManualClock
from tests.support.database import file_url

RATE = Rate(requests_per_minute=60)
INTERVAL = WINDOW / 60


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with open_database(file_url(tmp_path)) as engine:
        yield engine


async def pause_after_polls(row: BudgetRow, clock: ManualClock) -> float:
    """Return the distance that polls keep."""
    while not (decision := await row.take(urgent=False)).allowed:
        clock.advance(decision.poll_wait)
    clock.advance(decision.poll_wait)
    return (await row.take(urgent=False)).poll_wait


async def test_after_a_429_nothing_leaves_before_the_reset(database: AsyncEngine) -> None:
    clock = ManualClock()
    row = BudgetRow(database, RATE, clock)
    await row.push(in_seconds(clock, 20))
    clock.advance(19)
    refused = await row.take(urgent=True)
    assert (refused.allowed, refused.urgent_wait) == (False, pytest.approx(1, abs=0.01))
    clock.advance(1.01)
    assert (await row.take(urgent=True)).allowed


async def test_a_single_429_leaves_the_pace_as_it_is(database: AsyncEngine) -> None:
    clock = ManualClock()
    row = BudgetRow(database, RATE, clock)
    await row.push(in_seconds(clock, 20))
    clock.advance(21)
    assert (await row.left()).per_minute == 60
    assert await pause_after_polls(row, clock) == pytest.approx(INTERVAL, abs=0.05)


async def test_repeated_429s_slow_every_process_down_and_tell_the_operator(database: AsyncEngine) -> None:
    clock = ManualClock()
    row, other = BudgetRow(database, RATE, clock), BudgetRow(database, RATE, clock)
    with structlog.testing.capture_logs() as logs:
        await row.push(in_seconds(clock, 20))
        clock.advance(60)
        await row.push(in_seconds(clock, 20))
    clock.advance(21)
    assert await pause_after_polls(other, clock) == pytest.approx(INTERVAL / 0.8, abs=0.05)
    [lowered] = logs
    assert (lowered["event"], lowered["requests_per_minute"], lowered["configured"]) == ("segmind_pace_lowered", 48, 60)


async def test_the_lower_pace_outlives_a_restart_and_recovers_in_hours(tmp_path: Path) -> None:
    clock = ManualClock()
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE, clock)
        await row.push(in_seconds(clock, 20))
        clock.advance(60)
        await row.push(in_seconds(clock, 20))
    clock.advance(21)
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE, clock)
        assert await pause_after_polls(row, clock) > INTERVAL * 1.2
        clock.advance(6 * 3_600)
        assert await pause_after_polls(row, clock) == pytest.approx(INTERVAL, abs=0.001)


async def test_the_times_are_kept_as_they_were(database: AsyncEngine) -> None:
    clock = ManualClock()
    for urgent in (True, False, True):
        assert (await BudgetRow(database, RATE, clock).take(urgent=urgent)).allowed
        clock.advance(10 + CATCH_UP)
    assert (await BudgetRow(database, RATE, clock).left()).requests == 57
    clock.advance(WINDOW - 3 * (10 + CATCH_UP))
    assert (await BudgetRow(database, RATE, clock).left()).requests == 58


async def test_what_may_not_leave_is_known_without_a_transaction_and_others_writes_are_heard_of(
    tmp_path: Path, database: AsyncEngine
) -> None:
    clock, begun = ManualClock(), list[object]()
    event.listen(database.sync_engine, "begin", begun.append)
    row = BudgetRow(database, RATE, clock)
    assert (await row.take(urgent=False)).allowed
    told = [await row.take(urgent=False) for _ in range(3)]
    assert [each.allowed for each in told] == [False] * 3
    assert len(begun) == 1

    async with open_database(file_url(tmp_path), migrate=False) as elsewhere:
        await BudgetRow(elsewhere, RATE, clock).push(in_seconds(clock, 100))
    clock.advance(50)

    assert not (await row.take(urgent=True)).allowed


async def test_a_remembered_row_is_told_by_a_clock_that_was_set_since(database: AsyncEngine) -> None:
    clock = ManualClock()
    row = BudgetRow(database, RATE, clock)
    assert (await row.take(urgent=False)).allowed
    clock.set_back(timedelta(hours=1))
    assert (await row.take(urgent=False)).poll_wait == pytest.approx(INTERVAL - CATCH_UP, abs=0.01)


async def test_as_many_as_may_leave_are_taken_in_one_write(database: AsyncEngine) -> None:
    clock = ManualClock()
    row = BudgetRow(database, RATE, clock)
    taken = await row.take(urgent=True, at_most=20)
    assert (taken.allowed, len(taken.further)) == (True, 19)
    assert (await row.left()).requests == 40
