"""The local gateway, spoken to by a bare WebSocket client and by discord.py."""

import asyncio
import json
import sys
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Self, cast

import aiohttp
import discord
import pytest
import yarl
from aiohttp import web
from discord.gateway import DiscordWebSocket
from discord.http import Route

from sandbox.discord.gateway import CloseCode, Gateway, Intent, Opcode
from sandbox.discord.gateway.session import LIFETIME, REPLAY_LIMIT
from sandbox.discord.gateway.wire import MAX_SENDS
from sandbox.discord.json_types import JsonObject

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    import zstandard

TOKEN = "bot-token"
USER: JsonObject = {
    "id": "100",
    "username": "reel",
    "discriminator": "0000",
    "global_name": None,
    "avatar": None,
    "bot": True,
}
APPLICATION: JsonObject = {
    "id": "100",
    "name": "Reel",
    "description": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": USER,
}
GUILD_OF_SHARD_0, GUILD_OF_SHARD_1 = 4 << 22, 5 << 22
GUILDS = (GUILD_OF_SHARD_0, GUILD_OF_SHARD_1)
PROPERTIES = {"os": "linux", "browser": "test", "device": "test"}


class Source:
    """One bot in two guilds, which two shards would share."""

    def authenticate(self, token: str) -> bool:
        return token == TOKEN

    def ready(self, shard_id: int, shard_count: int, intents: int) -> JsonObject:  # noqa: ARG002
        guilds = [{"id": str(each), "unavailable": True} for each in self._guilds(shard_id, shard_count)]
        return {"user": USER, "application": {"id": "100", "flags": 0}, "guilds": guilds}

    def guild_creates(self, shard_id: int, shard_count: int) -> Iterable[JsonObject]:
        for guild_id in self._guilds(shard_id, shard_count):
            yield {
                "id": str(guild_id),
                "name": f"Guild {guild_id}",
                "owner_id": "1",
                "member_count": 1,
                "members": [{"user": USER, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "flags": 0}],
                "roles": [],
                "channels": [],
            }

    def request_members(self, data: JsonObject) -> Iterable[JsonObject]:
        for index in range(2):
            yield {"guild_id": data["guild_id"], "members": [], "chunk_index": index, "chunk_count": 2}

    @staticmethod
    def _guilds(shard_id: int, shard_count: int) -> list[int]:
        return [each for each in GUILDS if (each >> 22) % shard_count == shard_id]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Client:
    """A gateway client that knows nothing but frames."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, decompress: Callable[[bytes], bytes]) -> None:
        self.socket = socket
        self._decompress = decompress

    async def send(self, op: int, data: object = None) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def identify(self, **fields: object) -> JsonObject:
        """Identify and return READY's whole frame."""
        await self.send(Opcode.IDENTIFY, identify(**fields))
        return await self.event("READY")

    async def resume(self, session_id: str, seq: int) -> None:
        await self.send(Opcode.RESUME, {"token": TOKEN, "session_id": session_id, "seq": seq})

    async def next(self) -> JsonObject:
        message = await self.socket.receive(timeout=5)
        assert message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}, message
        raw = self._decompress(message.data) if isinstance(message.data, bytes) else message.data
        return cast("JsonObject", json.loads(raw))

    async def event(self, name: str) -> JsonObject:
        """Return the next frame of that event, skipping others."""
        while (frame := await self.next())["t"] != name:
            pass
        return frame

    async def opcode(self, op: Opcode) -> JsonObject:
        while (frame := await self.next())["op"] != op:
            pass
        return frame

    async def close_code(self) -> int | None:
        """Read on until the server closes, and return its code."""
        while (await self.socket.receive(timeout=5)).type not in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
        }:
            pass
        return self.socket.close_code


