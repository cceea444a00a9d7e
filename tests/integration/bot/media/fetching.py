"""Origins that files are fetched from, and fetchers for them."""

import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from bot.media.fetch import Fetched, Fetcher, Patience, open_fetch_session
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


@asynccontextmanager
async def open_scene(folder: Path) -> AsyncGenerator[Scene]:
    async with AsyncExitStack() as stack:
        yield Scene(stack, folder)


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
