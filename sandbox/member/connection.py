"""Speaks the sandbox's control side: requests as JSON or with files, and the events of one user."""

import asyncio
import io
import json
import mimetypes
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import aiohttp

from sandbox.discord.json_types import JsonObject


class ControlError(Exception):
    """The sandbox refused; `status` is the HTTP status."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(f"{status}: {sentence}")
        self.status = status
        self.sentence = sentence


class NotOffered(ControlError):
    """A member's client would not let them do this."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file from memory."""

    data: bytes
    filename: str
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """What reached a member's client: Discord's event name and data."""

    name: str
    data: JsonObject


class Files:
    """Numbers the files of one request, which the JSON names as `{"upload": n}`."""

    def __init__(self) -> None:
        self.uploads: list[Upload] = []

    def encode(self, value: object) -> object:
        """Return a value as JSON takes it: files numbered, lists likewise, anything with an id by it."""
        if isinstance(value, Path):
            value = Upload(value.read_bytes(), value.name)
        if isinstance(value, Upload):
            self.uploads.append(value)
            return {"upload": len(self.uploads) - 1}
        if isinstance(value, list):
            return [self.encode(each) for each in cast("list[object]", value)]
        subject = getattr(value, "id", None)
        return str(subject) if isinstance(subject, int) else value


class Connection:
    """Control requests over one HTTP session."""

    def __init__(self, session: aiohttp.ClientSession, control_url: str) -> None:
        self.session = session
        self.url = f"{control_url.rstrip('/')}/sandbox"

    async def get(self, path: str) -> JsonObject:
        async with self.session.get(f"{self.url}/{path}") as response:
            return await _read(response)

    async def post(self, path: str, payload: JsonObject, uploads: list[Upload] | None = None) -> JsonObject:
        """Send a payload, with files where there are some."""
        if not uploads:
            async with self.session.post(f"{self.url}/{path}", json=payload) as response:
                return await _read(response)
        form = aiohttp.FormData({"payload_json": json.dumps(payload)}, quote_fields=False)
        for number, upload in enumerate(uploads):
            guessed = upload.content_type or mimetypes.guess_type(upload.filename)[0]
            form.add_field(
                f"files[{number}]",
                io.BytesIO(upload.data),
                filename=upload.filename,
                content_type=guessed or "application/octet-stream",
            )
        async with self.session.post(f"{self.url}/{path}", data=form) as response:
            return await _read(response)

    async def download(self, url: str) -> bytes:
        """Fetch a file as a browser does; raises `ControlError` with the status if it is not served."""
        async with self.session.get(url) as response:
            if response.status != 200:
                raise ControlError(response.status, await response.text())
            return await response.read()


class EventStream:
    """The events of one user: each is handed to `receive`, and to everyone who listens."""

    def __init__(self, connection: Connection, user_id: int, receive: Callable[[Event], None]) -> None:
        self._connection = connection
        self._url = f"{connection.url}/users/{user_id}/events"
        self._receive = receive
        self._listeners: list[asyncio.Queue[Event | None]] = []
        self._changed = asyncio.Condition()
        self._opening = asyncio.Lock()
        self._ready = asyncio.Event()
        self._reader: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Connect and wait for the first event, which tells how things stand; again does nothing."""
        async with self._opening:
            if self._reader is None:
                socket = await self._connection.session.ws_connect(self._url, max_msg_size=0)
                self._reader = asyncio.create_task(self._read(socket), name="events of a member")
        await self._ready.wait()

    async def until(self, condition: Callable[[], bool], timeout: float) -> None:  # noqa: ASYNC109
        """Wait until a condition holds, looked at after each event; raises `TimeoutError`."""
        async with asyncio.timeout(timeout), self._changed:
            await self._changed.wait_for(lambda: condition() or self._is_over())
        if not condition():
            raise ConnectionError("the sandbox ended the connection")

    async def listen(self) -> AsyncGenerator[Event]:
        """Yield each event from now on, until the sandbox ends."""
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        self._listeners.append(queue)
        try:
            while (event := await queue.get()) is not None:
                yield event
        finally:
            self._listeners.remove(queue)

    async def close(self) -> None:
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)

    def _is_over(self) -> bool:
        return self._reader is not None and self._reader.done()

    async def _read(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        try:
            async with socket:
                async for message in socket:
                    decoded = json.loads(message.data)
                    await self._publish(Event(decoded["event"], decoded["data"]))
        finally:
            self._ready.set()
            for queue in self._listeners:
                queue.put_nowait(None)
            asyncio.get_running_loop().call_soon(self._wake_later)

    async def _publish(self, event: Event) -> None:
        """Hand an event on: whoever follows all events gets it before those who wait for what it brought."""
        async with self._changed:
            self._receive(event)
            for queue in self._listeners:
                queue.put_nowait(event)
            self._changed.notify_all()
        self._ready.set()

    def _wake_later(self) -> None:
        """Wake those who wait, now that the reader is done."""
        self._waking = asyncio.ensure_future(self._wake())

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()


async def _read(response: aiohttp.ClientResponse) -> JsonObject:
    body = await response.json()
    if response.status == 400:
        raise NotOffered(400, body["error"])
    if response.status >= 400:
        raise ControlError(response.status, body["error"])
    return body
