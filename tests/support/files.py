"""Real images and videos, and a server that has them."""

import io
import tempfile
from collections import deque
from functools import cache
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image

from tests.support.films import Film


@cache
def png(width: int = 400, height: int = 320, colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


@cache
def mp4(*, frames: int = 5) -> bytes:
    """Make a tiny video that plays everywhere as it is."""
    with tempfile.TemporaryDirectory() as folder:
        film = Film(size=(64, 48), moments=tuple(2 * number for number in range(frames)))
        return film.write(Path(folder)).read_bytes()


class FileServer:
    """Serves `files` by path.

    `troubles` are statuses that the next answers have instead. `cuts` are parts of their bodies after which the next
    connections end, without an error, for nothing says how long they would have been.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"/fox.png": png(), "/video.mp4": mp4()}
        self.troubles: deque[int] = deque()
        self.cuts: deque[float] = deque()
        self.asked: list[str] = []
        app = web.Application()
        app.router.add_get("/{path:.*}", self._serve)
        self.server = TestServer(app)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def serve(self, place: str, path: Path) -> str:
        """Serve a copy of a file at a path; return its URL."""
        self.files[place] = path.read_bytes()
        return self.url(place)

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        if self.troubles:
            return web.Response(status=self.troubles.popleft())
        content = self.files.get(request.path)
        if content is not None and self.cuts:
            assert request.transport is not None
            head = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n"
            request.transport.write(head + content[: int(len(content) * self.cuts.popleft())])
            request.transport.close()
        return web.Response(status=404) if content is None else web.Response(body=content)
