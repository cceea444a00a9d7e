"""The budget's row in a real database file: what it forbids, and what it learns from 429s."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.pacing.budget import BudgetRow
from bot.segmind.budget import Gcra
from tests.support.database import file_url

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
RATE = Gcra(requests_per_minute=60)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[AsyncEngine]:
    async with open_database(file_url(tmp_path)) as engine:
        yield engine


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


async def pause_after_a_request(row: BudgetRow, now: datetime) -> float:
    assert (await row.take(now)).allowed
    return (await row.take(now)).wait


async def test_after_a_429_nothing_leaves_before_the_reset(database: AsyncEngine) -> None:
    row = BudgetRow(database, RATE)
    await row.push(at(20), at(0))
    refused = await row.take(at(19))
    assert (refused.allowed, refused.wait) == (False, pytest.approx(1, abs=0.01))
    assert (await row.take(at(20.01))).allowed


async def test_a_single_429_leaves_the_pace_as_it_is(database: AsyncEngine) -> None:
    row = BudgetRow(database, RATE)
    await row.push(at(20), at(0))
    assert await pause_after_a_request(row, at(21)) == pytest.approx(RATE.interval, abs=0.001)


async def test_repeated_429s_slow_every_process_down_and_tell_the_operator(database: AsyncEngine) -> None:
    row, other = BudgetRow(database, RATE), BudgetRow(database, RATE)
    with structlog.testing.capture_logs() as logs:
        await row.push(at(20), at(0))
        await row.push(at(80), at(60))
    assert await pause_after_a_request(other, at(81)) == pytest.approx(RATE.interval / 0.8, abs=0.05)
    [lowered] = logs
    assert (lowered["event"], lowered["requests_per_minute"], lowered["configured"]) == ("segmind_pace_lowered", 48, 60)


async def test_the_lower_pace_outlives_a_restart_and_recovers_in_hours(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE)
        await row.push(at(20), at(0))
        await row.push(at(80), at(60))
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE)
        assert await pause_after_a_request(row, at(81)) > RATE.interval * 1.2
        assert await pause_after_a_request(row, at(6 * 3_600)) == pytest.approx(RATE.interval, abs=0.001)