class Lab:
    """A gateway served on loopback, and clients of it."""

    def __init__(self, *, heartbeat_interval: float = 41.25) -> None:
        self.clock = Clock()
        self.gateway = Gateway(Source(), url=self.url, clock=self.clock, heartbeat_interval=heartbeat_interval)
        self._http = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_get("/", self.gateway.handle)
        app.router.add_get("/api/{route:.+}", self._answer)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self.gateway.close()
        await self._runner.cleanup()

    def url(self) -> str:
        return str(self.address.with_scheme("ws"))

    @property
    def address(self) -> yarl.URL:
        host, port = self._runner.addresses[0]
        return yarl.URL.build(scheme="http", host=host, port=port, path="/")

    async def connect(self, query: str = "?v=10&encoding=json", decompress: Callable[[bytes], bytes] = bytes) -> Client:
        client = Client(await self._http.ws_connect(self.url() + query), decompress)
        assert (await client.next())["op"] == Opcode.HELLO
        return client

    async def _answer(self, request: web.Request) -> web.Response:
        """Answer the requests with which discord.py logs in."""
        answers: dict[str, JsonObject] = {
            "gateway/bot": self.gateway.describe(2),
            "users/@me": USER,
            "oauth2/applications/@me": APPLICATION,
        }
        body = json.dumps(answers[request.match_info["route"]])
        return web.Response(body=body, headers={"Content-Type": "application/json"})


def identify(**fields: object) -> JsonObject:
    return {"token": TOKEN, "intents": int(Intent.GUILDS), "properties": PROPERTIES, **fields}


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Lab() as opened:
        yield opened


async def test_hello_names_the_interval_at_which_to_beat(lab: Lab) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(lab.url() + "?v=10") as socket:
        hello = await socket.receive_json(timeout=5)

    assert (hello["op"], hello["d"]["heartbeat_interval"]) == (Opcode.HELLO, 41250)


async def test_identify_is_answered_by_ready_and_then_the_guilds_of_the_shard(lab: Lab) -> None:
    client = await lab.connect()

    ready = await client.identify(shard=[1, 2])
    guild = await client.event("GUILD_CREATE")

    assert (ready["s"], guild["s"]) == (1, 2)
    assert ready["d"]["v"] == 10
    assert ready["d"]["shard"] == [1, 2]
    assert ready["d"]["resume_gateway_url"] == lab.url()
    assert ready["d"]["guilds"] == [{"id": str(GUILD_OF_SHARD_1), "unavailable": True}]
    assert guild["d"]["id"] == str(GUILD_OF_SHARD_1)


async def test_a_bot_without_the_guilds_intent_is_sent_no_guilds(lab: Lab) -> None:
    client = await lab.connect()

    await client.identify(intents=0)
    await client.send(Opcode.HEARTBEAT)

    assert (await client.next())["op"] == Opcode.HEARTBEAT_ACK


@pytest.mark.parametrize(
    ("messages", "code"),
    [
        ([(99, None)], CloseCode.UNKNOWN_OPCODE),
        ([(Opcode.HELLO, None)], CloseCode.UNKNOWN_OPCODE),
        ([(Opcode.IDENTIFY, None)], CloseCode.DECODE_ERROR),
        ([(Opcode.IDENTIFY, {"token": TOKEN})], CloseCode.DECODE_ERROR),
        ([(Opcode.HEARTBEAT, "soon")], CloseCode.DECODE_ERROR),
        ([(Opcode.PRESENCE_UPDATE, {"x": "y" * 5000})], CloseCode.DECODE_ERROR),
        ([(Opcode.PRESENCE_UPDATE, {})], CloseCode.NOT_AUTHENTICATED),
        ([(Opcode.REQUEST_GUILD_MEMBERS, {})], CloseCode.NOT_AUTHENTICATED),
        ([(Opcode.IDENTIFY, identify(token="stolen"))], CloseCode.AUTHENTICATION_FAILED),
        ([(Opcode.RESUME, {"token": TOKEN, "session_id": "x"})], CloseCode.DECODE_ERROR),
        (
            [(Opcode.RESUME, {"token": "stolen", "session_id": "x", "seq": 0})],
            CloseCode.AUTHENTICATION_FAILED,
        ),
        ([(Opcode.IDENTIFY, identify())] * 2, CloseCode.ALREADY_AUTHENTICATED),
        ([(Opcode.IDENTIFY, identify(shard=[2, 2]))], CloseCode.INVALID_SHARD),
        ([(Opcode.IDENTIFY, identify(shard=["0", "1"]))], CloseCode.INVALID_SHARD),
        ([(Opcode.IDENTIFY, identify(intents=1 << 30))], CloseCode.INVALID_INTENTS),
        ([(Opcode.HEARTBEAT, None)] * (MAX_SENDS + 1), CloseCode.RATE_LIMITED),
    ],
)
async def test_a_breach_of_the_protocol_closes_the_connection_with_its_code(
    lab: Lab, messages: list[tuple[int, object]], code: CloseCode
) -> None:
    client = await lab.connect()

    for op, data in messages:
        await client.send(op, data)

    assert await client.close_code() == code


