"""A page without the real bot: whatever an app can show is shown, and what people do with it is heard."""

import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

import aiohttp
import discord
import pytest
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from playwright.async_api import Browser

from sandbox.discord.server import DiscordSandbox
from sandbox.discord.world.clock import SandboxClock
from sandbox.discord.world.permissions import Permission
from sandbox.member import Sandbox, Upload
from sandbox.web.server import Page
from tests.browser.visit import open_browser
from tests.integration.sandbox.discord.discord_lab import Listener, Reply, Rest, channel, online, sent

MESSAGE, THINK, LATER, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
LAYOUT: Final = 1 << 15
GENERAL: Final = "film-club/general"
OPTIONS: list[dict[str, Any]] = [
    {"name": "words", "type": 3, "required": True, "autocomplete": True},
    {"name": "count", "type": 4, "min_value": 1, "max_value": 7},
    {"name": "yes", "type": 5},
    {"name": "who", "type": 6},
    {"name": "where", "type": 7},
    {"name": "which", "type": 8},
    {"name": "anyone", "type": 9},
    {"name": "share", "type": 10},
    {"name": "picture", "type": 11},
]
PICK: dict[str, Any] = {
    "name": "colour",
    "description": "One",
    "type": 3,
    "required": True,
    "choices": [{"name": each.title(), "value": each} for each in ("red", "green")],
}
TOLD: list[dict[str, Any]] = [
    {"name": "story", "description": "Words", "type": 3, "required": True},
    *({"name": f"image{number}", "description": "An image", "type": 11} for number in (1, 2, 3)),
]
COMMANDS: list[dict[str, Any]] = [
    {"name": "everything", "description": "All", "options": [{"description": "One", **each} for each in OPTIONS]},
    {"name": "ping", "description": "Answer"},
    {"name": "pick", "description": "Choose", "options": [PICK]},
    {"name": "tell", "description": "Tell", "options": TOLD},
    {"name": "rule", "description": "Decide", "default_member_permissions": str(int(Permission.MANAGE_GUILD))},
    {"name": "Look at it", "type": 3},
    {"name": "Look at them", "type": 2},
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Puppet:
    """The local Discord with a bot that says and answers what a test tells it, and a browser."""

    sandbox: DiscordSandbox
    control: Sandbox
    rest: Rest
    bot: Listener
    browser: Browser

    @property
    def origin(self) -> str:
        return self.sandbox.origin

    async def show(self, *components: Mapping[str, Any], files: Sequence[Upload] = (), where: str = "general") -> str:
        """Post a layout; returns the message's id."""
        payload = {"flags": LAYOUT, "components": components}
        path = f"/channels/{channel(self.sandbox, where).id}/messages"
        reply = await self.rest.call("POST", path, payload, files=files)
        assert reply.status == 200, reply.body
        return reply.body["id"]

    async def post(self, content: str, view: discord.ui.View, file: Upload, *, reply_to: str) -> str:
        """Post words, buttons, and a file in reply to a message of #videos; returns the message's id."""
        payload = {
            "content": content,
            "components": view.to_components(),
            "message_reference": {"message_id": reply_to},
            "allowed_mentions": {"parse": []},
        }
        path = f"/channels/{channel(self.sandbox, 'videos').id}/messages"
        reply = await self.rest.call("POST", path, payload, files=[file])
        assert reply.status == 200, reply.body
        return reply.body["id"]

    async def edit(self, message_id: str, payload: Mapping[str, Any], where: str = "general") -> None:
        path = f"/channels/{channel(self.sandbox, where).id}/messages/{message_id}"
        reply = await self.rest.call("PATCH", path, payload)
        assert reply.status == 200, reply.body

    async def hear(self, kind: int, data: object = None) -> dict[str, Any]:
        """Wait for what a person does, answer it, and return its data."""
        interaction = await self.bot.heard.get()
        await self.answer(interaction, kind, data)
        return dict(sent(interaction))

    async def answer(self, interaction: discord.Interaction, kind: int, data: object = None) -> Reply:
        payload = {"type": kind} if data is None else {"type": kind, "data": data}
        reply = await self.rest.call("POST", f"/interactions/{interaction.id}/{interaction.token}/callback", payload)
        assert reply.status == 204, reply.body
        return reply


@asynccontextmanager
async def open_puppet() -> AsyncGenerator[Puppet]:
    """Serve a local Discord with its page and no Segmind, log the puppet in, and start a browser.

    Its time stands still until a test moves it: no answer is late because the machine is busy.
    """
    started = time.time()
    async with (
        Page.open(None) as page,
        DiscordSandbox(page=page.routes(), clock=SandboxClock(lambda: started)) as sandbox,
        aiohttp.ClientSession() as session,
        Sandbox.connect(sandbox.origin) as control,
        open_browser() as browser,
    ):
        await control.admin.set_rate_limits(enabled=False)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Route, "BASE", sandbox.describe()["api_url"])
            patch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", yarl.URL(sandbox.describe()["gateway_url"]))
            bot, rest = Listener(), Rest(session, sandbox)
            async with online(bot, sandbox.world.token, bot.ready):
                await rest.register(sandbox, *COMMANDS)
                yield Puppet(sandbox=sandbox, control=control, rest=rest, bot=bot, browser=browser)


def text(content: str) -> dict[str, Any]:
    return {"type": 10, "content": content}


def row(*components: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": components}


def button(label: str, custom_id: str, **more: Any) -> dict[str, Any]:
    return {"type": 2, "style": 2, "label": label, "custom_id": custom_id} | more


def label(words: str, component: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": 18, "label": words, "component": component} | more
