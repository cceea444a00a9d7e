"""The gateway itself: takes connections, hands events to the sessions they concern, and fails on demand."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator

from aiohttp import web

from sandbox.discord.gateway.compression import STREAMS
from sandbox.discord.gateway.conversation import Conversation
from sandbox.discord.gateway.protocol import MAX_PAYLOAD, VERSION, CloseCode
from sandbox.discord.gateway.session import STARTS_PER_DAY, Session, Sessions, SessionStarts, SessionView
from sandbox.discord.gateway.source import GatewaySource
from sandbox.discord.gateway.wire import CLOSE_GRACE, Wire
from sandbox.discord.json_types import JsonObject

HEARTBEAT_INTERVAL = 41.25  # seconds
GOING_AWAY = 1001

Observer = Callable[[str, int, JsonObject], None]
"""Takes an event's name, the shard it went to and its data."""


class Gateway:
    """Serves the gateway's WebSocket at `url()`; `heartbeat_interval` is in seconds, `clock` tells seconds.

    `wall_clock` tells Unix seconds, by which starts of sessions are counted. `refuse_resume` turns every RESUME
    down, `refuse_identify` is a code to close with upon every IDENTIFY, `deliveries` how often a session is told of an
    interaction. `observer` is told each dispatch, once per session it goes to, `presence` whether any client is
    connected, whenever one comes or goes.
    """

    def __init__(
        self,
        source: GatewaySource,
        *,
        url: Callable[[], str],
        heartbeat_interval: float = HEARTBEAT_INTERVAL,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.source = source
        self.refuse_resume = False
        self.deliveries = 1
        self.refuse_identify: int | None = None
        self.starts = SessionStarts(wall_clock)
        self.observer: Observer | None = None
        self.presence: Callable[[bool], None] | None = None
        self.registry = Sessions(clock)
        self._url = url
        self._heartbeat_interval = heartbeat_interval
        self._clock = clock
        self._conversations: set[Conversation] = set()

    @property
    def sessions(self) -> tuple[SessionView, ...]:
        """How all sessions stand that are connected or may still be resumed."""
        return tuple(session.view() for session in self.registry)

    @property
    def is_connected(self) -> bool:
        """Tell whether a client is logged in and connected."""
        return any(session.sink is not None for session in self.registry)

    def address(self) -> str:
        return self._url()

    def describe(self, shards: int) -> JsonObject:
        """Return what `GET /gateway/bot` answers."""
        return {
            "url": self._url(),
            "shards": shards,
            "session_start_limit": {
                "total": STARTS_PER_DAY,
                "remaining": self.starts.remaining,
                "reset_after": int(self.starts.reset_after * 1000),  # milliseconds
                "max_concurrency": 1,
            },
        }

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one client until its connection ends."""
        socket = web.WebSocketResponse(timeout=CLOSE_GRACE, max_msg_size=4 * MAX_PAYLOAD, compress=False)
        await socket.prepare(request)
        compress = request.query.get("compress")
        wire = Wire(
            socket,
            request.transport,
            compress=STREAMS[compress]() if compress in STREAMS else None,
            heartbeat_interval=self._heartbeat_interval,
            clock=self._clock,
        )
        if request.query.get("v") != VERSION:
            wire.close(CloseCode.INVALID_API_VERSION, "Invalid API version.")
        elif request.query.get("encoding", "json") != "json" or compress not in {None, *STREAMS}:
            wire.close(CloseCode.DECODE_ERROR, "Only JSON is spoken here, plain or in a zlib or zstd stream.")
        conversation = Conversation(self, wire)
        self._conversations.add(conversation)
        try:
            await conversation.run(heartbeat_interval=self._heartbeat_interval)
        finally:
            self._conversations.discard(conversation)
            self._tell_presence()
        return socket

    def dispatch(self, event: str, data: JsonObject, *, guild_id: int | None = None, intent: int = 0) -> None:
        """Send an event to the sessions whose shard covers the guild (no guild: direct messages, shard 0).

        With `intent`, only sessions that asked for it (any of its bits) are told. Sessions without a
        connection keep the event for their RESUME. `data` is encoded at once: later changes are not seen.
        """
        encoded = _encode(data)
        for session in self.registry:
            if session.shard.covers(guild_id) and (not intent or session.intents & intent):
                for _ in range(self.deliveries if event == "INTERACTION_CREATE" else 1):
                    self._deliver(session, event, data, encoded)

    def publish(self, session: Session, event: str, data: JsonObject) -> None:
        """Send an event to one session."""
        self._deliver(session, event, data, _encode(data))
        if event in {"READY", "RESUMED"}:
            self._tell_presence()

    def drop(self, shard_id: int | None = None, *, code: int | None = None) -> None:
        """End the connections of a shard, or all: with a close code, or by cutting them off."""
        for conversation in self._of_shard(shard_id):
            if code is None:
                conversation.wire.abort()
            else:
                conversation.wire.close(code)

    def request_heartbeat(self) -> None:
        """Ask every client for a heartbeat at once."""
        for conversation in self._of_shard(None):
            conversation.request_heartbeat()

    def request_reconnect(self) -> None:
        """Ask every client to reconnect and resume."""
        for conversation in self._of_shard(None):
            conversation.request_reconnect()

    def invalidate(self, resumable: bool) -> None:
        """Tell every client that its session is invalid; unless `resumable`, all sessions end."""
        for conversation in self._of_shard(None):
            conversation.invalidate(resumable=resumable)
        if not resumable:
            for session in self.registry:
                self.registry.forget(session)

    async def close(self) -> None:
        """Close every connection and wait for its end; a client that does not answer is cut off."""
        self.drop(code=GOING_AWAY)
        await asyncio.gather(*(conversation.ended() for conversation in self._conversations))

    def _tell_presence(self) -> None:
        if self.presence:
            self.presence(self.is_connected)

    def _of_shard(self, shard_id: int | None) -> Iterator[Conversation]:
        for conversation in tuple(self._conversations):
            session = conversation.session
            if shard_id is None or (session and session.shard.id == shard_id):
                yield conversation

    def _deliver(self, session: Session, event: str, data: JsonObject, encoded: str) -> None:
        session.push(event, encoded)
        if self.observer:
            self.observer(event, session.shard.id, data)


def _encode(data: JsonObject) -> str:
    return json.dumps(data, separators=(",", ":"))