@pytest.mark.parametrize("garbage", ["{", "[]", '{"op": "2"}', "\ud7ff"])
async def test_what_is_no_message_closes_the_connection(lab: Lab, garbage: str) -> None:
    client = await lab.connect()

    await client.socket.send_str(garbage)

    assert await client.close_code() == CloseCode.DECODE_ERROR


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("?v=9", CloseCode.INVALID_API_VERSION),
        ("", CloseCode.INVALID_API_VERSION),
        ("?v=10&encoding=etf", CloseCode.DECODE_ERROR),
        ("?v=10&compress=lzma", CloseCode.DECODE_ERROR),
    ],
)
async def test_another_version_encoding_or_compression_is_refused(lab: Lab, query: str, code: CloseCode) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(lab.url() + query) as socket:
        message = await socket.receive(timeout=5)

    assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, code)


async def test_messages_are_counted_within_a_minute_only(lab: Lab) -> None:
    client = await lab.connect()
    for _ in range(MAX_SENDS):
        await client.send(Opcode.HEARTBEAT)
        await client.opcode(Opcode.HEARTBEAT_ACK)

    lab.clock.now += 60
    await client.send(Opcode.HEARTBEAT)

    assert (await client.next())["op"] == Opcode.HEARTBEAT_ACK


async def test_heartbeats_are_acknowledged_and_can_be_asked_for(lab: Lab) -> None:
    client = await lab.connect()

    lab.gateway.request_heartbeat()
    asked = await client.next()
    await client.send(Opcode.HEARTBEAT, 1)

    assert asked["op"] == Opcode.HEARTBEAT
    assert (await client.next())["op"] == Opcode.HEARTBEAT_ACK


async def test_a_client_that_stops_beating_is_closed_and_its_session_ends() -> None:
    async with Lab(heartbeat_interval=0.02) as lab:
        client = await lab.connect()
        await client.identify()

        assert await client.close_code() == CloseCode.SESSION_TIMED_OUT
        await lab.gateway.close()
        assert lab.gateway.sessions == ()


async def test_presence_and_voice_states_are_taken_without_an_answer(lab: Lab) -> None:
    client = await lab.connect()
    await client.identify(intents=0)

    await client.send(Opcode.PRESENCE_UPDATE, {"status": "online", "activities": [], "afk": False})
    await client.send(Opcode.VOICE_STATE_UPDATE, {"guild_id": "1", "channel_id": None})
    await client.send(Opcode.HEARTBEAT)

    assert (await client.next())["op"] == Opcode.HEARTBEAT_ACK


async def test_members_are_sent_in_chunks_to_the_session_that_asks(lab: Lab) -> None:
    client = await lab.connect()
    await client.identify()

    await client.send(Opcode.REQUEST_GUILD_MEMBERS, {"guild_id": "7", "query": "", "limit": 0})
    chunks = [await client.event("GUILD_MEMBERS_CHUNK") for _ in range(2)]

    assert [chunk["d"]["chunk_index"] for chunk in chunks] == [0, 1]


async def test_an_event_goes_to_the_shard_of_its_guild_and_a_direct_message_to_shard_0(lab: Lab) -> None:
    first, second = await lab.connect(), await lab.connect()
    await first.identify(shard=[0, 2])
    await second.identify(shard=[1, 2])

    lab.gateway.dispatch("TYPING_START", {"to": "one"}, guild_id=GUILD_OF_SHARD_1)
    lab.gateway.dispatch("TYPING_START", {"to": "direct"})
    lab.gateway.dispatch("TYPING_START", {"to": "zero"}, guild_id=GUILD_OF_SHARD_0)

    assert [(await first.event("TYPING_START"))["d"]["to"] for _ in range(2)] == ["direct", "zero"]
    assert (await second.event("TYPING_START"))["d"]["to"] == "one"


