"""What only the sandbox's administrator does: let time pass, set faults, and change the world."""

from collections.abc import Sequence
from typing import Any, Unpack

from sandbox.discord.http.faults import FaultFields
from sandbox.discord.json_fields import objects
from sandbox.discord.json_types import JsonObject
from sandbox.member.connection import Connection


class Admin:
    """Names guilds, channels, roles and members by name; the first guild is meant unless one is named."""

    def __init__(self, connection: Connection, description: JsonObject) -> None:
        self._connection = connection
        self._description = description

    async def advance(self, seconds: float) -> None:
        """Let time pass for signed addresses, interaction tokens, nonces and timeouts."""
        await self._do("advance", seconds=seconds)

    async def fault(self, **fields: Unpack[FaultFields]) -> None:
        """Answer something else to the next requests that match; see `sandbox.discord.http.faults.Fault`."""
        await self._do("fault", **fields)

    async def clear_faults(self) -> None:
        await self._do("clear_faults")

    async def set_nonce_memory(self, seconds: float) -> None:
        """Remember enforced nonces this long."""
        await self._do("nonce_memory", seconds=seconds)

    async def set_rate_limits(self, *, enabled: bool) -> None:
        await self._do("rate_limits", enabled=enabled)

    async def set_rate_limit(self, bucket: str, *, limit: int, per: float) -> None:
        """Give a bucket of `sandbox.discord.http.rate_limits` another limit, `per` in seconds."""
        await self._do("rate_limits", bucket=bucket, limit=limit, per=per)

    async def rate_limited(self) -> tuple[int, int]:
        """Tell how many of the bot's requests the limits let pass, and how many they refused."""
        counted = await self._do("rate_limits")
        return counted["passed"], counted["refused"]

    async def set_shards(self, count: int) -> None:
        """Advise this many shards from now on."""
        await self._do("shards", count=count)

    async def drop_gateway(self, *, shard: int | None = None, code: int | None = None) -> None:
        """End gateway connections, with a close code or abruptly."""
        await self._do("gateway", what="drop", shard=shard, code=code)

    async def request_reconnect(self) -> None:
        await self._do("gateway", what="reconnect")

    async def invalidate_sessions(self, *, resumable: bool = False) -> None:
        await self._do("gateway", what="invalidate", resumable=resumable)

    async def refuse_resume(self, *, on: bool = True) -> None:
        await self._do("gateway", what="refuse_resume", on=on)

    async def refuse_identify(self, code: int | None) -> None:
        """Close with a code, such as 4014, whoever identifies from now on; `None` lets them in again."""
        await self._do("gateway", what="refuse_identify", code=code)

    async def set_session_starts(self, *, remaining: int, reset_after: float) -> None:
        """Leave the bot so many starts of gateway sessions for so many seconds."""
        await self._do("session_starts", remaining=remaining, reset_after=reset_after)

    async def deliver_interactions(self, count: int) -> None:
        """Tell the bot of each interaction so many times."""
        await self._do("gateway", what="deliveries", count=count)

    async def sessions(self) -> list[JsonObject]:
        """Return shard, sequence number and whether it is connected, of every gateway session."""
        return objects((await self._do("sessions"))["sessions"])

    async def set_attachment_lifetime(self, seconds: float) -> None:
        """Keep the attachments of interactions, those there are already too, this long."""
        await self._do("attachment_lifetime", seconds=seconds)

    async def delete_message(self, channel_id: int, message_id: int) -> None:
        await self._do("delete_message", channel_id=str(channel_id), message_id=str(message_id))

    async def delete_channel(self, channel: str, *, guild: str | None = None) -> None:
        await self._do("delete_channel", channel_id=self.channel_id(channel, guild=guild))

    async def restrict_age(self, channel: str, *, on: bool, guild: str | None = None) -> None:
        """Make a channel age-restricted, or no longer."""
        await self._do("channel", channel_id=self.channel_id(channel, guild=guild), nsfw=on)

    async def set_thread(
        self, thread: str, *, archived: bool = False, locked: bool = False, guild: str | None = None
    ) -> None:
        channel_id = self.channel_id(thread, guild=guild)
        await self._do("thread", channel_id=channel_id, archived=archived, locked=locked)

    async def add_channel(
        self,
        name: str,
        *,
        kind: str = "text",
        parent: str | None = None,
        owner: str | None = None,
        members: Sequence[str] = (),
        invitable: bool = True,
        guild: str | None = None,
    ) -> int:
        """Make a channel of a kind of `sandbox.discord.world.world.ChannelType`, and return its id.

        A `public_thread` or `private_thread` has a parent, an owner and other members, by their names.
        """
        made = await self._do(
            "add_channel",
            guild_id=self.guild_id(guild),
            name=name,
            kind=kind,
            parent_id=None if parent is None else self.channel_id(parent, guild=guild),
            owner_id=None if owner is None else self._id("members", owner, guild),
            members=[self._id("members", each, guild) for each in members],
            invitable=invitable,
        )
        self._description.update(await self._connection.get("world"))
        return int(made["id"])

    async def set_thread_member(self, thread: str, member: str, *, on: bool, guild: str | None = None) -> None:
        """Add a member, or the bot by its name, to a thread; or take them out of it."""
        channel_id, user_id = self.channel_id(thread, guild=guild), self._id("members", member, guild)
        await self._do("thread_member", channel_id=channel_id, user_id=user_id, on=on)

    async def set_overwrite(
        self,
        channel: str,
        *,
        role: str | None = None,
        member: str | None = None,
        allow: int = 0,
        deny: int = 0,
        guild: str | None = None,
    ) -> None:
        """Set what a role or a member is allowed and denied in a channel."""
        subject = self._id("roles", role, guild) if role else self._id("members", member, guild)
        await self._do(
            "overwrite",
            channel_id=self.channel_id(channel, guild=guild),
            id=subject,
            type=0 if role else 1,
            allow=allow,
            deny=deny,
        )

    async def set_role_permissions(self, role: str, permissions: int, *, guild: str | None = None) -> None:
        await self._do(
            "role",
            guild_id=self.guild_id(guild),
            role_id=self._id("roles", role, guild),
            permissions=permissions,
        )

    async def delete_role(self, role: str, *, guild: str | None = None) -> None:
        await self._do("delete_role", guild_id=self.guild_id(guild), role_id=self._id("roles", role, guild))

    async def set_member_roles(self, member: str, roles: list[str], *, guild: str | None = None) -> None:
        await self._do(
            "member",
            guild_id=self.guild_id(guild),
            user_id=self._id("members", member, guild),
            roles=[self._id("roles", each, guild) for each in roles],
        )

    async def time_out(self, member: str, seconds: float, *, guild: str | None = None) -> None:
        """Put a member, or the bot by its name, in timeout; 0 seconds end it."""
        await self._do(
            "member",
            guild_id=self.guild_id(guild),
            user_id=self._id("members", member, guild),
            timeout=seconds,
        )

    async def set_locale(self, member: str, locale: str, *, guild: str | None = None) -> None:
        """Set the language of a member's client, such as `de` or `pt-BR`."""
        await self._do(
            "member",
            guild_id=self.guild_id(guild),
            user_id=self._id("members", member, guild),
            locale=locale,
        )

    async def set_guild_locale(self, locale: str, *, guild: str | None = None) -> None:
        """Set the language that a guild prefers."""
        await self._do("guild", guild_id=self.guild_id(guild), locale=locale)

    async def set_available(self, *, on: bool, guild: str | None = None) -> None:
        """Begin or end an outage of a guild."""
        await self._do("guild", guild_id=self.guild_id(guild), available=on)

    async def remove_member(self, member: str, *, guild: str | None = None) -> None:
        """Remove a member, or kick the bot by its name."""
        await self._do(
            "remove_member",
            guild_id=self.guild_id(guild),
            user_id=self._id("members", member, guild),
        )

    async def invite_bot(self, *, guild: str | None = None) -> None:
        """Have the bot join a guild that it was removed from."""
        await self._do("add_bot", guild_id=self.guild_id(guild))

    async def add_guild(self, owner: str) -> str:
        """Make a fresh server of a member's, which the bot joins, and return its name."""
        made = await self._do("add_guild", owner_id=self._id("members", owner, None))
        self._description.update(await self._connection.get("world"))
        return made["name"]

    async def add_guilds(self, owner: str, count: int) -> None:
        """Make as many fresh servers of a member's."""
        for _ in range(count):
            await self._do("add_guild", owner_id=self._id("members", owner, None))
        self._description.update(await self._connection.get("world"))

    async def add_automod_rule(self, rule: JsonObject, *, guild: str | None = None) -> JsonObject:
        """Add an AutoMod rule of Discord's shape; what is left out has Discord's default."""
        return await self._do("automod_rule", **{"guild_id": self.guild_id(guild)} | rule)

    async def change_automod_rule(self, rule_id: str, rule: JsonObject, *, guild: str | None = None) -> JsonObject:
        """Change what is given of an AutoMod rule."""
        return await self._do("change_automod_rule", **{"guild_id": self.guild_id(guild), "rule_id": rule_id} | rule)

    async def delete_automod_rule(self, rule_id: str, *, guild: str | None = None) -> None:
        await self._do("delete_automod_rule", guild_id=self.guild_id(guild), rule_id=rule_id)

    def guild_id(self, name: str | None = None) -> str:
        """Return the id of a guild."""
        return self._guild(name)["id"]

    def channel_id(self, name: str, *, guild: str | None = None) -> str:
        """Return the id of a channel or thread."""
        return self._id("channels", name, guild)

    def _guild(self, name: str | None) -> JsonObject:
        for guild in objects(self._description["guilds"]):
            if name in {None, guild["name"]}:
                return guild
        raise LookupError(f"there is no guild {name!r}")

    def _id(self, kind: str, name: str | None, guild: str | None) -> str:
        for each in objects(self._guild(guild)[kind]):
            if each["name"] == name:
                return each["id"]
        raise LookupError(f"there is none called {name!r} among the {kind}")

    async def _do(self, action: str, **payload: Any) -> JsonObject:
        return await self._connection.post(f"admin/{action}", payload)
