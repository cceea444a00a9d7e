"""A connection to a running sandbox: its members and its administration."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager

import aiohttp

from sandbox.discord.json_fields import objects
from sandbox.discord.json_types import JsonObject
from sandbox.member.admin import Admin
from sandbox.member.connection import Connection
from sandbox.member.member import Member


class Sandbox:
    """The local Discord from outside; `description` is what it said of itself when this connected."""

    def __init__(self, connection: Connection, description: JsonObject) -> None:
        self.description = description
        self.admin = Admin(connection, description)
        self._connection = connection
        self._members: list[Member] = []

    @classmethod
    @asynccontextmanager
    async def connect(cls, control_url: str) -> AsyncGenerator["Sandbox"]:
        """Connect to the control side of a sandbox, and to no other."""
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(aiohttp.ClientSession())
            connection = Connection(session, control_url)
            sandbox = cls(connection, await connection.get("world"))
            stack.push_async_callback(sandbox._close)
            yield sandbox

    def member(self, name: str, *, channel: str | int = "videos", guild: str | None = None) -> Member:
        """Be a member of a guild, the first that they are in unless named, in one of its channels.

        Raises `LookupError` if there is no such member, guild or channel.
        """
        for each in objects(self.description["guilds"]):
            ids = {found["name"]: int(found["id"]) for found in objects(each["members"])}
            if name in ids and guild in {None, each["name"]}:
                channels = {found["name"]: int(found["id"]) for found in objects(each["channels"])}
                channel_id = channels[channel] if isinstance(channel, str) else channel
                member = Member(
                    self._connection,
                    user_id=ids[name],
                    name=name,
                    channels=channels,
                    channel_id=channel_id,
                )
                self._members.append(member)
                return member
        raise LookupError(f"{name!r} is no member of {guild or 'any guild'}")

    async def _close(self) -> None:
        for member in self._members:
            await member.close()
