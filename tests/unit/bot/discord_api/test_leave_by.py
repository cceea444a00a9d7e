"""A request that has not left by its deadline does not leave."""

import time
from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import BaseTestServer, TestServer

from bot.discord_api.leave_by import TooLateToLeave, deadline_trace, leaving_by
from bot.jobs.clock import monotonic


@pytest.fixture
def received() -> list[str]:
    return []


@pytest.fixture
async def server(received: list[str]) -> AsyncIterator[BaseTestServer]:
    async def answer(request: web.Request) -> web.Response:
        received.append(request.path)
        return web.Response()

    app = web.Application()
    app.router.add_get("/{name}", answer)
    async with TestServer(app) as server:
        yield server


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(trace_configs=[deadline_trace()]) as session:
        yield session


async def test_a_request_in_time_leaves(
    server: BaseTestServer, session: aiohttp.ClientSession, received: list[str]
) -> None:
    with leaving_by(monotonic() + 60):
        await session.get(server.make_url("/one"))
    assert received == ["/one"]


async def test_a_request_that_is_late_reaches_nobody_on_a_new_or_a_kept_connection(
    server: BaseTestServer, session: aiohttp.ClientSession, received: list[str]
) -> None:
    with leaving_by(monotonic() - 1), pytest.raises(TooLateToLeave):
        await session.get(server.make_url("/late"))
    async with session.get(server.make_url("/on-time")):
        pass
    with leaving_by(monotonic() - 1), pytest.raises(TooLateToLeave):
        await session.get(server.make_url("/late-again"))
    assert received == ["/on-time"]


async def test_the_deadline_ends_with_its_block(
    server: BaseTestServer, session: aiohttp.ClientSession, received: list[str]
) -> None:
    with leaving_by(monotonic() - 1):
        pass
    await session.get(server.make_url("/free"))
    assert received == ["/free"]


@pytest.mark.skipif(not hasattr(time, "CLOCK_BOOTTIME"), reason="only Linux tells how long the machine slept")
async def test_a_request_of_before_the_machine_slept_does_not_leave(
    server: BaseTestServer, session: aiohttp.ClientSession, received: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    awake = time.clock_gettime
    slept = {time.CLOCK_BOOTTIME: 3_600.0}
    with leaving_by(monotonic() + 60):
        monkeypatch.setattr(time, "clock_gettime", lambda clock: awake(clock) + slept.get(clock, 0.0))
        with pytest.raises(TooLateToLeave):
            await session.get(server.make_url("/late"))
    assert received == []
