"""HTTP without a wire: what stands in for aiohttp's sessions hands each request to a simulated server, or loses it."""

# pyright: reportPrivateUsage=false
# It takes the place of what the libraries keep to themselves.

import asyncio
import contextvars
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any, Self

import aiohttp
from multidict import CIMultiDict
from yarl import URL


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as a server gets it; `files` are those of a form, by the names of their fields."""

    method: str
    url: URL
    body: Any = None
    files: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An answer: JSON, or a text that is none."""

    status: int = 200
    body: Any = None
    text: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What goes wrong with one request: it never leaves, its answer is lost, or is another than the server's."""

    before: float = 0.0  # seconds until the server has it
    after: float = 0.0  # seconds until its answer is here
    lost: bool = False  # the server never has it
    answer: Told | None = None  # in place of the server's
    cut: bool = False  # the server did it, and no answer comes
    refused: bool = False  # no connection opens


Serve = Callable[[Asked], Told]
Plan = Callable[[Asked], Trouble]


class Response:
    """What aiohttp's response has of what we read."""

    def __init__(self, told: Told, url: URL) -> None:
        content = told.text if told.text is not None else json.dumps(told.body)
        self._content = content.encode()
        kind = "text/html" if told.text is not None else "application/json"
        self.headers = CIMultiDict({"Content-Type": kind, **told.headers})
        self.status, self.url, self.reason, self.method = told.status, url, "", ""
        self.content_type = self.headers["Content-Type"].split(";")[0]
        self.content_length = len(self._content)
        self.ok = told.status < 400
        self.content = SimpleNamespace(iter_chunked=self._chunks)

    async def _chunks(self, _size: int) -> AsyncIterator[bytes]:
        yield self._content

    def close(self) -> None:
        """Nothing is open."""

    async def text(self, encoding: str = "utf-8") -> str:
        return self._content.decode(encoding)

    async def read(self) -> bytes:
        return self._content


class Session:
    """Takes the place of an `aiohttp.ClientSession` of one peer."""

    closed = False

    def __init__(
        self,
        serve: Serve,
        plan: Plan,
        trace: aiohttp.TraceConfig | None = None,
        *,
        leaves: Callable[[Asked], None] = lambda _asked: None,
    ) -> None:
        """`leaves` hears of each request that leaves."""
        self._serve = serve
        self._leaves = leaves
        self._plan = plan
        self._trace = trace
        if trace is not None:
            trace.freeze()

    async def close(self) -> None:
        self.closed = True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def request(self, method: str, url: str | URL, **options: Any) -> "_Exchange":
        return _Exchange(self._exchange(method, URL(url), options))

    def get(self, url: str | URL, **options: Any) -> "_Exchange":
        return self.request("GET", url, **options)

    async def _exchange(self, method: str, url: URL, options: Mapping[str, Any]) -> Response:
        limit = options.get("timeout")
        total = limit.total if isinstance(limit, aiohttp.ClientTimeout) else None
        try:
            async with asyncio.timeout(total):
                return await self._transfer(method, url, options)
        except TimeoutError:
            raise aiohttp.ServerTimeoutError from None

    async def _transfer(self, method: str, url: URL, options: Mapping[str, Any]) -> Response:
        if params := options.get("params"):
            url = url.update_query(params)
        await self._hear("on_request_start", method=method, url=url, headers=CIMultiDict())
        data = options.get("data")
        files = dict(_files(data))
        body = options.get("json") if data is None else _body(data)
        asked = Asked(method=method, url=url, body=body, files=files)
        trouble = self._plan(asked)
        if trouble.refused:
            raise aiohttp.ClientConnectionError("refused")
        await self._hear("on_connection_reuseconn")
        if isinstance(data, aiohttp.Payload):
            await data.write(_Sink())  # type: ignore[arg-type]
        self._leaves(asked)
        if trouble.lost:
            await asyncio.sleep(trouble.before)
            await self._nothing_comes(trouble)
        told = await self._served(asked, trouble)
        if trouble.cut and trouble.answer is None:
            await self._nothing_comes(trouble)
        await asyncio.sleep(trouble.after)
        response = Response(told, url)
        await self._hear("on_request_end", method=method, url=url, headers=CIMultiDict(), response=response)
        return response

    def _served(self, asked: Asked, trouble: Trouble) -> asyncio.Future[Told]:
        """Let a request arrive, also where who sent it is killed or frozen, or has given up, meanwhile."""
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[Told] = loop.create_future()

        def arrive() -> None:
            told = self._serve(asked) if trouble.answer is None or trouble.cut else trouble.answer
            if not answered.done():
                answered.set_result(trouble.answer or told)

        loop.call_later(trouble.before, arrive, context=contextvars.Context())
        return answered

    async def _nothing_comes(self, trouble: Trouble) -> None:
        await asyncio.sleep(trouble.after)
        raise aiohttp.ServerDisconnectedError

    async def _hear(self, name: str, **facts: Any) -> None:
        if self._trace is not None:
            await getattr(self._trace, name).send(self, SimpleNamespace(), SimpleNamespace(**facts))


class _Exchange:
    """What `session.request(...)` gives: to be awaited, or entered."""

    def __init__(self, work: Awaitable[Response]) -> None:
        self._work = work

    async def __aenter__(self) -> Response:
        return await self._work

    async def __aexit__(self, *_: object) -> None:
        return None

    def __await__(self) -> Any:
        return self._work.__await__()


class _Sink:
    async def write(self, _chunk: bytes) -> None:
        return None


def _body(data: Any) -> Any:
    if isinstance(data, aiohttp.FormData):
        for options, _, value in data._fields:
            if options.get("name") == "payload_json":
                return json.loads(value)
        return None
    if isinstance(data, aiohttp.Payload):
        data = data.decode()
    return json.loads(data) if data else None


def _files(data: Any) -> Any:
    if isinstance(data, aiohttp.FormData):
        for options, _, value in data._fields:
            if options.get("name", "").startswith("files["):
                yield options["name"], (options.get("filename"), value)
