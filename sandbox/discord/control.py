"""The control side, `/sandbox/…`: acting as a member, seeing what they see, and steering the world."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping

from aiohttp import WSMsgType, web

from sandbox.discord.http.body import Body, read_body
from sandbox.discord.http.files import FileStore
from sandbox.discord.interactions.member_actions import MemberActions
from sandbox.discord.interactions.resolving import ClientRefusal
from sandbox.discord.json_fields import snowflake
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.refusals import UNKNOWN_USER, DiscordRefusal
from sandbox.discord.world import payloads
from sandbox.discord.world.places import Places
from sandbox.discord.world.world import User, World

MemberAction = Callable[[User, Body], Awaitable[JsonObject]]
AdminAction = Callable[[JsonObject], Awaitable[JsonObject]]


class Control:
    """Serves members and the administrator of the sandbox; refusals are answered as `{"error": …}`."""

    def __init__(
        self,
        world: World,
        announcer: Announcer,
        files: FileStore,
        members: MemberActions,
        render: MessagePayloads,
        admin: Mapping[str, AdminAction],
        describe: Callable[[], Mapping[str, object]],
        bot_is_online: Callable[[], bool],
    ) -> None:
        self._world = world
        self._announcer = announcer
        self._files = files
        self._render = render
        self._admin = admin
        self._describe = describe
        self._places = Places(world)
        self._bot_is_online = bot_is_online
        self._sockets: set[web.WebSocketResponse] = set()
        self._members: dict[str, MemberAction] = {
            "send": members.send,
            "delete": members.delete,
            "typing": members.typing,
            "direct": members.direct,
            "commands": members.commands,
            "command": members.command,
            "autocomplete": members.autocomplete,
            "component": members.component,
            "modal": members.modal,
        }

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/sandbox/world", self.world),
            web.get("/sandbox/users/{user_id}/events", self.events),
            web.post("/sandbox/users/{user_id}/{action}", self.member),
            web.post("/sandbox/admin/{action}", self.administer),
        ]

    async def world(self, _request: web.Request) -> web.Response:
        """Answer addresses, guilds, channels, roles and members as they are now."""
        return web.json_response(self._describe())

    async def member(self, request: web.Request) -> web.Response:
        """Do something as a member."""
        action = self._members.get(request.match_info["action"])
        if action is None:
            return _error(404, "there is no such action")
        try:
            user = self._user(request)
            return web.json_response(await action(user, await read_body(request, self._files)))
        except ClientRefusal as refusal:
            return _error(400, str(refusal))
        except DiscordRefusal as refusal:
            return _error(refusal.status, str(refusal))

    async def administer(self, request: web.Request) -> web.Response:
        """Change the world or its behaviour."""
        action = self._admin.get(request.match_info["action"])
        if action is None:
            return _error(404, "there is no such action")
        try:
            body = await read_body(request, self._files)
            return web.json_response(await action(body.object))
        except (LookupError, ValueError) as error:
            return _error(400, f"{type(error).__name__}: {error}")
        except DiscordRefusal as refusal:
            return _error(refusal.status, str(refusal))

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell a member's client what it sees now, then everything that changes.

        Whatever the client sends is its wish to be told anew what it sees, as after a change of permissions.
        """
        try:
            user = self._user(request)
        except DiscordRefusal as refusal:
            return _error(refusal.status, str(refusal))
        socket = web.WebSocketResponse(heartbeat=30)
        await socket.prepare(request)
        self._sockets.add(socket)
        queue: asyncio.Queue[str] = asyncio.Queue()
        stop = self._announcer.listen(
            user.id, lambda event, data: queue.put_nowait(json.dumps({"event": event, "data": data}))
        )
        queue.put_nowait(self._ready(user))
        sender = asyncio.create_task(_pump(queue, socket), name=f"control events of {user.username}")
        try:
            async for message in socket:
                if message.type is WSMsgType.ERROR:
                    break
                queue.put_nowait(self._ready(user))
        finally:
            stop()
            sender.cancel()
            self._sockets.discard(socket)
        return socket

    async def close(self) -> None:
        """Close every member's socket."""
        for socket in list(self._sockets):
            await socket.close()

    def _ready(self, user: User) -> str:
        return json.dumps({"event": "READY", "data": self._snapshot(user)})

    def _snapshot(self, user: User) -> JsonObject:
        """Return who the member is, where they are, every message they may see, and whether the bot is there."""
        channels = [
            *self._world.direct.values(),
            *(each for guild in self._world.guilds.values() for each in guild.channels.values()),
        ]
        messages = [
            self._render.event(message)
            for channel in channels
            for message in channel.messages.values()
            if self._world.may_view(user.id, message)
        ]
        return {
            "user": payloads.user(user),
            "locale": user.locale,
            "application_id": str(self._world.application_id),
            "bot_online": self._bot_is_online(),
            **self._places.of(user),
            "messages": messages,
        }

    def _user(self, request: web.Request) -> User:
        user = self._world.users.get(snowflake(request.match_info["user_id"]) or 0)
        if user is None or user.bot:
            raise UNKNOWN_USER.refusal()
        return user


async def _pump(queue: asyncio.Queue[str], socket: web.WebSocketResponse) -> None:
    with contextlib.suppress(ConnectionError):  # the client is gone, which its handler notices itself
        while True:
            await socket.send_str(await queue.get())


def _error(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
