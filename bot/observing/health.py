"""`/healthz`, `/readyz` and `/metrics`, for a container's health check, a load balancer and Prometheus."""

from collections.abc import AsyncGenerator, Awaitable, Mapping, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Final, Protocol

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.observing.status import OK

_PLAIN: Final = {"Content-Type": CONTENT_TYPE_LATEST}


class HealthNotServed(Exception):
    """HTTP_HOST and HTTP_PORT cannot be listened on."""


class SeenFromOutside(Protocol):
    """What a process tells of itself; `bot.observing.status` has it."""

    def stopped(self) -> Sequence[str]: ...

    def ready(self) -> Awaitable[Mapping[str, str]]: ...

    def page(self) -> Awaitable[bytes]: ...


@asynccontextmanager
async def serve_health(host: str, port: int, seen: SeenFromOutside) -> AsyncGenerator[None]:
    """Answer while the block runs; port 0 serves nothing.

    Raises `HealthNotServed` where the address cannot be listened on.
    """
    if port == 0:
        yield
        return

    async def healthz(_request: web.Request) -> web.Response:
        if stopped := seen.stopped():
            return _told({"status": "broken", "stopped": list(stopped)}, well=False)
        return _told({"status": "alive"}, well=True)

    async def readyz(_request: web.Request) -> web.Response:
        parts = await seen.ready()
        ready = all(word == OK for word in parts.values())
        return _told({"status": "ready" if ready else "not ready", **parts}, well=ready)

    async def metrics(_request: web.Request) -> web.Response:
        return web.Response(body=await seen.page(), headers=_PLAIN)

    app = web.Application()
    app.add_routes([web.get("/healthz", healthz), web.get("/readyz", readyz), web.get("/metrics", metrics)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise HealthNotServed(error.strerror or type(error).__name__) from error
        yield
    finally:
        await runner.cleanup()


def _told(words: Mapping[str, object], *, well: bool) -> web.Response:
    return web.json_response(words, status=HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE)
