import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
import structlog
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.media.errors import FetchError, FetchFailed, FetchGone, FetchRefused, Refusal
from bot.media.fetch import CHUNK, Fetched, Fetcher, Patience, open_fetch_session
from bot.media.hosts import AllowedHosts

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

AT_ONCE = Patience(attempts=3, wait_initial=0, wait_max=0, wait_jitter=0)
CAP = 1_000_000
SECRET = "hm=5ec7e7"


class Origin:
    """A server on a free port of loopback that answers every path alike and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.requests: list[web.Request] = []
        self._answer = answer
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._handle)
        self.server = TestServer(app)

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        return await self._answer(request)

    @property
    def entry(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def url(self, path: str = "/a.png") -> str:
        return f"http://{self.entry}{path}"


class Names(AbstractResolver):
    """DNS in which every name leads to one address."""

    def __init__(self, address: str) -> None:
        self._address = address

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [ResolveResult(hostname=host, host=self._address, port=port, family=family, proto=0, flags=0)]

    async def close(self) -> None:
        """Nothing is held."""


class Scene:
    """Servers, and fetchers for their files, all closed at the end."""

    def __init__(self, stack: AsyncExitStack, folder: Path) -> None:
        self._stack = stack
        self.folder = folder
        self.destination = folder / "file"

    async def serve(self, answer: Answer) -> Origin:
        origin = Origin(answer)
        await self._stack.enter_async_context(origin.server)
        return origin

    async def fetcher(
        self,
        *entries: str,
        resolver: AbstractResolver | None = None,
        limits: aiohttp.ClientTimeout | None = None,
        concurrency: int = 16,
    ) -> Fetcher:
        hosts = AllowedHosts.parse(entries)
        session = open_fetch_session(hosts, resolver=resolver, timeout=limits or aiohttp.ClientTimeout(total=30))
        await self._stack.enter_async_context(session)
        return Fetcher(session, hosts, patience=AT_ONCE, concurrency=concurrency)

    async def fetch(self, origin: Origin, url: str | None = None) -> Fetched:
        fetcher = await self.fetcher(origin.entry)
        return await fetcher.fetch(url or origin.url(), self.destination, max_bytes=CAP)

    def files(self) -> list[str]:
        return [path.name for path in self.folder.iterdir()]


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with AsyncExitStack() as stack:
        yield Scene(stack, tmp_path)


def body(data: bytes, content_type: str = "image/png") -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=data, content_type=content_type)

    return answer


def statuses(*sequence: int) -> Answer:
    """Answer with each status in turn, the last one ever after."""
    left = list(sequence)

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=left.pop(0) if len(left) > 1 else left[0], body=b"body")

    return answer


def redirect(location: str | None, status: int = 302) -> Answer:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers={} if location is None else {"Location": location})

    return answer


def hops(count: int) -> Answer:
    """Redirect `count` times, by relative locations /1, /2 …, then give the file."""

    async def answer(request: web.Request) -> web.StreamResponse:
        hop = int(request.path.strip("/"))
        if hop == count:
            return web.Response(body=b"there")
        return web.Response(status=302, headers={"Location": f"/{hop + 1}"})

    return answer


async def test_a_file_is_brought_whole(scene: Scene) -> None:
    data = bytes(range(256)) * 3_000
    assert len(data) > 2 * CHUNK
    origin = await scene.serve(body(data, "image/webp"))

    fetched = await scene.fetch(origin)

    assert scene.destination.read_bytes() == data
    assert fetched == Fetched(size=len(data), content_type="image/webp", sha256=hashlib.sha256(data).hexdigest())
    assert scene.files() == ["file"]


async def test_an_empty_file_is_a_file(scene: Scene) -> None:
    origin = await scene.serve(body(b""))
    assert (await scene.fetch(origin)).size == 0
    assert scene.destination.read_bytes() == b""


async def test_a_signed_url_arrives_as_it_was_spelled(scene: Scene) -> None:
    origin = await scene.serve(body(b"x"))
    await scene.fetch(origin, origin.url("/a%2Fb.png?ex=1%2F2&hm=a%2Bb"))
    assert origin.requests[0].raw_path == "/a%2Fb.png?ex=1%2F2&hm=a%2Bb"


async def test_a_file_of_the_largest_allowed_size_is_brought(scene: Scene) -> None:
    origin = await scene.serve(body(bytes(CAP)))
    assert (await scene.fetch(origin)).size == CAP


async def test_a_file_that_says_it_is_a_byte_too_large_is_refused(scene: Scene) -> None:
    origin = await scene.serve(body(bytes(CAP + 1)))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(origin)
    assert refused.value.refusal is Refusal.TOO_LARGE
    assert len(origin.requests) == 1
    assert scene.files() == []


async def test_a_file_that_turns_out_a_byte_too_large_is_refused(scene: Scene) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(bytes(CAP))
        await response.write(b"!")
        return response

    origin = await scene.serve(answer)
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(origin)
    assert refused.value.refusal is Refusal.TOO_LARGE
    assert scene.files() == []


@pytest.mark.parametrize("chunked", [True, False])
async def test_a_body_cut_off_is_fetched_again(scene: Scene, *, chunked: bool) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        if len(origin.requests) > 1:
            return web.Response(body=b"whole")
        response = web.StreamResponse()
        if chunked:
            response.enable_chunked_encoding()
        else:
            response.content_length = 500_000
        await response.prepare(request)
        await response.write(bytes(400_000))
        transport = request.transport
        assert transport is not None
        transport.close()
        return response

    origin = await scene.serve(answer)
    await scene.fetch(origin)
    assert scene.destination.read_bytes() == b"whole"
    assert len(origin.requests) == 2
    assert scene.files() == ["file"]


async def test_a_body_always_cut_off_leaves_what_was_there(scene: Scene) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 500_000
        await response.prepare(request)
        await response.write(bytes(1_000))
        assert request.transport is not None
        request.transport.abort()
        return response

    scene.destination.write_bytes(b"before")
    origin = await scene.serve(answer)
    with pytest.raises(FetchFailed):
        await scene.fetch(origin)
    assert len(origin.requests) == AT_ONCE.attempts
    assert scene.files() == ["file"]
    assert scene.destination.read_bytes() == b"before"


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
async def test_a_passing_failure_is_tried_again(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status, status, 200))
    await scene.fetch(origin)
    assert scene.destination.read_bytes() == b"body"
    assert len(origin.requests) == 3


async def test_a_lasting_failure_ends_after_its_attempts(scene: Scene) -> None:
    origin = await scene.serve(statuses(503))
    with pytest.raises(FetchFailed, match="HTTP 503"):
        await scene.fetch(origin)
    assert len(origin.requests) == AT_ONCE.attempts
    assert scene.files() == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_url_that_is_gone_is_asked_once(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status))
    with pytest.raises(FetchGone) as gone:
        await scene.fetch(origin)
    assert gone.value.status == status
    assert len(origin.requests) == 1


@pytest.mark.parametrize("status", [204, 206, 304])
async def test_an_answer_that_is_no_whole_file_is_a_failure(scene: Scene, status: int) -> None:
    origin = await scene.serve(statuses(status))
    with pytest.raises(FetchFailed, match=f"HTTP {status}"):
        await scene.fetch(origin)


async def test_a_server_that_does_not_answer_is_a_failure(scene: Scene) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fetcher = await scene.fetcher(f"127.0.0.1:{port}")
    with pytest.raises(FetchFailed):
        await fetcher.fetch(f"http://127.0.0.1:{port}/", scene.destination, max_bytes=CAP)


async def test_a_server_that_stalls_is_left(scene: Scene) -> None:
    released = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.content_length = 100
        await response.prepare(request)
        await released.wait()
        return response

    origin = await scene.serve(answer)
    fetcher = await scene.fetcher(origin.entry, limits=aiohttp.ClientTimeout(sock_read=0.05))
    with pytest.raises(FetchFailed, match="Timeout"):
        await fetcher.fetch(origin.url(), scene.destination, max_bytes=CAP)
    released.set()
    assert scene.files() == []


async def test_a_body_that_would_unpack_is_not_taken(scene: Scene) -> None:
    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"packed", headers={"Content-Encoding": "gzip"})

    origin = await scene.serve(answer)
    with pytest.raises(FetchFailed, match="encoded"):
        await scene.fetch(origin)
    assert origin.requests[0].headers["Accept-Encoding"] == "identity"


async def test_a_host_that_is_not_listed_is_never_asked(scene: Scene) -> None:
    listed, other = await scene.serve(body(b"x")), await scene.serve(body(b"x"))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(listed, other.url())
    assert refused.value.refusal is Refusal.HOST_NOT_ALLOWED
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
    assert refused.value.refusal is Refusal.TOO_MANY_REDIRECTS
    assert [request.path for request in origin.requests] == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_elsewhere_is_refused_before_elsewhere_hears_of_it(scene: Scene, status: int) -> None:
    other = await scene.serve(body(b"inside"))
    listed = await scene.serve(redirect(other.url(f"/?{SECRET}"), status))
    with pytest.raises(FetchRefused) as refused:
        await scene.fetch(listed)
    assert refused.value.refusal is Refusal.REDIRECTED_ELSEWHERE
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
    assert refused.value.refusal is Refusal.PRIVATE_ADDRESS
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
    assert str(failed.value) == f"127.0.0.1/a.png: HTTP {status}"


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


async def test_a_cancelled_fetch_leaves_nothing(scene: Scene) -> None:
    sent, released = asyncio.Event(), asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(32):  # more than all buffers between hold: part of it is on disk
            await response.write(bytes(1_000_000))
        sent.set()
        await released.wait()
        return response

    origin = await scene.serve(answer)
    fetcher = await scene.fetcher(origin.entry)
    task = asyncio.create_task(fetcher.fetch(origin.url(), scene.destination, max_bytes=100 * CAP))
    await sent.wait()
    assert len(scene.files()) == 1
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    released.set()
    assert scene.files() == []


async def test_no_more_files_are_fetched_at_once_than_allowed(scene: Scene) -> None:
    here, most = 0, 0
    full = asyncio.Event()

    async def answer(_request: web.Request) -> web.StreamResponse:
        nonlocal here, most
        here += 1
        most = max(most, here)
        if here == 2:
            full.set()
        await full.wait()
        here -= 1
        return web.Response(body=b"x")

    origin = await scene.serve(answer)
    fetcher = await scene.fetcher(origin.entry, concurrency=2)
    async with asyncio.TaskGroup() as group:
        for number in range(6):
            group.create_task(fetcher.fetch(origin.url(), scene.folder / str(number), max_bytes=CAP))
    assert most == 2
    assert len(scene.files()) == 6
