"""One WebSocket: messages read in turn, ours written by a task of its own, so that no event waits."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from sandbox.discord.gateway.compression import Compress
from sandbox.discord.gateway.protocol import CloseCode, ProtocolError, decode

MAX_SENDS, SEND_WINDOW = 120, 60.0  # messages that a client may send, in seconds
MISSED_BEATS = 1.5  # intervals without a heartbeat after which a client counts as gone
CLOSE_GRACE = 5.0  # seconds that a client has to answer a close frame

Listener = Callable[[int, object], None]
"""Takes a message's opcode and data; raises ProtocolError to have the connection closed."""


@dataclass(frozen=True, slots=True)
class _Close:
    code: int
    reason: str


class Wire:
    """A prepared WebSocket, with compression, the limit on sends and the watch over heartbeats.

    `heartbeat_interval` is in seconds, `clock` tells seconds.
    """

    def __init__(
        self,
        socket: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        compress: Compress | None,
        heartbeat_interval: float,
        clock: Callable[[], float],
    ) -> None:
        self._socket = socket
        self._transport = transport
        self._compress = compress
        self._patience = heartbeat_interval * MISSED_BEATS
        self._clock = clock
        self._loop = asyncio.get_running_loop()
        self._outbox: asyncio.Queue[str | _Close] = asyncio.Queue()
        self._sends: deque[float] = deque(maxlen=MAX_SENDS)
        self._timer = self._loop.call_later(self._patience, self._time_out)
        self._closed_with: int | None = None

    @property
    def closed_with(self) -> int | None:
        """The code with which this side closed; `None` while it did not."""
        return self._closed_with

    @property
    def client_closed_with(self) -> int | None:
        """The code with which the client closed by itself; `None` if it did not."""
        return None if self._closed_with else self._socket.close_code

    def send(self, frame: str) -> None:
        """Have a frame written after all that were sent before; never waits."""
        self._outbox.put_nowait(frame)

    def close(self, code: int, reason: str = "") -> None:
        """Close after all frames sent so far; a client that does not answer is cut off."""
        if self._closed_with is None:
            self._closed_with = code
            self._outbox.put_nowait(_Close(code, reason))
            self._set_timer(CLOSE_GRACE, self.abort)

    def abort(self) -> None:
        """Cut the connection without a word."""
        if self._transport:
            self._transport.abort()

    def heard_heartbeat(self) -> None:
        if self._closed_with is None:
            self._set_timer(self._patience, self._time_out)

    async def run(self, listener: Listener) -> None:
        """Pass on the client's messages until the connection ends, whoever ends it."""
        writer = asyncio.create_task(self._write(), name="gateway writer")
        try:
            async for message in self._socket:
                if message.type in {WSMsgType.TEXT, WSMsgType.BINARY} and self._closed_with is None:
                    self._receive(message.data, listener)
        finally:
            if self._closed_with is None:
                writer.cancel()
            await asyncio.wait({writer})
            self._timer.cancel()

    def _receive(self, raw: str | bytes, listener: Listener) -> None:
        try:
            self._count_send()
            listener(*decode(raw))
        except ProtocolError as error:
            self.close(error.code, error.reason)

    def _count_send(self) -> None:
        now = self._clock()
        if len(self._sends) == MAX_SENDS and now - self._sends[0] < SEND_WINDOW:
            raise ProtocolError(CloseCode.RATE_LIMITED, "You are being rate limited.")
        self._sends.append(now)

    async def _write(self) -> None:
        try:
            while not isinstance(item := await self._outbox.get(), _Close):
                if self._compress:
                    await self._socket.send_bytes(self._compress(item.encode()))
                else:
                    await self._socket.send_str(item)
            await self._socket.close(code=item.code, message=item.reason.encode())
        except ConnectionError:
            return  # the client is gone, and the reader notices too

    def _time_out(self) -> None:
        self.close(CloseCode.SESSION_TIMED_OUT, "Session timed out.")

    def _set_timer(self, delay: float, action: Callable[[], None]) -> None:
        self._timer.cancel()
        self._timer = self._loop.call_later(delay, action)
