"""The request budget in its database row: one for all processes, and it outlives each of them."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.jobs.pacing.budget import BudgetRow
from bot.segmind.budget import Departure, Gcra
from tests.support.database import file_url

RATE = Gcra(requests_per_minute=60)
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_the_first_request_ever_may_leave_and_the_next_waits_its_interval(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE)
        assert (await row.take(NOW)).allowed
        second = await row.take(NOW)
        assert not second.allowed
        assert second.wait == pytest.approx(RATE.interval, abs=0.001)
        assert (await row.take(NOW + timedelta(seconds=second.wait + 0.001))).allowed


async def test_what_was_taken_is_remembered_after_a_restart(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        await BudgetRow(engine, RATE).take(NOW)
    async with open_database(file_url(tmp_path)) as engine:
        assert not (await BudgetRow(engine, RATE).take(NOW)).allowed


async def test_processes_that_ask_at_once_never_leave_at_once(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as one, open_database(file_url(tmp_path)) as other:
        rows = [BudgetRow(one, RATE), BudgetRow(other, RATE)]
        decisions = await asyncio.gather(*(rows[number % 2].take(NOW) for number in range(40)))
    assert sum(decision.allowed for decision in decisions) == 1


async def test_a_minute_of_asking_lets_no_more_leave_than_the_rate(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE)
        now, left = NOW, 0
        while now < NOW + timedelta(minutes=1):
            decision: Departure = await row.take(now)
            left += decision.allowed
            now += timedelta(seconds=decision.wait)
    assert 58 <= left <= 60


async def test_a_push_holds_everybody_back_until_its_time(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as one, open_database(file_url(tmp_path)) as other:
        await BudgetRow(one, RATE).push(NOW + timedelta(seconds=30), NOW)
        held = await BudgetRow(other, RATE).take(NOW)
        assert (held.allowed, held.wait) == (False, pytest.approx(30, abs=0.01))
        assert (await BudgetRow(other, RATE).take(NOW + timedelta(seconds=31))).allowed


async def test_a_push_into_the_past_changes_nothing(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        row = BudgetRow(engine, RATE)
        await row.take(NOW)
        await row.push(NOW - timedelta(hours=1), NOW)
        assert not (await row.take(NOW)).allowed
