"""Whom moderators have blocked, and for how long."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.moderation.blocks import Block, BlockStore
from tests.support.clock import ManualClock
from tests.support.database import file_url

GUILD, MIRA, MODERATOR = 7, 30, 99
HOUR = timedelta(hours=1)


def a_block(clock: ManualClock, lasts: timedelta | None = HOUR, *, member: int = MIRA, guild: int = GUILD) -> Block:
    now = clock.now()
    return Block(
        guild_id=guild,
        member_id=member,
        until=None if lasts is None else now + lasts,
        by_id=MODERATOR,
        reason="weapons, again",
        at=now,
    )


async def test_a_block_counts_until_its_end_and_in_its_server(tmp_path: Path) -> None:
    clock = ManualClock()
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockStore(engine, clock)
        block = a_block(clock)
        await store.put(block)
        assert await store.get(GUILD, MIRA) == block
        assert await store.get(8, MIRA) is None
        assert await store.get(GUILD, 31) is None
        clock.advance(3_600)
        assert await store.get(GUILD, MIRA) is None


async def test_a_block_for_good_survives_a_restart_and_has_no_end(tmp_path: Path) -> None:
    clock = ManualClock()
    block = a_block(clock, None)
    async with open_database(file_url(tmp_path)) as engine:
        await BlockStore(engine, clock).put(block)
    clock.advance(10 * 365 * 86_400)
    async with open_database(file_url(tmp_path)) as engine:
        assert await BlockStore(engine, clock).get(GUILD, MIRA) == block


async def test_the_newer_of_two_blocks_counts(tmp_path: Path) -> None:
    clock = ManualClock()
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockStore(engine, clock)
        await store.put(a_block(clock, None))
        await store.put(a_block(clock))
        clock.advance(3_600)
        assert await store.get(GUILD, MIRA) is None


@pytest.mark.parametrize(("first", "second"), [(None, HOUR), (2 * HOUR, HOUR), (HOUR, 2 * HOUR), (HOUR, None)])
async def test_the_later_end_of_two_blocks_can_be_kept(
    tmp_path: Path, first: timedelta | None, second: timedelta | None
) -> None:
    clock = ManualClock()
    later = None if None in (first, second) else clock.now() + 2 * HOUR
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockStore(engine, clock)
        await store.put(a_block(clock, first))
        newer = replace(a_block(clock, second), reason="spam")
        assert await store.put(newer, keeps_later=True) == later
        assert await store.get(GUILD, MIRA) == replace(newer, until=later)


async def test_a_block_is_lifted_once(tmp_path: Path) -> None:
    clock = ManualClock()
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockStore(engine, clock)
        block = a_block(clock)
        await store.put(block)
        assert await store.lift(GUILD, MIRA) == block
        assert await store.lift(GUILD, MIRA) is None
        assert await store.get(GUILD, MIRA) is None


async def test_blocks_are_listed_by_pages_from_the_newest_on(tmp_path: Path) -> None:
    clock = ManualClock()
    async with open_database(file_url(tmp_path)) as engine:
        store = BlockStore(engine, clock)
        await store.put(a_block(clock, timedelta(seconds=1), member=1))  # over before anybody looks
        for member in range(2, 7):
            clock.advance(1)
            await store.put(a_block(clock, member=member))
        await store.put(a_block(clock, guild=8))
        first, count = await store.page(GUILD, first=0, at_most=3)
        second, _ = await store.page(GUILD, first=3, at_most=3)
    assert [block.member_id for block in (*first, *second)] == [6, 5, 4, 3, 2]
    assert count == 5
