"""What the administrator of the sandbox can change in the world: messages, channels, guilds, members, AutoMod."""

from dataclasses import dataclass

from sandbox.discord.admin import Action
from sandbox.discord.gateway import Intent
from sandbox.discord.json_fields import snowflake, snowflakes, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.messages.messages import Messages
from sandbox.discord.messages.threads import Threads
from sandbox.discord.world import payloads
from sandbox.discord.world.automod import changed_rule, rule_from
from sandbox.discord.world.clock import SandboxClock
from sandbox.discord.world.permissions import Overwrite
from sandbox.discord.world.seed import fresh_server
from sandbox.discord.world.world import Channel, ChannelType, Guild, Member, Thread, World


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldChanges:
    """Changes what exists and announces it, each by JSON that names it, as `Administration` does.

    A `LookupError` or `ValueError` tells what the JSON named wrongly.
    """

    world: World
    clock: SandboxClock
    announcer: Announcer
    messages: Messages
    threads: Threads

    def actions(self) -> dict[str, Action]:
        """Return the actions by their names in the control's paths."""
        return {
            "delete_message": self.delete_message,
            "delete_channel": self.delete_channel,
            "add_channel": self.add_channel,
            "thread_member": self.thread_member,
            "channel": self.change_channel,
            "thread": self.change_thread,
            "overwrite": self.set_overwrite,
            "role": self.change_role,
            "delete_role": self.delete_role,
            "guild": self.change_guild,
            "member": self.change_member,
            "remove_member": self.remove_member,
            "add_bot": self.add_bot,
            "add_guild": self.add_guild,
            "automod_rule": self.add_automod_rule,
            "change_automod_rule": self.change_automod_rule,
            "delete_automod_rule": self.delete_automod_rule,
        }

    async def delete_message(self, payload: JsonObject) -> JsonObject:
        channel = self._channel(payload)
        self.messages.delete(channel.messages[_id(payload, "message_id")])
        return {}

    async def delete_channel(self, payload: JsonObject) -> JsonObject:
        """Delete a channel or thread, and a channel's threads with it."""
        channel = self._channel(payload)
        guild = self._guild_of(channel)
        for thread in [each for each in guild.channels.values() if each.parent_id == channel.id]:
            del guild.channels[thread.id]
        del guild.channels[channel.id]
        event = "THREAD_DELETE" if channel.thread else "CHANNEL_DELETE"
        self.announcer.in_guild(event, payloads.channel(channel), guild, intent=Intent.GUILDS)
        return {}

    async def add_channel(self, payload: JsonObject) -> JsonObject:
        """Make a channel or thread of a `kind` below `parent_id`; answers its `id`.

        A thread has an `owner_id`, who is in it, `members` and, if private, `invitable`.
        """
        guild = self._guild(payload)
        kind = ChannelType[text(payload, "kind").upper()]
        channel = Channel(
            id=self.world.mint(),
            guild_id=guild.id,
            name=text(payload, "name"),
            type=kind,
            position=len(guild.channels),
            parent_id=snowflake(payload.get("parent_id")),
            nsfw=payload.get("nsfw") is True,
        )
        if kind in {ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD}:
            self._begin_thread(channel, guild, payload)
        guild.channels[channel.id] = channel
        if channel.thread is None:
            self._announce_channel("CHANNEL_CREATE", channel)
        else:
            data = payloads.thread_seen_by(channel, self.world.bot) | {"newly_created": True}
            self.announcer.in_channel("THREAD_CREATE", data, channel, intent=Intent.GUILDS)
        return {"id": str(channel.id)}

    def _begin_thread(self, channel: Channel, guild: Guild, payload: JsonObject) -> None:
        if channel.parent_id not in guild.channels:
            raise LookupError("a thread has a parent")
        owner_id = _id(payload, "owner_id")
        now = self.clock()
        channel.thread = Thread(
            owner_id=owner_id,
            created_at=now,
            invitable=payload.get("invitable", True) is True,
            joined=dict.fromkeys([owner_id, *snowflakes(payload.get("members"))], now),
        )

    async def thread_member(self, payload: JsonObject) -> JsonObject:
        """Add `user_id` to a thread, or take them out of it (`on`)."""
        channel = self._channel(payload)
        user_id = _id(payload, "user_id")
        if payload["on"] is True:
            self.threads.add(channel, [user_id])
        else:
            self.threads.remove(channel, user_id)
        return {}

    async def change_channel(self, payload: JsonObject) -> JsonObject:
        """Set whether a channel is age-restricted (`nsfw`)."""
        channel = self._channel(payload)
        channel.nsfw = payload["nsfw"] is True
        self._announce_channel("CHANNEL_UPDATE", channel)
        return {}

    async def change_thread(self, payload: JsonObject) -> JsonObject:
        """Set `archived` and `locked` of a thread."""
        channel = self._channel(payload)
        if channel.thread is None:
            raise ValueError(f"#{channel.name} is no thread")
        channel.thread.archived = payload.get("archived", channel.thread.archived) is True
        channel.thread.locked = payload.get("locked", channel.thread.locked) is True
        self._announce_channel("THREAD_UPDATE", channel)
        return {}

    async def set_overwrite(self, payload: JsonObject) -> JsonObject:
        """Set a channel's overwrite for `id` (`type` 0 role, 1 member) to `allow` and `deny`."""
        channel = self._channel(payload)
        made = Overwrite(
            id=_id(payload, "id"),
            type=int(payload.get("type", 0)),
            allow=int(payload.get("allow", 0)),
            deny=int(payload.get("deny", 0)),
        )
        channel.overwrites = [each for each in channel.overwrites if each.id != made.id]
        if made.allow or made.deny:
            channel.overwrites.append(made)
        self._announce_channel("CHANNEL_UPDATE", channel)
        return {}

    async def change_role(self, payload: JsonObject) -> JsonObject:
        """Set the `permissions` of a role."""
        guild = self._guild(payload)
        role = guild.roles[_id(payload, "role_id")]
        role.permissions = int(payload["permissions"])
        data: JsonObject = {"guild_id": str(guild.id), "role": payloads.role(role)}
        self.announcer.in_guild("GUILD_ROLE_UPDATE", data, guild, intent=Intent.GUILDS)
        return {}

    async def delete_role(self, payload: JsonObject) -> JsonObject:
        guild = self._guild(payload)
        role = guild.roles.pop(_id(payload, "role_id"))
        for member in guild.members.values():
            member.role_ids = [each for each in member.role_ids if each != role.id]
        data: JsonObject = {"guild_id": str(guild.id), "role_id": str(role.id)}
        self.announcer.in_guild("GUILD_ROLE_DELETE", data, guild, intent=Intent.GUILDS)
        return {}

    async def change_guild(self, payload: JsonObject) -> JsonObject:
        """Set the `locale` that a guild prefers, or begin and end an outage (`available`)."""
        guild = self._guild(payload)
        if "locale" in payload:
            guild.locale = text(payload, "locale")
            self.announcer.in_guild("GUILD_UPDATE", payloads.guild(guild), guild, intent=Intent.GUILDS)
        if "available" in payload:
            guild.available = payload["available"] is True
            if guild.available:
                event, data = "GUILD_CREATE", payloads.gateway_guild(guild, self.world)
            else:
                event, data = "GUILD_DELETE", {"id": str(guild.id), "unavailable": True}
            self.announcer.bot(event, data, guild=guild, intent=Intent.GUILDS)
        return {}

    async def change_member(self, payload: JsonObject) -> JsonObject:
        """Set a member's `roles`, their `locale`, or a `timeout` in seconds from now (0 ends it)."""
        guild = self._guild(payload)
        member = guild.members[_id(payload, "user_id")]
        if "roles" in payload:
            member.role_ids = [each for each in snowflakes(payload["roles"]) if each in guild.roles]
        if "locale" in payload:
            member.user.locale = text(payload, "locale")
        if "timeout" in payload:
            seconds = float(payload["timeout"])
            member.timed_out_until = self.clock() + seconds if seconds else None
        data = payloads.member(member) | {"guild_id": str(guild.id)}
        intent = (
            Intent.GUILDS if member.user is self.world.bot else Intent.GUILD_MEMBERS
        )  # of itself a bot always hears
        self.announcer.in_guild("GUILD_MEMBER_UPDATE", data, guild, intent=intent)
        return {}

    async def remove_member(self, payload: JsonObject) -> JsonObject:
        """Remove a member from a guild; the bot learns of its own removal by GUILD_DELETE."""
        guild = self._guild(payload)
        member = guild.members.pop(_id(payload, "user_id"))
        if member.user is self.world.bot:
            self.announcer.bot("GUILD_DELETE", {"id": str(guild.id)}, guild=guild, intent=Intent.GUILDS)
            return {}
        data: JsonObject = {"guild_id": str(guild.id), "user": payloads.user(member.user)}
        self.announcer.in_guild("GUILD_MEMBER_REMOVE", data, guild, intent=Intent.GUILD_MEMBERS)
        return {}

    async def add_bot(self, payload: JsonObject) -> JsonObject:
        """Invite the bot again, with the role it brings along."""
        guild = self._guild(payload)
        roles = [each.id for each in guild.roles.values() if each.bot_id == self.world.bot.id]
        guild.members[self.world.bot.id] = Member(user=self.world.bot, joined_at=self.clock(), role_ids=roles)
        self._announce_joined(guild)
        return {}

    async def add_guild(self, payload: JsonObject) -> JsonObject:
        """Make a fresh server of `owner_id`'s, which the bot joins; answers its `name`."""
        guild = fresh_server(self.world, self.world.users[_id(payload, "owner_id")])
        self._announce_joined(guild)
        self.announcer.users(guild.members, "GUILD_CREATE", {"id": str(guild.id)})
        return {"name": guild.name}

    async def add_automod_rule(self, payload: JsonObject) -> JsonObject:
        """Add an AutoMod rule of Discord's own shape to a guild; answers it."""
        guild = self._guild(payload)
        rule = rule_from(payload, rule_id=self.world.mint(), guild=guild)
        guild.automod_rules[int(rule["id"])] = rule
        self._announce_rule("AUTO_MODERATION_RULE_CREATE", guild, rule)
        return rule

    async def change_automod_rule(self, payload: JsonObject) -> JsonObject:
        """Change what is given of the rule `rule_id`; answers it."""
        guild = self._guild(payload)
        rule_id = _id(payload, "rule_id")
        rule = changed_rule(guild.automod_rules[rule_id], payload, guild=guild)
        guild.automod_rules[rule_id] = rule
        self._announce_rule("AUTO_MODERATION_RULE_UPDATE", guild, rule)
        return rule

    async def delete_automod_rule(self, payload: JsonObject) -> JsonObject:
        guild = self._guild(payload)
        rule = guild.automod_rules.pop(_id(payload, "rule_id"))
        self._announce_rule("AUTO_MODERATION_RULE_DELETE", guild, rule)
        return {}

    def _announce_joined(self, guild: Guild) -> None:
        data = payloads.gateway_guild(guild, self.world)
        del data["unavailable"]  # is there only for a guild that the session began with
        self.announcer.bot("GUILD_CREATE", data, guild=guild, intent=Intent.GUILDS)

    def _announce_rule(self, event: str, guild: Guild, rule: JsonObject) -> None:
        self.announcer.bot(event, rule, guild=guild, intent=Intent.AUTO_MODERATION_CONFIGURATION)

    def _announce_channel(self, event: str, channel: Channel) -> None:
        self.announcer.in_guild(event, payloads.channel(channel), self._guild_of(channel), intent=Intent.GUILDS)

    def _guild(self, payload: JsonObject) -> Guild:
        return self.world.guilds[_id(payload, "guild_id")]

    def _channel(self, payload: JsonObject) -> Channel:
        channel = self.world.channel(_id(payload, "channel_id"))
        if channel is None:
            raise LookupError("there is no such channel")
        return channel

    def _guild_of(self, channel: Channel) -> Guild:
        guild = self.world.guild_of(channel)
        if guild is None:
            raise ValueError("a direct channel cannot be changed")
        return guild


def _id(payload: JsonObject, key: str) -> int:
    found = snowflake(payload.get(key))
    if found is None:
        raise ValueError(f"{key} must be an id, not {text(payload, key)!r}")
    return found
