"""`/healthz` and `/readyz`, for a container's health check or a load balancer."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from aiohttp import web


class HealthNotServed(Exception):
    """HTTP_HOST and HTTP_PORT cannot be listened on."""


@asynccontextmanager
async def serve_health(host: str, port: int, is_ready: Callable[[], bool]) -> AsyncGenerator[None]:
    """Answer while the block runs; port 0 serves nothing.

    Raises `HealthNotServed` where the address cannot be listened on.
    """
    if port == 0:
        yield
        return

    async def healthz(_request: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def readyz(_request: web.Request) -> web.Response:
        ready = is_ready()
        return web.json_response({"status": "ready" if ready else "starting"}, status=200 if ready else 503)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    app.router.add_get("/readyz", readyz)
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
