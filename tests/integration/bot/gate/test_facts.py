"""What the gate reads of a request, on both databases: all of it, at once in every process, and of nobody else."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.database.reading import open_reader
from bot.gate.gate import GateFacts, GateFactsReader
from bot.gate.stops import OperatorBlock, OperatorStore, Target
from bot.moderation.blocks import Block, BlockStore
from bot.settings.model import UNSET, GuildSettings
from bot.settings.store import SettingsStore
from tests.support.clock import ManualClock
from tests.support.database import LIMIT
from tests.support.jobs import NOON

GUILD, MEMBER, OTHER = 10, 30, 31
SETTINGS = GuildSettings(channels=frozenset({2**63 - 1}), words=("ünwört*",), spend_per_day_usd=LIMIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoProcesses:
    """One in which things are decided, and one that reads."""

    deciding: AsyncEngine
    facts: GateFactsReader


@pytest.fixture
async def both(database_url: str) -> AsyncIterator[TwoProcesses]:
    async with (
        open_database(database_url) as deciding,
        open_database(database_url) as reading,
        open_reader(reading) as reader,
    ):
        yield TwoProcesses(deciding=deciding, facts=GateFactsReader(reader))


async def test_of_a_server_and_a_member_that_nobody_decided_about_there_are_the_defaults(both: TwoProcesses) -> None:
    assert await both.facts.read(GUILD, MEMBER) == GateFacts(settings=UNSET)


async def test_settings_count_at_once_and_for_their_server_alone(both: TwoProcesses) -> None:
    await SettingsStore(both.deciding).change(GUILD, lambda _before: SETTINGS, NOON)
    assert await both.facts.read(GUILD, MEMBER) == GateFacts(settings=SETTINGS)
    assert await both.facts.read(GUILD + 1, MEMBER) == GateFacts(settings=UNSET)


async def test_a_pause_of_the_bot_counts_at_once_and_until_it_is_taken_back(both: TwoProcesses) -> None:
    await OperatorStore(both.deciding).pause(NOON)
    assert await both.facts.read(GUILD, MEMBER) == GateFacts(settings=UNSET, bot_paused=True)
    await OperatorStore(both.deciding).resume()
    assert await both.facts.read(GUILD, MEMBER) == GateFacts(settings=UNSET)


async def test_the_operators_blocks_are_of_servers_and_members_apart_although_ids_may_be_equal(
    both: TwoProcesses,
) -> None:
    store = OperatorStore(both.deciding)
    for target, target_id in ((Target.SERVER, MEMBER), (Target.MEMBER, GUILD)):
        await store.block(OperatorBlock(target=target, target_id=target_id, reason="spam", by_id=1, at=NOON))
    assert await both.facts.read(GUILD, MEMBER) == GateFacts(settings=UNSET)
    assert await both.facts.read(MEMBER, OTHER) == GateFacts(settings=UNSET, server_blocked=True)
    assert await both.facts.read(OTHER, GUILD) == GateFacts(settings=UNSET, member_blocked_everywhere=True)


@pytest.mark.parametrize("until", [None, NOON + timedelta(hours=1)])
async def test_a_block_by_moderators_is_told_with_its_end(both: TwoProcesses, until: datetime | None) -> None:
    store = BlockStore(both.deciding, ManualClock())
    await store.put(Block(guild_id=GUILD, member_id=MEMBER, until=until, by_id=1, reason="", at=NOON))
    blocked = await both.facts.read(GUILD, MEMBER)
    assert blocked == GateFacts(settings=UNSET, member_blocked=True, blocked_until=until)
    for guild_id, member_id in ((GUILD, OTHER), (GUILD + 1, MEMBER)):
        assert await both.facts.read(guild_id, member_id) == GateFacts(settings=UNSET)
