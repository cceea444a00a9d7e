"""The local Discord: REST, gateway, CDN and control on one port, over one world."""

import asyncio
import contextlib
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

from aiohttp import web

from sandbox.discord.access import Access
from sandbox.discord.admin import Administration
from sandbox.discord.control import Control
from sandbox.discord.gateway import Gateway
from sandbox.discord.http.faults import Faults
from sandbox.discord.http.files import FileStore
from sandbox.discord.http.rate_limits import RateLimiter
from sandbox.discord.http.recording import Recording
from sandbox.discord.http.routing import Router
from sandbox.discord.http.signed_urls import UrlSigner
from sandbox.discord.interactions.commands import CommandRegistry
from sandbox.discord.interactions.interactions import InteractionHandler
from sandbox.discord.interactions.member_actions import MemberActions
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.messages.cdn import Cdn
from sandbox.discord.messages.messages import Messages
from sandbox.discord.messages.nonces import NonceMemory
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.messages.threads import Threads
from sandbox.discord.rest.account import AccountRoutes
from sandbox.discord.rest.commands import CommandRoutes
from sandbox.discord.rest.empty import EmptyRoutes
from sandbox.discord.rest.endpoint import RestEndpoint
from sandbox.discord.rest.guilds import GuildRoutes
from sandbox.discord.rest.messages import MessageRoutes
from sandbox.discord.rest.threads import ThreadRoutes
from sandbox.discord.rest.webhooks import WebhookRoutes
from sandbox.discord.source import WorldSource
from sandbox.discord.world.clock import SandboxClock
from sandbox.discord.world.seed import seed
from sandbox.discord.world.world import Guild
from sandbox.discord.world_changes import WorldChanges
from sandbox.strangers import refuse_strangers

MAX_BODY = 512 * 1024 * 1024  # bytes aiohttp takes in; Discord's own limits are checked by the routes


class ChannelDescription(TypedDict):
    id: str
    name: str
    type: int


class RoleDescription(TypedDict):
    id: str
    name: str


class MemberDescription(TypedDict):
    id: str
    name: str
    roles: list[str]


class GuildDescription(TypedDict):
    id: str
    name: str
    owner_id: str
    channels: list[ChannelDescription]
    roles: list[RoleDescription]
    members: list[MemberDescription]


class DiscordDescription(TypedDict):
    """Where everything is served, and who and what is there; JSON as it stands."""

    api_url: str
    gateway_url: str
    cdn_url: str
    control_url: str
    token: str
    application_id: str
    guilds: list[GuildDescription]


class DiscordSandbox:
    """A Discord of one's own, served from `async with` until its end.

    `port` 0 takes any free port. `recording` is a file that every exchange is appended to. `clock` is what
    signed addresses, tokens and nonces go by; files live in a temporary directory. `page` are routes of a page
    for people, which shares the address.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        recording: Path | None = None,
        clock: SandboxClock | None = None,
        page: Iterable[web.AbstractRouteDef] = (),
    ) -> None:
        self._host = host
        self._port = port
        self._recording = Recording(recording)
        self._page = tuple(page)
        self._exit = contextlib.AsyncExitStack()
        self.clock = clock or SandboxClock()
        self.world = seed(self.clock)

    @property
    def origin(self) -> str:
        """Return the scheme, host and port that all is served at."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        async with contextlib.AsyncExitStack() as stack:
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="discord-")))
            stack.enter_context(self._recording)
            app = self._compose(root, stack)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            await runner.setup()
            stack.push_async_callback(runner.cleanup)
            site = web.TCPSite(runner, self._host, self._port)
            await site.start()
            self._port = runner.addresses[0][1]
            self._files.cdn_url = self.origin
            stack.push_async_callback(self._close_connections)
            self._exit = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._exit.aclose()

    def describe(self) -> DiscordDescription:
        """Return the addresses, the bot's token, and the guilds as they are now."""
        return {
            "api_url": f"{self.origin}/api/v10",
            "gateway_url": self._gateway_url(),
            "cdn_url": self.origin,
            "control_url": self.origin,
            "token": self.world.token,
            "application_id": str(self.world.application_id),
            "guilds": [_describe_guild(each) for each in self.world.guilds.values()],
        }

    def _compose(self, root: Path, stack: contextlib.AsyncExitStack) -> web.Application:
        """Build every part and the application that serves them."""
        world = self.world
        signer = UrlSigner(secrets.token_bytes(32), self.clock)
        self._files = files = FileStore(root, world, signer)
        render = MessagePayloads(world, files.url, files.here)
        self._gateway = gateway = Gateway(WorldSource(world), url=self._gateway_url, wall_clock=self.clock)
        gateway.observer = self._recording.dispatch
        announcer = Announcer(world, gateway, render)
        access = Access(world)
        threads = Threads(world, announcer)
        messages = Messages(world, files, announcer, threads)
        nonces = NonceMemory(self.clock)
        desk = InteractionHandler(world, access, messages, announcer, render)
        stack.callback(desk.close)
        registry = CommandRegistry(world.application_id, world.mint)
        faults, limiter = Faults(), RateLimiter(self.clock)
        account = AccountRoutes(world, gateway)
        router = Router(
            [
                *account.routes(),
                *GuildRoutes(world, access).routes(),
                *EmptyRoutes(world, access).routes(),
                *ThreadRoutes(world, access, threads).routes(),
                *MessageRoutes(world, access, messages, nonces, announcer, render).routes(),
                *CommandRoutes(world, access, registry).routes(),
                *WebhookRoutes(world, desk, messages, render).routes(),
            ]
        )
        rest = RestEndpoint(world, router, files, limiter, faults, self._recording)
        members = MemberActions(world, access, files, messages, registry, desk, render, announcer)
        changes = WorldChanges(world=world, clock=self.clock, announcer=announcer, messages=messages, threads=threads)
        admin = Administration(
            clock=self.clock,
            gateway=gateway,
            files=files,
            desk=desk,
            nonces=nonces,
            faults=faults,
            limiter=limiter,
            account=account,
        )
        actions = {**admin.actions(), **changes.actions()}
        self._control = control = Control(
            world, announcer, files, members, render, actions, self.describe, lambda: gateway.is_connected
        )
        gateway.presence = announcer.bot_presence
        cdn = Cdn(files, signer)
        app = web.Application(client_max_size=MAX_BODY, middlewares=[refuse_strangers])
        for path in ("/gateway", "/gateway/"):
            app.router.add_get(path, faults.around("gateway", gateway.handle))
        for folder in ("attachments", "ephemeral-attachments"):
            app.router.add_get(f"/{folder}/{{path:.+}}", faults.around("cdn", cdn.attachment))
        for folder in ("avatars", "embed", "guilds"):
            app.router.add_get(f"/{folder}/{{path:.+}}", cdn.avatar)
        app.router.add_routes(control.routes())
        app.router.add_routes(self._page)
        app.router.add_route("*", "/api/{path:.*}", rest.handle)
        return app

    async def _close_connections(self) -> None:
        await asyncio.gather(self._gateway.close(), self._control.close())

    def _gateway_url(self) -> str:
        return f"ws://{self._host}:{self._port}/gateway"


def _describe_guild(guild: Guild) -> GuildDescription:
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "channels": [
            {"id": str(each.id), "name": each.name, "type": int(each.type)} for each in guild.channels.values()
        ],
        "roles": [{"id": str(each.id), "name": each.name} for each in guild.roles.values()],
        "members": [
            {
                "id": str(each.user.id),
                "name": each.user.username,
                "roles": [str(role_id) for role_id in each.role_ids],
            }
            for each in guild.members.values()
        ],
    }
