"""Opcodes, intents and close codes, and how a client's message is read.

https://docs.discord.com/developers/topics/opcodes-and-status-codes#gateway
"""

import json
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import TypeGuard

from sandbox.discord.json_types import JsonObject

VERSION = "10"
MAX_PAYLOAD = 4096  # bytes a client may send at once


class Opcode(IntEnum):
    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE_UPDATE = 3
    VOICE_STATE_UPDATE = 4
    RESUME = 6
    RECONNECT = 7
    REQUEST_GUILD_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class CloseCode(IntEnum):
    UNKNOWN_ERROR = 4000
    UNKNOWN_OPCODE = 4001
    DECODE_ERROR = 4002
    NOT_AUTHENTICATED = 4003
    AUTHENTICATION_FAILED = 4004
    ALREADY_AUTHENTICATED = 4005
    INVALID_SEQ = 4007
    RATE_LIMITED = 4008
    SESSION_TIMED_OUT = 4009
    INVALID_SHARD = 4010
    INVALID_API_VERSION = 4012
    INVALID_INTENTS = 4013


class Intent(IntFlag):
    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


# Discord also takes the bits in between that it does not document, which interactions.py sends.
ALL_INTENTS = (int(Intent.DIRECT_MESSAGE_POLLS) << 1) - 1


class ProtocolError(Exception):
    """The client broke the protocol; its connection is closed with `code`."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    id: int
    count: int

    def covers(self, guild_id: int | None) -> bool:
        """Tell whether a guild's events, or with `None` those of direct messages, belong to this shard."""
        return self.id == (0 if guild_id is None else (guild_id >> 22) % self.count)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identify:
    token: str
    intents: int
    shard: Shard


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume:
    token: str
    session_id: str
    seq: int


def frame(op: Opcode, data: object = None) -> str:
    """Encode a message other than a dispatch."""
    return json.dumps({"t": None, "s": None, "op": op, "d": data}, separators=(",", ":"))


def dispatch_frame(event: str, seq: int, encoded: str) -> str:
    """Encode a dispatch around data that is already JSON, so that many sessions can share it."""
    return f'{{"t":"{event}","s":{seq},"op":0,"d":{encoded}}}'


def decode(raw: str | bytes) -> tuple[int, object]:
    """Return a message's opcode and data; raises ProtocolError (4002) for what is no message."""
    if len(raw.encode() if isinstance(raw, str) else raw) > MAX_PAYLOAD:
        raise ProtocolError(CloseCode.DECODE_ERROR, "Payload too large.")
    try:
        message: object = json.loads(raw)
    except ValueError:
        raise ProtocolError(CloseCode.DECODE_ERROR, "Error while decoding payload.") from None
    if not is_object(message) or not is_int(op := message.get("op")):
        raise ProtocolError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
    return op, message.get("d")


def read_object(data: object) -> JsonObject:
    """Return the data of an opcode that carries an object."""
    if not is_object(data):
        raise ProtocolError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
    return data


def read_identify(data: object) -> Identify:
    """Return what IDENTIFY says; raises ProtocolError with 4002, 4010 or 4013 where it is wrong."""
    fields = read_object(data)
    token, intents = fields.get("token"), fields.get("intents")
    if not isinstance(token, str) or not is_object(fields.get("properties")) or not is_int(intents):
        raise ProtocolError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
    if intents & ~ALL_INTENTS:
        raise ProtocolError(CloseCode.INVALID_INTENTS, "Invalid intent(s).")
    return Identify(token=token, intents=intents, shard=_read_shard(fields.get("shard")))


def _read_shard(value: object) -> Shard:
    match value:
        case None:
            return Shard(id=0, count=1)
        case [int(shard_id), int(count)] if 0 <= shard_id < count:
            return Shard(id=shard_id, count=count)
        case _:
            raise ProtocolError(CloseCode.INVALID_SHARD, "Invalid shard.")


def read_resume(data: object) -> Resume:
    """Return what RESUME says; raises ProtocolError (4002) where it is wrong."""
    fields = read_object(data)
    token, session_id, seq = fields.get("token"), fields.get("session_id"), fields.get("seq")
    if not isinstance(token, str) or not isinstance(session_id, str) or not is_int(seq):
        raise ProtocolError(CloseCode.DECODE_ERROR, "Error while decoding payload.")
    return Resume(token=token, session_id=session_id, seq=seq)


def is_object(value: object) -> TypeGuard[JsonObject]:
    return isinstance(value, dict)


def is_int(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
