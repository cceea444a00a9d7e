"""Real images and videos, and a server that has them."""

import io
from collections import deque
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from aiohttp import web
from aiohttp.test_utils import TestServer
from PIL import Image


@cache
def png(width: int = 400, height: int = 320, colour: str = "teal") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


@cache
def mp4(*, frames: int = 5) -> bytes:
    """Make a tiny video that plays."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as film:
        stream = film.add_stream("mpeg4", rate=Fraction(5))
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(frames):
            picture = Image.new("RGB", (64, 48), (number * 40 % 256, 80, 160))
            film.mux(stream.encode(av.VideoFrame.from_image(picture)))
        film.mux(stream.encode(None))
    return buffer.getvalue()


class FileServer:
    """Serves `files` by path; `troubles` are statuses that the next answers have instead."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {"/fox.png": png(), "/video.mp4": mp4()}
        self.troubles: deque[int] = deque()
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
        return web.Response(status=404) if content is None else web.Response(body=content)
