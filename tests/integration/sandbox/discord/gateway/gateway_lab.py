"""A gateway served on loopback with one bot in two guilds, and a client that knows nothing but frames."""

import json
from collections.abc import Callable, Iterable
from typing import Self, cast

import aiohttp
import yarl
from aiohttp import web

from sandbox.discord.gateway import Gateway, Intent, Opcode
from sandbox.discord.json_types import JsonObject

TOKEN = "bot-token"
USER: JsonObject = {
    "id": "100",
    "username": "reel",
    "discriminator": "0000",
    "global_name": None,
    "avatar": None,
    "bot": True,
}
APPLICATION: JsonObject = {
    "id": "100",
    "name": "Reel",
    "description": "",
    "icon": None,
    "bot_public": False,
    "bot_require_code_grant": False,
    "verify_key": "",
    "flags": 0,
    "owner": USER,
}
GUILD_OF_SHARD_0, GUILD_OF_SHARD_1 = 4 << 22, 5 << 22
GUILDS = (GUILD_OF_SHARD_0, GUILD_OF_SHARD_1)
PATIENCE = 30.0  # seconds for a frame to come, on a machine that has much else to do
PROPERTIES = {"os": "linux", "browser": "test", "device": "test"}


class Source:
    """One bot in two guilds, which two shards would share."""

    def authenticate(self, token: str) -> bool:
        return token == TOKEN

    def ready(self, shard_id: int, shard_count: int, intents: int) -> JsonObject:
        guilds = [{"id": str(each), "unavailable": True} for each in self._guilds(shard_id, shard_count)]
        return {"user": USER, "application": {"id": "100", "flags": 0}, "guilds": guilds}

    def guild_creates(self, shard_id: int, shard_count: int) -> Iterable[JsonObject]:
        for guild_id in self._guilds(shard_id, shard_count):
            yield {
                "id": str(guild_id),
                "name": f"Guild {guild_id}",
                "owner_id": "1",
                "member_count": 1,
                "members": [{"user": USER, "roles": [], "joined_at": "2026-01-01T00:00:00+00:00", "flags": 0}],
                "roles": [],
                "channels": [],
            }

    def request_members(self, data: JsonObject) -> Iterable[JsonObject]:
        for index in range(2):
            yield {"guild_id": data["guild_id"], "members": [], "chunk_index": index, "chunk_count": 2}

    @staticmethod
    def _guilds(shard_id: int, shard_count: int) -> list[int]:
        return [each for each in GUILDS if (each >> 22) % shard_count == shard_id]


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Client:
    """A gateway client that knows nothing but frames."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, decompress: Callable[[bytes], bytes]) -> None:
        self.socket = socket
        self._decompress = decompress

    async def send(self, op: int, data: object = None) -> None:
        await self.socket.send_str(json.dumps({"op": op, "d": data}))

    async def identify(self, **fields: object) -> JsonObject:
        """Identify and return READY's whole frame."""
        await self.send(Opcode.IDENTIFY, identify(**fields))
        return await self.event("READY")

    async def resume(self, session_id: str, seq: int) -> None:
        await self.send(Opcode.RESUME, {"token": TOKEN, "session_id": session_id, "seq": seq})

    async def next(self) -> JsonObject:
        message = await self.socket.receive(timeout=PATIENCE)
        assert message.type in {aiohttp.WSMsgType.TEXT, aiohttp.WSMsgType.BINARY}, message
        raw = self._decompress(message.data) if isinstance(message.data, bytes) else message.data
        return cast("JsonObject", json.loads(raw))

    async def event(self, name: str) -> JsonObject:
        """Return the next frame of that event, skipping others."""
        while (frame := await self.next())["t"] != name:
            pass
        return frame

    async def opcode(self, op: Opcode) -> JsonObject:
        while (frame := await self.next())["op"] != op:
            pass
        return frame

    async def close_code(self) -> int | None:
        """Read on until the server closes, and return its code."""
        while (await self.socket.receive(timeout=PATIENCE)).type not in {
            aiohttp.WSMsgType.CLOSE,
            aiohttp.WSMsgType.CLOSED,
        }:
            pass
        return self.socket.close_code


class Lab:
    """A gateway served on loopback, and clients of it."""

    def __init__(self, *, heartbeat_interval: float = 41.25) -> None:
        self.clock = Clock()
        self.gateway = Gateway(Source(), url=self.url, clock=self.clock, heartbeat_interval=heartbeat_interval)
        self._http = aiohttp.ClientSession()
        app = web.Application()
        app.router.add_get("/", self.gateway.handle)
        app.router.add_get("/api/{route:.+}", self._answer)
        self._runner = web.AppRunner(app)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.close()
        await self.gateway.close()
        await self._runner.cleanup()

    def url(self) -> str:
        return str(self.address.with_scheme("ws"))

    @property
    def address(self) -> yarl.URL:
        host, port = self._runner.addresses[0]
        return yarl.URL.build(scheme="http", host=host, port=port, path="/")

    async def connect(self, query: str = "?v=10&encoding=json", decompress: Callable[[bytes], bytes] = bytes) -> Client:
        client = Client(await self._http.ws_connect(self.url() + query), decompress)
        assert (await client.next())["op"] == Opcode.HELLO
        return client

    async def _answer(self, request: web.Request) -> web.Response:
        """Answer the requests with which discord.py logs in."""
        answers: dict[str, JsonObject] = {
            "gateway/bot": self.gateway.describe(2),
            "users/@me": USER,
            "oauth2/applications/@me": APPLICATION,
        }
        body = json.dumps(answers[request.match_info["route"]])
        return web.Response(body=body, headers={"Content-Type": "application/json"})


def identify(**fields: object) -> JsonObject:
    return {"token": TOKEN, "intents": int(Intent.GUILDS), "properties": PROPERTIES, **fields}
