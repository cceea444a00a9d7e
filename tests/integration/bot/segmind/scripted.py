"""A real HTTP server that says as Segmind what a test tells it to, and a client in front of it."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr

from bot.segmind.budget import Claim, Rank
from bot.segmind.client import Endpoints, RetryPolicy, SegmindClient, Timeouts

KEY = "a key of no usual form: 0123456789abcdef"
MODEL = "kling-o1-reference-image-to-video"
BODY: dict[str, object] = {"prompt": "a fox", "image_urls": ["https://a.example/1.png"], "duration": 5}
ID = "0b6c6c1e-7d1c-4a57-9a60-7f8f6d2f3c11"
HTML = "<html><body><h1>Bad gateway</h1></body></html>"
FAST = RetryPolicy(attempts=3, initial=0, longest=0, jitter=0)
IMPATIENT = Timeouts(connect=2, ask=0.1, submit=0.1, upload=0.1, blocking=0.1)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    method: str
    path: str
    key: str | None
    body: bytes


class Segmind:
    """A server that gives the answers it is told to, in order, the last one for ever."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.released = asyncio.Event()
        self._answers: deque[Handler] = deque()

    def answers(self, *handlers: Handler) -> None:
        self._answers = deque(handlers)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        key = request.headers.get("x-api-key")
        self.received.append(Received(method=request.method, path=request.path_qs, key=key, body=body))
        handler = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        return await handler(request)

    async def never(self, _request: web.Request) -> web.StreamResponse:
        await self.released.wait()
        return web.json_response({"request_id": ID, "status": "QUEUED"})

    async def stalls_in_the_body(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"content-type": "application/json"})
        await response.prepare(request)
        await response.write(b'{"request_id": ')
        await self.released.wait()
        return response


class RecordingBudget:
    """A budget that always has room, and remembers who took what."""

    def __init__(self) -> None:
        self.taken: list[Rank] = []
        self.resets: list[datetime | None] = []

    async def take(self, claim: Claim) -> None:
        self.taken.append(claim.rank)

    async def throttled(self, reset_at: datetime | None) -> None:
        self.resets.append(reset_at)


@dataclass(slots=True, kw_only=True)
class Setting:
    """One server, one budget, and clients that speak to both."""

    segmind: Segmind
    url: str
    session: aiohttp.ClientSession
    budget: RecordingBudget = field(default_factory=RecordingBudget)

    def client(
        self, *, url: str | None = None, timeouts: Timeouts | None = None, clock: Callable[[], float] = time.monotonic
    ) -> SegmindClient:
        base = url or self.url
        return SegmindClient(
            self.session,
            key=SecretStr(KEY),
            endpoints=Endpoints(api=base, history=f"{base}/history-host", storage=f"{base}/storage-host"),
            budget=self.budget,
            retries=FAST,
            timeouts=timeouts or Timeouts(),
            clock=clock,
        )


async def serving(segmind: Segmind) -> AsyncIterator[TestServer]:
    app = web.Application(client_max_size=64 << 20)
    app.router.add_route("*", "/{tail:.*}", segmind.handle)
    server = TestServer(app)
    await server.start_server(shutdown_timeout=0)
    try:
        yield server
    finally:
        segmind.released.set()
        await server.close()


def says(status: int, body: object = None, **headers: str) -> Handler:
    names = {name.replace("_", "-"): value for name, value in headers.items()}

    async def handler(request: web.Request) -> web.StreamResponse:
        if isinstance(body, bytes):
            return web.Response(status=status, body=body, headers=names)
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=names)
        return web.json_response(body, status=status, headers=names)

    return handler


async def resets(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def resets_in_the_body(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"content-length": "1000"})
    await response.prepare(request)
    await response.write(b'{"request_id": "')
    return await resets(request)


QUEUED = says(200, {"request_id": ID, "status": "QUEUED"})
DONE = says(200, {"request_id": ID, "status": "COMPLETED", "output": "https://images.example/1.mp4", "metrics": {}})