async def test_an_event_goes_only_to_sessions_with_its_intent(lab: Lab) -> None:
    client = await lab.connect()
    await client.identify(intents=int(Intent.GUILD_MESSAGES))

    lab.gateway.dispatch("PRESENCE_UPDATE", {}, intent=Intent.GUILD_PRESENCES)
    lab.gateway.dispatch("MESSAGE_CREATE", {}, intent=Intent.GUILD_MESSAGES)

    assert (await client.next())["t"] == "MESSAGE_CREATE"


async def test_a_client_that_does_not_read_holds_up_nobody(lab: Lab) -> None:
    idle, reader = await lab.connect(), await lab.connect()
    await idle.identify(intents=0)
    await reader.identify(intents=int(Intent.GUILD_MESSAGES))

    for _ in range(100):
        lab.gateway.dispatch("TYPING_START", {"padding": "x" * 100_000})
    lab.gateway.dispatch("MESSAGE_CREATE", {}, intent=Intent.GUILD_MESSAGES)

    await reader.event("MESSAGE_CREATE")
    lab.gateway.drop()


async def test_an_event_is_sent_as_it_was_when_dispatched(lab: Lab) -> None:
    client = await lab.connect()
    await client.identify()
    data: JsonObject = {"content": "before"}

    lab.gateway.dispatch("MESSAGE_CREATE", data)
    data["content"] = "after"

    assert (await client.event("MESSAGE_CREATE"))["d"] == {"content": "before"}


async def test_the_observer_is_told_every_dispatch(lab: Lab) -> None:
    seen: list[tuple[str, int]] = []
    lab.gateway.observer = lambda event, shard, _: seen.append((event, shard))
    client = await lab.connect()
    await client.identify(shard=[1, 2])

    lab.gateway.dispatch("MESSAGE_CREATE", {}, guild_id=GUILD_OF_SHARD_1)

    assert seen == [("READY", 1), ("GUILD_CREATE", 1), ("MESSAGE_CREATE", 1)]


async def test_a_dropped_session_resumes_and_is_sent_what_it_missed(lab: Lab) -> None:
    client = await lab.connect()
    session_id = (await client.identify())["d"]["session_id"]
    last = (await client.event("GUILD_CREATE"))["s"]
    lab.gateway.drop(0)
    assert await client.close_code() == aiohttp.WSCloseCode.ABNORMAL_CLOSURE
    lab.gateway.dispatch("MESSAGE_CREATE", {"content": "meanwhile"})

    again = await lab.connect()
    await again.resume(session_id, last)
    frames = [await again.next() for _ in range(3)]

    assert [frame["t"] for frame in frames] == ["GUILD_CREATE", "MESSAGE_CREATE", "RESUMED"]
    assert [frame["s"] for frame in frames] == [last + 1, last + 2, last + 3]


async def test_the_view_of_sessions_tells_who_is_connected(lab: Lab) -> None:
    client = await lab.connect()
    await client.identify(shard=[0, 2])
    other = await lab.connect()
    await other.identify(shard=[1, 2])

    lab.gateway.drop(1, code=CloseCode.UNKNOWN_ERROR)
    await other.close_code()
    await lab.connect()

    assert [(view.shard, view.seq, view.connected) for view in lab.gateway.sessions] == [
        (0, 2, True),
        (1, 2, False),
    ]


async def test_a_session_resumed_elsewhere_leaves_its_old_connection(lab: Lab) -> None:
    old, new = await lab.connect(), await lab.connect()
    ready = await old.identify(intents=0)

    await new.resume(ready["d"]["session_id"], ready["s"])
    await new.event("RESUMED")

    assert await old.close_code() == CloseCode.UNKNOWN_ERROR
    lab.gateway.dispatch("MESSAGE_CREATE", {})
    await new.event("MESSAGE_CREATE")


@pytest.mark.parametrize("seq", [-1, 50])
async def test_a_resume_from_a_sequence_number_never_sent_is_closed(lab: Lab, seq: int) -> None:
    old, new = await lab.connect(), await lab.connect()
    ready = await old.identify()

    await new.resume(ready["d"]["session_id"], seq)

    assert await new.close_code() == CloseCode.INVALID_SEQ


