"""The way into a Discord that does not answer, that Cloudflare answers for, or that has no session start left."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import discord
import pytest
from discord.http import Route

from bot.discord_api.door import FIRST_WAIT, LONGEST_WAIT, NOT_CONNECTED, Door, NotLetIn, begin_anew_at
from sandbox.discord.server import DiscordSandbox
from sandbox.member import Sandbox
from tests.support.clock import ManualClock


class Client(discord.AutoShardedClient):
    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Leave out the pause between two sessions, which is the library's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entrance:
    sandbox: Sandbox
    client: Client
    door: Door
    clock: ManualClock
    token: str

    async def enter(self, token: str | None = None) -> None:
        async def nothing() -> None:
            pass

        await self.door.enter(lambda: self.client.login(token or self.token), nothing)


@pytest.fixture
async def entrance(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Entrance]:
    async with (
        DiscordSandbox() as served,
        Client(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1) as client,
    ):
        described = served.describe()
        monkeypatch.setattr(Route, "BASE", described["api_url"])
        clock = ManualClock()
        async with Sandbox.connect(described["control_url"]) as sandbox:
            await sandbox.admin.set_rate_limits(enabled=False)  # the gateway's address may be asked for once in 5 s
            door = Door(client.http, clock)
            yield Entrance(sandbox=sandbox, client=client, door=door, clock=clock, token=served.world.token)


async def test_a_discord_that_answers_lets_every_request_through(entrance: Entrance) -> None:
    await entrance.enter()
    assert (await entrance.client.application_info()).name
    assert entrance.clock.slept == []


async def test_a_shard_that_cannot_connect_is_tried_at_growing_distances(entrance: Entrance) -> None:
    for shard_id in (0, 1, *[0] * 9):
        await entrance.clock.pass_until(asyncio.ensure_future(entrance.door.pause_before_connecting(shard_id)))
    # The library waits FIRST_WAIT itself.
    assert entrance.clock.slept == [5, 15, 35, 75, 155, 295, 295, 295]


async def test_cloudflare_is_waited_for_as_long_as_it_says(entrance: Entrance) -> None:
    await entrance.sandbox.admin.fault(method="GET", route="/users/@me$", cloudflare="1015", retry_after=900)
    entering = asyncio.create_task(entrance.enter())
    await entrance.clock.asleep()
    assert entrance.door.trouble == "Cloudflare answers 429"
    entrance.clock.advance(899)
    assert not entering.done()
    entrance.clock.advance(1)
    await entering
    assert entrance.clock.slept == [900]
    assert entrance.door.trouble == NOT_CONNECTED


@pytest.mark.parametrize("fault", [{"status": 403, "html": True}, {"status": 0}, {"status": 404}], ids=str)
async def test_the_pauses_grow(entrance: Entrance, fault: dict[str, int]) -> None:
    await entrance.sandbox.admin.fault(method="GET", route="/users/@me$", times=8, **fault)  # pyright: ignore[reportArgumentType]
    entering = asyncio.create_task(entrance.enter())
    await entrance.clock.pass_until(entering)
    await entering
    assert entrance.clock.slept
    assert entrance.clock.slept == [
        min(FIRST_WAIT * 2**turn, LONGEST_WAIT) for turn in range(len(entrance.clock.slept))
    ]


async def test_what_others_send_before_the_login_waits_and_is_then_told_that_it_was_not_sent(
    entrance: Entrance, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = asyncio.create_task(entrance.client.http.application_info())
    await asyncio.wait({sent}, timeout=0)
    assert not sent.done()
    await entrance.enter()
    assert (await sent)["name"]
    another = discord.Client(intents=discord.Intents.none())
    Door(another.http, entrance.clock)
    monkeypatch.setattr("bot.discord_api.door.REQUEST_WAIT", 0.0)
    with pytest.raises(NotLetIn):
        await another.http.application_info()


async def test_a_wrong_token_is_not_waited_for(entrance: Entrance) -> None:
    with pytest.raises(discord.LoginFailure):
        await entrance.enter("wrong")
    assert entrance.clock.slept == []


async def test_session_starts_that_are_used_up_are_waited_for(entrance: Entrance) -> None:
    await entrance.enter()
    await entrance.sandbox.admin.set_session_starts(remaining=1, reset_after=100)
    waiting = asyncio.create_task(entrance.door.gateway(lambda _shards: 2))
    await entrance.clock.asleep()
    assert entrance.door.trouble.startswith("session starts left: 1, more at")
    [pause] = entrance.clock.slept
    assert 90 < pause <= 101
    await entrance.sandbox.admin.set_session_starts(remaining=2, reset_after=100)
    entrance.clock.advance(pause)
    shards, address = await waiting
    assert shards == 1
    assert address.startswith("ws://127.0.0.1")
    assert entrance.door.trouble == NOT_CONNECTED


async def test_a_gateway_that_is_not_told_is_asked_for_again(entrance: Entrance) -> None:
    await entrance.enter()
    await entrance.sandbox.admin.fault(method="GET", route="/gateway/bot", cloudflare="1015", retry_after=60)
    waiting = asyncio.create_task(entrance.door.gateway(lambda shards: shards))
    await entrance.clock.pass_until(waiting)
    assert (await waiting)[0] == 1
    assert entrance.clock.slept == [60]


@pytest.mark.parametrize("lost", ["session", "connection"])
async def test_a_session_that_was_lost_begins_anew_only_once_there_is_a_start(entrance: Entrance, lost: str) -> None:
    client, admin = entrance.client, entrance.sandbox.admin
    await entrance.enter()
    _, address = await entrance.door.gateway(lambda shards: shards)
    begin_anew_at(address, entrance.door)
    connection = asyncio.create_task(client.connect())
    await client.wait_until_ready()
    await admin.set_session_starts(remaining=0, reset_after=100)
    if lost == "session":
        await admin.invalidate_sessions()
    else:  # the library asks to resume first, which is refused
        await admin.refuse_resume()
        await admin.drop_gateway()
    await entrance.clock.asleep()
    assert entrance.door.trouble.startswith("session starts left: 0, more at")
    assert [each for each in await admin.sessions() if each["connected"]] == []
    again = asyncio.create_task(client.wait_for("ready"))
    await admin.set_session_starts(remaining=1, reset_after=100)
    entrance.clock.advance(101)
    await again
    await client.close()
    await connection


async def test_a_shard_that_waits_for_a_start_ends_with_its_bot(entrance: Entrance) -> None:
    await entrance.enter()
    _, address = await entrance.door.gateway(lambda shards: shards)
    begin_anew_at(address, entrance.door)
    connection = asyncio.create_task(entrance.client.connect())
    await entrance.client.wait_until_ready()
    await entrance.sandbox.admin.set_session_starts(remaining=0, reset_after=100)
    await entrance.sandbox.admin.invalidate_sessions()
    await entrance.clock.asleep()
    await entrance.client.close()
    await connection
    assert entrance.clock.sleepers == 0
