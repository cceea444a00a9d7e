"""The local gateway, spoken to by a bare WebSocket client."""

import asyncio
import sys
import zlib
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest

from sandbox.discord.gateway import CloseCode, Intent, Opcode
from sandbox.discord.gateway.wire import MAX_SENDS
from sandbox.discord.json_types import JsonObject
from tests.integration.sandbox.discord.gateway.gateway_lab import (
    GUILD_OF_SHARD_0,
    GUILD_OF_SHARD_1,
    PATIENCE,
    TOKEN,
    Lab,
    identify,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    import zstandard


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Lab() as opened:
        yield opened


async def test_hello_names_the_interval_at_which_to_beat(lab: Lab) -> None:
    async with aiohttp.ClientSession() as http, http.ws_connect(lab.url() + "?v=10") as socket:
        hello = await socket.receive_json(timeout=PATIENCE)

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
        message = await socket.receive(timeout=PATIENCE)

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
