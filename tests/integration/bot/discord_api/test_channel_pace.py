"""Several processes take turns in a channel of Discord, by the database's clock."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest
import structlog.testing
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.discord_api.channel_pace import EVERY, FARTHEST, FORGET_EVERY, ChannelTurns
from tests.support.clock import ManualClock

VIDEOS, GENERAL = 20, 21
SLOW = 1.0  # seconds that the statements of a test may take


@pytest.fixture
async def engines(postgres_url: str) -> AsyncGenerator[list[AsyncEngine]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(open_database(postgres_url)) for _ in range(2)]


@pytest.fixture
def processes(engines: list[AsyncEngine]) -> list[ChannelTurns]:
    return [ChannelTurns(engine, ManualClock()) for engine in engines]


async def test_turns_of_all_processes_in_one_channel_keep_their_distance(processes: list[ChannelTurns]) -> None:
    waits = sorted(await asyncio.gather(*(processes[number % 2]._take(VIDEOS, "edit") for number in range(6))))
    assert waits[0] <= 0
    assert all(later - earlier > EVERY - SLOW for earlier, later in pairwise(waits))
    assert 5 * EVERY - SLOW < waits[-1] <= 5 * EVERY


async def test_channels_and_kinds_do_not_wait_for_one_another(processes: list[ChannelTurns]) -> None:
    for _ in range(5):
        await processes[0]._take(VIDEOS, "edit")
    assert await processes[1]._take(GENERAL, "edit") <= 0
    assert await processes[1]._take(VIDEOS, "post") <= 0


async def test_whoever_has_to_wait_waits_for_its_turn(engines: list[AsyncEngine]) -> None:
    clock = ManualClock()
    turns = ChannelTurns(engines[0], clock)
    await turns.post(VIDEOS)
    waiting = asyncio.create_task(turns.post(VIDEOS))
    await clock.asleep()
    assert clock.slept == [pytest.approx(EVERY, abs=SLOW)]
    clock.advance(EVERY)
    await waiting


async def test_a_clock_that_was_set_back_keeps_nobody_waiting_for_long(
    engines: list[AsyncEngine], processes: list[ChannelTurns]
) -> None:
    await processes[0]._take(VIDEOS, "edit")
    async with engines[0].begin() as connection:
        await connection.execute(text("UPDATE channel_turns SET next_at = next_at + 86400"))
    assert FARTHEST - SLOW < await processes[1]._take(VIDEOS, "edit") <= FARTHEST


async def test_what_is_to_be_shown_does_not_wait_for_a_database_that_is_away(engines: list[AsyncEngine]) -> None:
    async with engines[0].begin() as connection:
        await connection.execute(text("DROP TABLE channel_turns"))
    with structlog.testing.capture_logs() as told:
        await ChannelTurns(engines[1], ManualClock()).edit(VIDEOS)
    assert [line["event"] for line in told] == ["turn_not_taken"]


async def test_channels_in_which_nothing_happens_are_forgotten(engines: list[AsyncEngine]) -> None:
    clock = ManualClock()
    turns = ChannelTurns(engines[0], clock)
    await turns.edit(VIDEOS)
    await turns.edit(GENERAL)
    async with engines[1].begin() as connection:
        await connection.execute(text("UPDATE channel_turns SET next_at = next_at - 7200 WHERE channel_id = 20"))
    forgetting = asyncio.create_task(turns.run())
    await clock.asleep()
    clock.advance(FORGET_EVERY)
    await clock.asleep()
    forgetting.cancel()
    async with engines[1].connect() as connection:
        assert list(await connection.scalars(text("SELECT channel_id FROM channel_turns"))) == [GENERAL]
