"""What tests of the local Segmind share: a plain HTTP client of it, and what they wait for."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import av

from sandbox.segmind.clock import ServiceClock
from sandbox.segmind.control.client import SegmindControl
from sandbox.segmind.films.film import TINY
from sandbox.segmind.reports import StateReport
from sandbox.segmind.server import SegmindSandbox

NOON = 1_787_227_200.0  # 2026-08-20T12:00:00Z
MODEL = "kling-o1-reference-image-to-video"
PATIENCE = 20.0  # seconds until a test that waits for an event gives up


class Client:
    """A client of one sandbox, as plain as HTTP is, and the strings behind it."""

    def __init__(self, sandbox: SegmindSandbox, session: aiohttp.ClientSession) -> None:
        self.where = sandbox.describe()
        self.session = session
        self.control = SegmindControl(self.where["control_url"], session)
        self.key = {"x-api-key": self.where["api_key"]}

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """Give status and JSON."""
        async with self.request(method, path, **options) as response:
            return response.status, await response.json()

    def request(self, method: str, path: str, **options: Any) -> Any:
        options.setdefault("headers", self.key)
        return self.session.request(method, self.where["api_url"] + path, **options)

    async def upload(self, *files: bytes) -> list[str]:
        data_urls = ["data:image/png;base64," + base64.b64encode(data).decode() for data in files]
        data = io.BytesIO(json.dumps({"data_urls": data_urls}).encode())
        headers = {**self.key, "Content-Type": "application/json"}
        status, body = await self.ask("POST", "/upload-asset", data=data, headers=headers)
        assert status == 200
        return body["file_urls"]

    async def submit(self, *urls: str, **inputs: Any) -> str:
        body = {"prompt": "@Image1 waves", "image_urls": list(urls), **inputs}
        status, answer = await self.ask("POST", f"/v2/{MODEL}", json=body)
        assert (status, answer["status"]) == (200, "QUEUED")
        return answer["request_id"]

    async def until(self, request_id: str, state: str) -> StateReport:
        def reached(report: StateReport) -> bool:
            states = {request["request_id"]: request["state"] for request in report["requests"]}
            return states[request_id] == state

        return await asyncio.wait_for(self.control.wait_for(reached), PATIENCE)

    async def complete(self, *urls: str, **inputs: Any) -> str:
        """Submit a request and move the clock until it is done."""
        request_id = await self.submit(*urls, **inputs)
        await self.control.advance(10)
        await self.until(request_id, "PROCESSING")
        await self.control.advance(60)
        await self.until(request_id, "COMPLETED")
        return request_id


@asynccontextmanager
async def segmind_client() -> AsyncGenerator[Client]:
    """Serve a Segmind whose clock stands still at noon until a test moves it."""
    clock = ServiceClock(start=NOON, frozen=True)
    async with SegmindSandbox(clock=clock, quality=TINY, seed=7) as sandbox, aiohttp.ClientSession() as session:
        yield Client(sandbox, session)


def picture_of(video: bytes) -> tuple[int, int, float]:
    """Give width, height and seconds of a video."""
    with av.open(io.BytesIO(video), "r") as film:
        stream = film.streams.video[0]
        return stream.width, stream.height, (film.duration or 0) / 1_000_000
