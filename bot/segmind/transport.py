"""What a plain aiohttp session does not give: a body that knows whether it left, one attempt only, capped reading."""

from collections.abc import Callable
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from aiohttp.payload import Payload

_CHUNK = 64 * 1024  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Lost:
    """No answer came. `sent` unless nothing of the request can have left; `late` if the deadline forbade it."""

    reason: str
    sent: bool
    late: bool


class GuardedBody(Payload):
    """A request body that leaves before a deadline or not at all, and remembers which.

    aiohttp asks for the body once the connection stands, and holds the headers back until its first byte. So the
    deadline is judged right before the request leaves, however long connecting took, and as long as
    `started` is False the server has received nothing.
    """

    def __init__(self, content: bytes, *, not_after: float | None, clock: Callable[[], float]) -> None:
        super().__init__(content)
        self._content = content
        self._size = len(content)
        self._not_after = not_after
        self._clock = clock
        self.started = False
        self.late = False

    async def write(self, writer: AbstractStreamWriter) -> None:
        if self._not_after is not None and self._clock() > self._not_after:
            self.late = True
            raise aiohttp.ClientConnectionError("the deadline for sending has passed")
        self.started = True
        for start in range(0, len(self._content), _CHUNK):
            await writer.write(self._content[start : start + _CHUNK])

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        return self._content.decode(encoding, errors)


class OneAttempt:
    """Middleware that stops aiohttp from repeating a GET by itself, which would be a request outside the budget."""

    def __init__(self) -> None:
        self._used = False

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        if self._used:
            raise aiohttp.ClientConnectionError("the connection was closed before an answer came")
        self._used = True
        return await handler(request)


async def read_capped(content: aiohttp.StreamReader, cap: int) -> tuple[bytes, bool]:
    """Return the first `cap` bytes of a body, and whether that is all of it."""
    body = bytearray()
    async for chunk in content.iter_chunked(_CHUNK):
        body += chunk
        if len(body) > cap:
            return bytes(body[:cap]), False
    return bytes(body), True
