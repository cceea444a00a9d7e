"""Who compares the history with the jobs: of many processes one, and none too seldom."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta

import pytest

from bot.database.engine import open_database
from bot.jobs.upkeep.reconciler import OrphanStore
from tests.support.jobs import NOON

EVERY = timedelta(minutes=10)


@pytest.fixture
async def processes(database_url: str) -> AsyncGenerator[list[OrphanStore]]:
    async with open_database(database_url) as one, open_database(database_url) as other:
        yield [OrphanStore(one), OrphanStore(other)]


async def test_of_many_processes_one_compares_at_a_time(processes: list[OrphanStore]) -> None:
    for moment in (NOON, NOON + EVERY):
        turns = await asyncio.gather(*(each.is_my_turn(moment, every=EVERY) for each in processes))
        assert sorted(turns) == [False, True]


async def test_a_turn_comes_round_whoever_took_the_last(processes: list[OrphanStore]) -> None:
    one, other = processes
    assert await one.is_my_turn(NOON, every=EVERY)
    assert not await other.is_my_turn(NOON + EVERY / 2, every=EVERY)
    assert await other.is_my_turn(NOON + EVERY, every=EVERY)


async def test_a_turn_noted_by_a_clock_that_was_ahead_keeps_nobody_from_comparing(
    processes: list[OrphanStore],
) -> None:
    one, other = processes
    assert await one.is_my_turn(NOON + timedelta(days=3), every=EVERY)
    assert await other.is_my_turn(NOON, every=EVERY)
