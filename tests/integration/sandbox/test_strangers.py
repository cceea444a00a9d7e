"""Web pages elsewhere can neither act on the sandbox nor read it, whatever name they reach it by."""

import json
from collections.abc import AsyncIterator

import aiohttp
import pytest

from sandbox.discord.server import DiscordSandbox
from sandbox.segmind.server import SegmindSandbox
from sandbox.web.server import Page

DISCORD = ("/", "/sandbox/world", "/api/v10/gateway", "/embed/avatars/1.png")
SEGMIND = ("/sandbox/state", "/v1/get-user-credits")
PLACES = [*(("discord", path) for path in DISCORD), *(("segmind", path) for path in SEGMIND)]
SOCKETS = ("/gateway?v=10&encoding=json", "/sandbox/users/{member}/events", "/segmind/events")


class Site:
    """Both servers, spoken to with any `Host` and `Origin`."""

    def __init__(self, session: aiohttp.ClientSession, discord: DiscordSandbox, segmind: SegmindSandbox) -> None:
        self.origins = {"discord": discord.origin, "segmind": segmind.describe()["api_url"]}
        self.member = next(each.id for each in discord.world.users.values() if not each.bot)
        self._session = session

    def port(self, server: str) -> str:
        return self.origins[server].rsplit(":", 1)[1]

    async def status(self, server: str, path: str, **headers: str) -> int:
        async with self._session.get(self.origins[server] + path, headers=headers) as response:
            return response.status

    async def shake_hands(self, path: str, **headers: str) -> int:
        """Open a WebSocket and close it; returns the status that answered it."""
        url = self.origins["discord"] + path.format(member=self.member)
        try:
            async with self._session.ws_connect(url, headers=headers):
                return 101
        except aiohttp.WSServerHandshakeError as refused:
            return refused.status


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with (
        Page.open(None) as page,
        DiscordSandbox(page=page.routes()) as discord,
        SegmindSandbox() as segmind,
        aiohttp.ClientSession() as session,
    ):
        yield Site(session, discord, segmind)


@pytest.mark.parametrize(("server", "path"), PLACES)
async def test_a_server_answers_to_loopback_names_with_its_port_alone(site: Site, server: str, path: str) -> None:
    port = site.port(server)
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert await site.status(server, path, Host=host) != 403, host
    other = str(int(port) % 65535 + 1)
    names = ("evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "0x7f000001", "127.0.0.2")
    for host in (*(f"{name}:{port}" for name in names), f"127.0.0.1:{other}", "localhost", "127.0.0.1", ""):
        assert await site.status(server, path, Host=host) == 403, host


@pytest.mark.parametrize(("server", "path"), PLACES)
async def test_no_page_from_elsewhere_is_answered(site: Site, server: str, path: str) -> None:
    port = site.port(server)
    own = f"http://127.0.0.1:{port}"
    for origin in (own, f"http://localhost:{port}", f"http://[::1]:{port}"):
        assert await site.status(server, path, Origin=origin) != 403, origin
    foreign = (f"http://evil.example:{port}", "http://127.0.0.1", f"https://127.0.0.1:{port}", "null", "", "http://[")
    for origin in (*foreign, f"{own}.evil.example", f"http://user@127.0.0.1:{port}"):
        assert await site.status(server, path, Origin=origin) == 403, origin


@pytest.mark.parametrize("path", SOCKETS)
async def test_a_socket_opens_to_programs_and_to_the_page_alone(site: Site, path: str) -> None:
    assert await site.shake_hands(path) == 101
    assert await site.shake_hands(path, Origin=site.origins["discord"]) == 101
    assert await site.shake_hands(path, Origin="https://evil.example") == 403
    assert await site.shake_hands(path, Host=f"evil.example:{site.port('discord')}") == 403


async def test_a_form_that_a_foreign_page_sends_does_nothing(site: Site) -> None:
    url = f"{site.origins['discord']}/sandbox/admin/advance"
    headers = {"Origin": "https://evil.example", "Content-Type": "text/plain"}
    async with aiohttp.ClientSession() as session:
        async with session.post(url, data=json.dumps({"seconds": 60}), headers=headers) as response:
            assert response.status == 403
        async with session.post(url, json={"seconds": 60}) as response:
            assert response.status == 200
