"""Serves the page's own files, sample images, and the local Segmind as the page sees it."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, cast

import aiohttp
from aiohttp import WSMsgType, web

from sandbox.sample import sample_images
from sandbox.segmind.control.client import SegmindControl

FILES: Final = Path(__file__).parent / "page"
KINDS: Final = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
}
# Nothing but what this server gives; `blob:` shows a file that was chosen and is not sent yet.
POLICY: Final = (
    "default-src 'self'; img-src 'self' blob:; media-src 'self' blob:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}
AGAIN_AFTER: Final = 1.0  # seconds until a Segmind that is gone is looked for again

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Page:
    """The routes of the page, for an application that has the control side of the local Discord too.

    `segmind` is the control of the local Segmind, `None` where there is none. Into `folder` go the sample pictures,
    which a visitor may use for want of their own; they are drawn when somebody asks for them.
    """

    def __init__(self, segmind: SegmindControl | None, folder: Path) -> None:
        self._segmind = segmind
        self._folder = folder
        self._drawing = asyncio.Lock()
        self._drawn: dict[str, Path] = {}
        self._sockets: set[web.WebSocketResponse] = set()

    @classmethod
    @asynccontextmanager
    async def open(cls, segmind_control_url: str | None) -> AsyncGenerator["Page"]:
        """Be ready to serve, and to speak to Segmind's control at an address, if there is one."""
        with TemporaryDirectory(prefix="page-") as folder:
            async with aiohttp.ClientSession() as session:
                segmind = SegmindControl(segmind_control_url, session) if segmind_control_url else None
                page = cls(segmind, Path(folder))
                try:
                    yield page
                finally:
                    await page.close()

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/", self.index),
            web.get("/page/{path:.+}", self.file),
            web.get("/samples", self.samples),
            web.get("/samples/{name}", self.sample),
            web.get("/segmind/events", self.segmind_events),
            web.post("/segmind/{action}", self.steer_segmind),
        ]

    async def index(self, _request: web.Request) -> web.StreamResponse:
        """Answer the page, with all its modules named, so that a browser need not find them one behind the other."""
        modules = sorted(each.relative_to(FILES).as_posix() for each in FILES.rglob("*.js"))
        response = _served(FILES / "index.html")
        response.headers["Link"] = ", ".join(f"</page/{each}>; rel=modulepreload" for each in modules)
        return response

    async def file(self, request: web.Request) -> web.StreamResponse:
        """Answer one of the page's files; nothing outside its folder."""
        path = (FILES / request.match_info["path"]).resolve()
        if not path.is_relative_to(FILES) or path.suffix not in KINDS or not path.is_file():
            raise web.HTTPNotFound
        return _served(path)

    async def samples(self, _request: web.Request) -> web.Response:
        return web.json_response([{"name": name, "url": f"/samples/{name}"} for name in await self._pictures()])

    async def sample(self, request: web.Request) -> web.StreamResponse:
        path = (await self._pictures()).get(request.match_info["name"])
        if path is None:
            raise web.HTTPNotFound
        return _served(path)

    async def segmind_events(self, request: web.Request) -> web.StreamResponse:
        """Send the whole state of the local Segmind, at once and after every change; `null` while it is away."""
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._sockets.add(socket)
        sender = asyncio.create_task(self._follow(socket), name="the page's view of Segmind")
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
        finally:
            sender.cancel()
            self._sockets.discard(socket)
        return socket

    async def steer_segmind(self, request: web.Request) -> web.Response:
        """Hand a wish on to Segmind's control: `faults` (those in force from now on), `settings` or `clock`."""
        if self._segmind is None:
            raise web.HTTPNotFound
        try:
            wish = json.loads(await request.read())
            match request.match_info["action"]:
                case "faults":
                    await self._segmind.clear_faults()
                    await self._segmind.add_faults(*wish)
                case "settings":
                    await self._segmind.configure(**cast("dict[str, object]", wish))
                case "clock":
                    await self._segmind.advance(float(wish["seconds"]))
                case _:
                    raise web.HTTPNotFound
        except aiohttp.ClientResponseError as error:
            return web.json_response({"error": error.message}, status=error.status)
        except (ValueError, KeyError, TypeError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response({})

    async def close(self) -> None:
        for socket in list(self._sockets):
            await socket.close()

    async def _pictures(self) -> dict[str, Path]:
        async with self._drawing:
            if not self._drawn:
                paths = await asyncio.to_thread(sample_images, self._folder)
                self._drawn = {each.name: each for each in paths}
        return self._drawn

    async def _follow(self, socket: web.WebSocketResponse) -> None:
        version: int | None = None
        with suppress(ConnectionError):  # the visitor is gone, which the handler notices itself
            while True:
                try:
                    state = None if self._segmind is None else await self._segmind.state(after=version)
                except aiohttp.ClientError:
                    state = None
                await socket.send_json(state)
                if state is None:
                    await asyncio.sleep(AGAIN_AFTER)
                version = None if state is None else state["version"]


def _served(path: Path) -> web.FileResponse:
    return web.FileResponse(path, headers={**HEADERS, "Content-Type": KINDS[path.suffix]})
