"""What the local Discord's tests share: a bare REST client, a bot that only listens, and pictures."""

import asyncio
import io
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
import discord
from PIL import Image

from sandbox.discord.json_types import JsonObject
from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.world import Channel, Guild
from sandbox.member import InteractionResult, Member, Upload


def png(width: int = 320, height: int = 400, colour: str = "teal") -> bytes:
    """Draw a PNG of one colour."""
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return buffer.getvalue()


def guild(sandbox: DiscordSandbox, name: str = "Film Club") -> Guild:
    return next(each for each in sandbox.world.guilds.values() if each.name == name)


def channel(sandbox: DiscordSandbox, name: str = "videos", *, at: str = "Film Club") -> Channel:
    return next(each for each in guild(sandbox, at).channels.values() if each.name == name)


@dataclass(frozen=True, slots=True)
class Reply:
    """What REST answered."""

    status: int
    body: Any
    headers: Mapping[str, str]

    @property
    def code(self) -> int:
        """Return Discord's error code."""
        return self.body["code"]


class Rest:
    """Discord's REST API, spoken without a library."""

    def __init__(self, session: aiohttp.ClientSession, sandbox: DiscordSandbox) -> None:
        self._session = session
        self._api = sandbox.describe()["api_url"]
        self._headers = {"Authorization": f"Bot {sandbox.world.token}"}

    async def call(
        self,
        method: str,
        path: str,
        payload: object = None,
        *,
        files: Sequence[Upload] = (),
        token: str | None = None,
    ) -> Reply:
        """Send a request, as multipart where there are files; `token` replaces the bot's."""
        headers = self._headers if token is None else {"Authorization": token}
        options: dict[str, Any] = {"json": payload} if payload is not None else {}
        if files:
            form = aiohttp.FormData({"payload_json": json.dumps(payload or {})}, quote_fields=False)
            for number, file in enumerate(files):
                form.add_field(f"files[{number}]", io.BytesIO(file.data), filename=file.filename)
            options = {"data": form}
        async with self._session.request(method, self._api + path, headers=headers, **options) as response:
            raw = await response.read()
            is_json = response.headers.get("Content-Type") == "application/json"
            return Reply(response.status, json.loads(raw) if is_json else raw, dict(response.headers))

    async def outside(self, method: str, path: str) -> Reply:
        """Send a request to the sandbox's own side."""
        origin = self._api.removesuffix("/api/v10")
        async with self._session.request(method, origin + path, json={}) as response:
            return Reply(response.status, await response.read(), dict(response.headers))

    async def part(self, url: str, wanted: str) -> tuple[int, bytes]:
        """Ask for a range of bytes of a file."""
        async with self._session.get(url, headers={"Range": wanted}) as response:
            return response.status, await response.read()

    async def post(self, where: Channel, content: str = "hello", **fields: object) -> Reply:
        """Create a message of some text."""
        return await self.call("POST", f"/channels/{where.id}/messages", {"content": content} | fields)

    async def register(self, sandbox: DiscordSandbox, *commands: Mapping[str, object]) -> list[Any]:
        """Overwrite the global commands."""
        path = f"/applications/{sandbox.world.application_id}/commands"
        reply = await self.call("PUT", path, list(commands))
        assert reply.status == 200, reply.body
        return reply.body


class Listener(discord.AutoShardedClient):
    """A bot that answers nothing by itself: interactions are heard, and answered by the test."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.default(), guild_ready_timeout=0.1)
        self.heard: asyncio.Queue[discord.Interaction] = asyncio.Queue()
        self.ready = asyncio.Event()

    async def on_ready(self) -> None:
        self.ready.set()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        self.heard.put_nowait(interaction)


@asynccontextmanager
async def online(client: discord.AutoShardedClient, token: str, ready: asyncio.Event) -> AsyncGenerator[None]:
    """Keep a client logged in; a login that fails raises its error here."""
    async with client:
        running = asyncio.create_task(client.start(token))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({running, waiting}, timeout=20, return_when=asyncio.FIRST_COMPLETED)
        if running.done():
            running.result()
        assert ready.is_set()
        yield
        await client.close()
        await running


def sent(interaction: discord.Interaction) -> JsonObject:
    """Return an interaction's data as it came over the gateway."""
    return cast("JsonObject", interaction.data)


@dataclass(frozen=True, slots=True)
class Stage:
    """A sandbox with a listening bot, a bare REST client and a member."""

    sandbox: DiscordSandbox
    rest: Rest
    bot: Listener
    mira: Member

    async def answer(
        self,
        interaction: discord.Interaction,
        kind: int,
        data: object = None,
        *,
        files: Sequence[Upload] = (),
    ) -> Reply:
        """Answer an interaction over bare REST."""
        payload = {"type": kind} if data is None else {"type": kind, "data": data}
        path = f"/interactions/{interaction.id}/{interaction.token}/callback?with_response=1"
        return await self.rest.call("POST", path, payload, files=files)

    async def exchange(
        self, doing: "asyncio.Task[InteractionResult]", kind: int, data: object = None
    ) -> tuple[InteractionResult, discord.Interaction]:
        """Let a member do something, answer it, and return what came of it and what the bot heard."""
        interaction = await self.bot.heard.get()
        reply = await self.answer(interaction, kind, data)
        assert reply.status == 200, reply.body
        return await doing, interaction

    def webhook(self, interaction: discord.Interaction, tail: str = "") -> str:
        return f"/webhooks/{self.sandbox.world.application_id}/{interaction.token}{tail}"