async def refuse_resumes(lab: Lab, _: Client) -> None:
    lab.gateway.refuse_resume = True


async def send_more_than_is_kept(lab: Lab, _: Client) -> None:
    lab.gateway.drop()
    for _number in range(REPLAY_LIMIT + 1):
        lab.gateway.dispatch("TYPING_START", {})


async def stay_away_too_long(lab: Lab, client: Client) -> None:
    lab.gateway.drop()
    await client.close_code()
    await lab.connect()
    lab.clock.now += LIFETIME + 1


async def close_in_good_order(lab: Lab, client: Client) -> None:
    await client.socket.close(code=1000)


async def end_all_sessions_while_away(lab: Lab, client: Client) -> None:
    lab.gateway.drop()
    await client.close_code()
    await lab.connect()
    lab.gateway.invalidate(resumable=False)


async def end_all_sessions(lab: Lab, client: Client) -> None:
    lab.gateway.invalidate(resumable=False)
    assert (await client.opcode(Opcode.INVALID_SESSION))["d"] is False


@pytest.mark.parametrize(
    "reason",
    [
        refuse_resumes,
        send_more_than_is_kept,
        stay_away_too_long,
        close_in_good_order,
        end_all_sessions,
        end_all_sessions_while_away,
    ],
)
async def test_a_session_beyond_recovery_is_invalid_and_the_client_may_identify_anew(
    lab: Lab, reason: Callable[[Lab, Client], Awaitable[None]]
) -> None:
    client = await lab.connect()
    ready = await client.identify()
    await reason(lab, client)

    again = await lab.connect()
    await again.resume(ready["d"]["session_id"], ready["s"])

    answer = await again.next()
    assert (answer["op"], answer["d"]) == (Opcode.INVALID_SESSION, False)
    assert (await again.identify())["d"]["session_id"] != ready["d"]["session_id"]


async def test_a_reconnect_or_a_resumable_invalidation_leaves_the_session_to_be_resumed(lab: Lab) -> None:
    client = await lab.connect()
    ready = await client.identify(intents=0)

    lab.gateway.request_reconnect()
    lab.gateway.invalidate(resumable=True)

    assert (await client.next())["op"] == Opcode.RECONNECT
    assert await client.next() == {"t": None, "s": None, "op": Opcode.INVALID_SESSION, "d": True}
    await client.socket.close(code=4000)
    again = await lab.connect()
    await again.resume(ready["d"]["session_id"], ready["s"])
    assert (await again.next())["t"] == "RESUMED"


async def test_a_stop_closes_every_connection(lab: Lab) -> None:
    clients = [await lab.connect() for _ in range(2)]

    codes = asyncio.gather(*(client.close_code() for client in clients))
    await lab.gateway.close()

    assert await codes == [1001, 1001]


async def test_the_description_counts_the_sessions_started(lab: Lab) -> None:
    client = await lab.connect()
    await client.identify()

    described = lab.gateway.describe(3)

    assert (described["url"], described["shards"]) == (lab.url(), 3)
    assert described["session_start_limit"]["remaining"] == 999


def zlib_decoder() -> Callable[[bytes], bytes]:
    context = zlib.decompressobj()

    def decode(data: bytes) -> bytes:
        assert data.endswith(b"\x00\x00\xff\xff")
        return context.decompress(data)

    return decode


def zstd_decoder() -> Callable[[bytes], bytes]:
    if sys.version_info >= (3, 14):
        return zstd.ZstdDecompressor().decompress
    return zstandard.ZstdDecompressor().decompressobj().decompress


@pytest.mark.parametrize(("compress", "decoder"), [("zlib-stream", zlib_decoder), ("zstd-stream", zstd_decoder)])
async def test_a_compressed_stream_carries_whole_messages_in_one_context(
    lab: Lab, compress: str, decoder: Callable[[], Callable[[bytes], bytes]]
) -> None:
    client = await lab.connect(f"?v=10&encoding=json&compress={compress}", decoder())
    await client.identify()

    for number in range(3):
        lab.gateway.dispatch("MESSAGE_CREATE", {"number": number, "content": "words " * 500})

    assert [(await client.event("MESSAGE_CREATE"))["d"]["number"] for _ in range(3)] == [0, 1, 2]


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
