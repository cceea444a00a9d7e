"""A running local Discord, and who speaks to it."""

import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.clock import SandboxClock
from sandbox.member import Member, Sandbox
from tests.integration.sandbox.discord.discord_lab import Listener, Rest, Stage, online


@pytest.fixture
async def local_discord(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[DiscordSandbox]:
    """Serve a local Discord whose time passes when told to, and point discord.py at it."""
    started = time.time()
    async with DiscordSandbox(clock=SandboxClock(lambda: started)) as sandbox:
        addresses = sandbox.describe()
        monkeypatch.setattr(Route, "BASE", addresses["api_url"])
        # discord.py starts a new session at this address, whatever GET /gateway/bot said
        monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(addresses["gateway_url"]))
        yield sandbox


@pytest.fixture
async def rest(local_discord: DiscordSandbox) -> AsyncIterator[Rest]:
    async with aiohttp.ClientSession() as session:
        yield Rest(session, local_discord)


@pytest.fixture
async def control(local_discord: DiscordSandbox) -> AsyncIterator[Sandbox]:
    async with Sandbox.connect(local_discord.describe()["control_url"]) as sandbox:
        yield sandbox


@pytest.fixture
def mira(control: Sandbox) -> Member:
    """An ordinary member, in #videos of Film Club."""
    return control.member("mira", channel="videos")


@pytest.fixture
async def stage(local_discord: DiscordSandbox, rest: Rest, mira: Member) -> AsyncIterator[Stage]:
    bot = Listener()
    async with online(bot, local_discord.world.token, bot.ready):
        yield Stage(local_discord, rest, bot, mira)
