"""Sessions of the local gateway: resumed after a drop, and refused when they are beyond recovery."""

from collections.abc import AsyncIterator, Awaitable, Callable

import aiohttp
import pytest

from sandbox.discord.gateway import CloseCode, Opcode
from sandbox.discord.gateway.session import LIFETIME, REPLAY_LIMIT
from tests.integration.sandbox.discord.gateway.gateway_lab import (
    Client,
    Lab,
)


@pytest.fixture
async def lab() -> AsyncIterator[Lab]:
    async with Lab() as opened:
        yield opened


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
