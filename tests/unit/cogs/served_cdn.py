"""SimCord's CDN at a real address."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from tests.unit.cogs.stage import MeasuringCdn


class ServedCdn(MeasuringCdn):
    """SimCord's CDN behind a real address, so that others than discord.py can fetch from it."""

    def __init__(self) -> None:
        super().__init__()
        self.origin = ""

    def store_attachment(
        self, attachment_id: int, channel_id: int, filename: str, data: bytes, description: str | None
    ) -> dict[str, Any]:
        stored = super().store_attachment(attachment_id, channel_id, filename, data, description)
        path = f"/attachments/{channel_id}/{attachment_id}/{filename}"
        stored["url"] = stored["proxy_url"] = f"{self.origin}{path}"
        self._blobs[stored["url"]] = data
        return stored

    async def serve(self, request: web.Request) -> web.Response:
        data = self.get(f"{self.origin}{request.path}")
        answer = web.Response(status=404) if data is None else web.Response(body=data)
        answer.force_close()  # SimCord waits for a connection that is kept open, as long as the client keeps it
        return answer


@asynccontextmanager
async def served_cdn() -> AsyncGenerator[ServedCdn]:
    cdn = ServedCdn()
    app = web.Application()
    app.router.add_get("/{path:.*}", cdn.serve)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    cdn.origin = "http://{}:{}".format(*runner.addresses[0][:2])
    yield cdn
    await runner.cleanup()
