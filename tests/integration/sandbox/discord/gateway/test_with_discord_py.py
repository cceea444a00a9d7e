"""discord.py logged in to the local gateway, with two shards."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.integration.sandbox.discord.gateway.gateway_lab import (
    GUILD_OF_SHARD_0,
    GUILD_OF_SHARD_1,
    TOKEN,
    Lab,
)


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Lab() as opened:
        yield opened


class Bot(discord.AutoShardedClient):
    """discord.py as a bot runs it, except that shards need not wait for one another."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.2)
        self.events: asyncio.Queue[tuple[str, int | None]] = asyncio.Queue()

    async def before_identify_hook(self, *_: object, **__: object) -> None:
        return

    async def on_ready(self) -> None:
        await self.events.put(("ready", None))

    async def on_shard_ready(self, shard_id: int) -> None:
        await self.events.put(("shard ready", shard_id))

    async def on_shard_resumed(self, shard_id: int) -> None:
        await self.events.put(("shard resumed", shard_id))

    async def told(self, *events: tuple[str, int | None]) -> None:
        """Wait until all these events have come, in any order and between others."""
        awaited = set(events)
        async with asyncio.timeout(30):
            while awaited:
                awaited.discard(await self.events.get())


@pytest.fixture
def discord_is_local(lab: Lab) -> Iterator[None]:
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = str(lab.address / "api")
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(lab.url())
    yield
    Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@pytest.fixture
async def bot(discord_is_local: None) -> AsyncIterator[Bot]:
    client = Bot()
    async with client:
        running = asyncio.create_task(client.start(TOKEN))
        await client.told(("ready", None))
        yield client
    await running


async def test_a_real_bot_gets_ready_on_two_shards(lab: Lab, bot: Bot) -> None:
    assert sorted(guild.id for guild in bot.guilds) == [GUILD_OF_SHARD_0, GUILD_OF_SHARD_1]
    assert {guild.id: guild.shard_id for guild in bot.guilds} == {GUILD_OF_SHARD_0: 0, GUILD_OF_SHARD_1: 1}
    assert sorted(view.shard for view in lab.gateway.sessions if view.connected) == [0, 1]


async def test_a_real_bot_survives_a_drop_by_resuming_and_misses_nothing(lab: Lab, bot: Bot) -> None:
    sessions = {view.id for view in lab.gateway.sessions}

    lab.gateway.drop(1)
    lab.gateway.dispatch("GUILD_DELETE", {"id": str(GUILD_OF_SHARD_1)}, guild_id=GUILD_OF_SHARD_1)
    await bot.told(("shard resumed", 1))

    assert [guild.id for guild in bot.guilds] == [GUILD_OF_SHARD_0]
    assert {view.id for view in lab.gateway.sessions} == sessions


async def test_a_real_bot_survives_an_invalidation_by_identifying_anew(lab: Lab, bot: Bot) -> None:
    sessions = {view.id for view in lab.gateway.sessions}
    bot.events = asyncio.Queue()

    lab.gateway.invalidate(resumable=False)
    await bot.told(("shard ready", 0), ("shard ready", 1))

    assert sessions.isdisjoint(view.id for view in lab.gateway.sessions)
