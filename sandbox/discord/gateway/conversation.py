"""What is said on one connection: HELLO, then IDENTIFY or RESUME, then events and heartbeats."""

import asyncio
from collections.abc import Callable
from typing import Protocol

from sandbox.discord.gateway.protocol import (
    VERSION,
    CloseCode,
    Intent,
    Opcode,
    ProtocolError,
    Resume,
    frame,
    is_int,
    read_identify,
    read_object,
    read_resume,
)
from sandbox.discord.gateway.session import Session, Sessions, SessionStarts
from sandbox.discord.gateway.source import GatewaySource
from sandbox.discord.gateway.wire import Wire
from sandbox.discord.json_types import JsonObject

CLIENT_ENDS_SESSION = frozenset({1000, 1001})
SERVER_ENDS_SESSION = frozenset({CloseCode.INVALID_SEQ, CloseCode.SESSION_TIMED_OUT})


class Host(Protocol):
    """What all conversations share."""

    refuse_resume: bool
    refuse_identify: int | None

    @property
    def source(self) -> GatewaySource: ...
    @property
    def registry(self) -> Sessions: ...
    @property
    def starts(self) -> SessionStarts: ...
    def address(self) -> str: ...
    def publish(self, session: Session, event: str, data: JsonObject) -> None: ...


class Conversation:
    """One client's side of the protocol; `session` is what it has identified or resumed, if anything."""

    def __init__(self, host: Host, wire: Wire) -> None:
        self.session: Session | None = None
        self.wire = wire
        self._host = host
        self._ended = asyncio.Event()
        self._handlers: dict[int, Callable[[object], None]] = {
            Opcode.HEARTBEAT: self._heartbeat,
            Opcode.IDENTIFY: self._identify,
            Opcode.RESUME: self._resume,
            Opcode.PRESENCE_UPDATE: self._accept,
            Opcode.VOICE_STATE_UPDATE: self._accept,
            Opcode.REQUEST_GUILD_MEMBERS: self._request_members,
        }

    async def run(self, *, heartbeat_interval: float) -> None:
        """Speak until the connection ends; `heartbeat_interval` is in seconds."""
        interval = int(heartbeat_interval * 1000)
        self.wire.send(frame(Opcode.HELLO, {"heartbeat_interval": interval, "_trace": []}))
        try:
            await self.wire.run(self._hear)
        finally:
            self._part()
            self._ended.set()

    async def ended(self) -> None:
        """Wait until the connection has ended."""
        await self._ended.wait()

    def request_heartbeat(self) -> None:
        self.wire.send(frame(Opcode.HEARTBEAT))

    def request_reconnect(self) -> None:
        self.wire.send(frame(Opcode.RECONNECT))

    def invalidate(self, *, resumable: bool) -> None:
        """Tell the client that its session is invalid; unless `resumable`, it is."""
        if self.session and not resumable:
            self._host.registry.forget(self.session)
            self.session = None
        self.wire.send(frame(Opcode.INVALID_SESSION, resumable))

    def _hear(self, op: int, data: object) -> None:
        handler = self._handlers.get(op)
        if handler is None:
            raise ProtocolError(CloseCode.UNKNOWN_OPCODE, "Unknown opcode.")
        handler(data)

    def _heartbeat(self, data: object) -> None:
        if data is not None and not is_int(data):
            raise ProtocolError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
        self.wire.heard_heartbeat()
        self.wire.send(frame(Opcode.HEARTBEAT_ACK))

    def _identify(self, data: object) -> None:
        self._require_no_session()
        identify = read_identify(data)
        self._require_token(identify.token)
        host, shard = self._host, identify.shard
        if host.refuse_identify is not None:
            self.wire.close(host.refuse_identify)
            return
        if not host.starts.take():  # Discord resets the token of a bot that goes on identifying
            raise ProtocolError(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")
        self.session = session = host.registry.open(identify, self.wire)
        ready = host.source.ready(shard.id, shard.count, identify.intents)
        host.publish(
            session,
            "READY",
            {
                "v": int(VERSION),
                **ready,
                "session_id": session.id,
                "resume_gateway_url": host.address(),
                "shard": [shard.id, shard.count],
            },
        )
        if identify.intents & Intent.GUILDS:
            for guild in host.source.guild_creates(shard.id, shard.count):
                host.publish(session, "GUILD_CREATE", guild)

    def _resume(self, data: object) -> None:
        self._require_no_session()
        resume = read_resume(data)
        self._require_token(resume.token)
        session = self._host.registry.find(resume.session_id)
        missed = session.missed_since(resume.seq) if session and self._may_resume(session, resume) else None
        if session is None or missed is None:
            self.invalidate(resumable=False)
            return
        if session.sink:
            session.sink.close(CloseCode.UNKNOWN_ERROR, "Session resumed elsewhere.")
        self.session, session.sink = session, self.wire
        for each in missed:
            self.wire.send(each)
        self._host.publish(session, "RESUMED", {"_trace": []})

    def _may_resume(self, session: Session, resume: Resume) -> bool:
        """Tell whether the client may resume the session; raises ProtocolError (4007) for a wrong `seq`."""
        if self._host.refuse_resume or session.token != resume.token:
            return False
        if not 0 <= resume.seq <= session.seq:
            raise ProtocolError(CloseCode.INVALID_SEQ, "Invalid seq.")
        return True

    def _accept(self, data: object) -> None:
        self._require_session()
        read_object(data)

    def _request_members(self, data: object) -> None:
        session = self._require_session()
        for chunk in self._host.source.request_members(read_object(data)):
            self._host.publish(session, "GUILD_MEMBERS_CHUNK", chunk)

    def _require_session(self) -> Session:
        if self.session is None:
            raise ProtocolError(CloseCode.NOT_AUTHENTICATED, "Not authenticated.")
        return self.session

    def _require_no_session(self) -> None:
        if self.session:
            raise ProtocolError(CloseCode.ALREADY_AUTHENTICATED, "Already authenticated.")

    def _require_token(self, token: str) -> None:
        if not self._host.source.authenticate(token):
            raise ProtocolError(CloseCode.AUTHENTICATION_FAILED, "Authentication failed.")

    def _part(self) -> None:
        """Leave the session to be resumed, unless the way the connection ended ends it too."""
        session = self.session
        if session is None or session.sink is not self.wire:
            return  # nothing to leave, or it was resumed elsewhere
        ended = self.wire.client_closed_with in CLIENT_ENDS_SESSION or self.wire.closed_with in SERVER_ENDS_SESSION
        if ended:
            self._host.registry.forget(session)
        else:
            self._host.registry.lose(session)
