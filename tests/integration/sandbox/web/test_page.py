"""The page's server: its files, its way to Segmind's control, and whom it turns away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp
import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.server import SegmindSandbox
from sandbox.web.server import Page


@dataclass(frozen=True, slots=True)
class Site:
    """A served page, the Segmind behind it, and a client that is no browser."""

    origin: str
    segmind: SegmindControl
    session: aiohttp.ClientSession

    async def status(self, path: str, **headers: str) -> int:
        async with self.session.get(self.origin + path, headers=headers) as response:
            return response.status


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with AsyncExitStack() as stack:
        service = await stack.enter_async_context(SegmindSandbox())
        control_url = service.describe()["control_url"]
        page = await stack.enter_async_context(Page.open(control_url))
        discord = await stack.enter_async_context(DiscordSandbox(page=page.routes()))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        yield Site(discord.origin, SegmindControl(control_url, session), session)


async def test_the_page_may_load_nothing_from_elsewhere(site: Site) -> None:
    async with site.session.get(f"{site.origin}/") as response:
        assert response.content_type == "text/html"
        policy = response.headers["Content-Security-Policy"]
        text = await response.text()
    assert policy.startswith("default-src 'self';")
    assert "unsafe" not in policy
    assert "http" not in text
    async with site.session.get(f"{site.origin}/page/js/main.js") as response:
        assert (response.status, response.content_type) == (200, "text/javascript")


@pytest.mark.parametrize(
    "path", ["/page/../server.py", "/page/..%2Fserver.py", "/page/none.js", "/page/js", "/samples/x"]
)
async def test_nothing_outside_the_pages_folder_is_served(site: Site, path: str) -> None:
    assert await site.status(path) == 404


async def test_there_are_samples_to_take(site: Site) -> None:
    async with site.session.get(f"{site.origin}/samples") as response:
        samples = await response.json()
    assert [each["name"] for each in samples] == ["keeper.png", "harbour.jpg", "lighthouse.jpg"]
    assert await site.status(samples[0]["url"]) == 200


async def test_segmind_is_shown_after_every_change_and_steered(site: Site) -> None:
    async with site.session.ws_connect(f"{site.origin}/segmind/events") as socket, asyncio.timeout(20):
        assert (await socket.receive_json())["settings"]["runs_end"] == "completed"
        wishes = {"settings": {"runs_end": "failed", "speed": 7}, "clock": {"seconds": 60}}
        for action, wish in wishes.items():
            async with site.session.post(f"{site.origin}/segmind/{action}", json=wish) as response:
                assert response.status == 200
        faults = [{"kind": "stall", "delay": 3}]
        async with site.session.post(f"{site.origin}/segmind/faults", json=faults) as response:
            assert response.status == 200
        while True:
            state = await socket.receive_json()
            if state["faults"] and state["settings"]["speed"] == 7:
                break
    assert (await site.segmind.state())["settings"]["runs_end"] == "failed"


@pytest.mark.parametrize(("action", "wish"), [("settings", {"speed": -1}), ("clock", {}), ("faults", [{"kind": "?"}])])
async def test_a_wish_that_segmind_does_not_take_is_answered_with_400(site: Site, action: str, wish: object) -> None:
    async with site.session.post(f"{site.origin}/segmind/{action}", json=wish) as response:
        assert response.status == 400
        assert (await response.json())["error"]


async def test_other_peoples_pages_can_do_nothing_here(site: Site) -> None:
    assert await site.status("/sandbox/world", Origin="https://evil.example") == 403
    assert await site.status("/sandbox/world", Origin="null") == 403
    assert await site.status("/sandbox/world", Origin=site.origin) == 200
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await site.session.ws_connect(f"{site.origin}/segmind/events", origin="https://evil.example")


async def test_a_page_without_segmind_says_so() -> None:
    async with (
        Page.open(None) as page,
        DiscordSandbox(page=page.routes()) as discord,
        aiohttp.ClientSession() as session,
    ):
        async with session.ws_connect(f"{discord.origin}/segmind/events") as socket:
            assert await socket.receive_json() is None
        async with session.post(f"{discord.origin}/segmind/clock", json={"seconds": 1}) as response:
            assert response.status == 404
