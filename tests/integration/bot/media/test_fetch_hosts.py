"""Nothing is fetched but from the hosts that are named, and nobody else hears of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog
from aiohttp import web

from bot.media.errors import FetchError, FetchFailed, FetchRefusal, FetchRefused
from tests.integration.bot.media.fetching import (
    CAP,
    SECRET,
    Names,
    Scene,
    body,
    hops,
    open_scene,
    redirect,
    statuses,
)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_scene(tmp_path) as scene:
        yield scene


async def test_a_host_that_is_not_listed_is_never_asked(scene: Scene) -> None:
    listed, other = await scene.serve(body(b"x")), await scene.serve(body(b"x"))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(listed, other.url())
    assert refused.value.refusal is FetchRefusal.HOST_NOT_ALLOWED
    assert other.requests == []


@pytest.mark.parametrize("url", ["", "https://", "http://[::1", "file:///etc/passwd", "not a url"])
async def test_what_is_no_url_of_the_web_is_refused(scene: Scene, url: str) -> None:
    fetcher = await scene.fetcher("127.0.0.1:1")
    with pytest.raises(FetchRefused):
        await fetcher.fetch(url, scene.destination, max_bytes=CAP)


async def test_three_redirects_within_the_list_are_followed(scene: Scene) -> None:
    origin = await scene.serve(hops(3))
    await scene.fetch(origin, origin.url("/0"))
    assert scene.destination.read_bytes() == b"there"


async def test_a_fourth_redirect_is_refused(scene: Scene) -> None:
    origin = await scene.serve(hops(4))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(origin, origin.url("/0"))
    assert refused.value.refusal is FetchRefusal.TOO_MANY_REDIRECTS
    assert [request.path for request in origin.requests] == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_elsewhere_is_refused_before_elsewhere_hears_of_it(scene: Scene, status: int) -> None:
    other = await scene.serve(body(b"inside"))
    listed = await scene.serve(redirect(other.url(f"/?{SECRET}"), status))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(listed)
    assert refused.value.refusal is FetchRefusal.REDIRECTED_ELSEWHERE
    assert other.requests == []
    assert SECRET not in str(refused.value)


@pytest.mark.parametrize("location", ["file:///etc/passwd", "//evil.example/", "http://user:pw@127.0.0.1/"])
async def test_a_redirect_to_another_scheme_or_with_userinfo_is_refused(scene: Scene, location: str) -> None:
    origin = await scene.serve(redirect(location))
    with pytest.raises(FetchRefused):
        await scene.fetch(origin)


@pytest.mark.parametrize("location", [None, "", "http://[::1", "http://127.0.0.1:99999/"])
async def test_a_redirect_to_nowhere_is_a_failure(scene: Scene, location: str | None) -> None:
    origin = await scene.serve(redirect(location))
    with pytest.raises(FetchFailed, match="Location"):
        await scene.fetch(origin)


async def test_a_listed_name_that_leads_to_loopback_is_refused(scene: Scene) -> None:
    origin = await scene.serve(body(b"inside"))
    port = origin.server.port
    fetcher = await scene.fetcher(f"cdn.example:{port}", resolver=Names("127.0.0.1"))
    with pytest.raises(FetchRefused) as refused:
        await fetcher.fetch(f"http://cdn.example:{port}/?{SECRET}", scene.destination, max_bytes=CAP)
    assert refused.value.refusal is FetchRefusal.PRIVATE_ADDRESS
    assert SECRET not in str(refused.value)
    assert origin.requests == []


async def test_localhost_by_name_is_fetched_when_listed(scene: Scene) -> None:
    origin = await scene.serve(body(b"here"))
    port = origin.server.port
    fetcher = await scene.fetcher(f"localhost:{port}")
    await fetcher.fetch(f"http://localhost:{port}/", scene.destination, max_bytes=CAP)
    assert scene.destination.read_bytes() == b"here"


async def test_no_cookie_and_no_proxy_of_the_environment_is_used(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        response = web.Response(body=b"x")
        response.set_cookie("seen", "1")
        return response

    proxy, origin = await scene.serve(body(b"proxied")), await scene.serve(answer)
    monkeypatch.setenv("http_proxy", proxy.url("/"))
    monkeypatch.setenv("no_proxy", "")
    fetcher = await scene.fetcher(origin.entry)
    for _ in range(2):
        await fetcher.fetch(origin.url(), scene.destination, max_bytes=CAP)
    assert [dict(request.cookies) for request in origin.requests] == [{}, {}]
    assert proxy.requests == []


@pytest.mark.parametrize("status", [404, 503])
async def test_a_signature_reaches_neither_the_error_nor_the_log(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status))
    with structlog.testing.capture_logs() as logs, pytest.raises(FetchError) as failed:
        await scene.fetch(origin, origin.url(f"/a.png?{SECRET}"))
    assert SECRET not in f"{failed.value} {failed.value!r} {logs}"
    assert str(failed.value) == f"127.0.0.1/…: HTTP {status}"


async def test_a_malformed_answer_does_not_show_the_signature(scene: Scene) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 nonsense\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        entry = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        fetcher = await scene.fetcher(entry)
        with structlog.testing.capture_logs() as logs, pytest.raises(FetchFailed) as failed:
            await fetcher.fetch(f"http://{entry}/a.png?{SECRET}", scene.destination, max_bytes=CAP)
    assert SECRET not in f"{failed.value} {failed.value!r} {failed.value.__cause__} {logs}"
