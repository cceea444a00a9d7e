"""What the administrator of the sandbox can change: time, faults, the gateway, and the world itself."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from sandbox.discord import payloads
from sandbox.discord.announcer import Announcer
from sandbox.discord.automod import changed_rule, rule_from
from sandbox.discord.clock import SandboxClock
from sandbox.discord.faults import Fault, Faults
from sandbox.discord.files import FileStore
from sandbox.discord.gateway import Gateway, Intent
from sandbox.discord.interactions import InteractionDesk
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages import Messages
from sandbox.discord.nonces import NonceMemory
from sandbox.discord.permissions import Overwrite
from sandbox.discord.rate_limits import Limit, RateLimiter
from sandbox.discord.rest.account import AccountRoutes
from sandbox.discord.wire import snowflake, snowflakes, text
from sandbox.discord.world import Channel, Guild, Member, World

Action = Callable[[JsonObject], Awaitable[JsonObject]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Administration:
    """Each public method named in `actions` takes control's JSON and answers JSON.

    A `LookupError` or `ValueError` tells what the JSON named wrongly.
    """

    world: World
    clock: SandboxClock
    gateway: Gateway
    announcer: Announcer
    messages: Messages
    files: FileStore
    desk: InteractionDesk
    nonces: NonceMemory
    faults: Faults
    limiter: RateLimiter
    account: AccountRoutes

    def actions(self) -> dict[str, Action]:
        """Return the actions by their names in the control's paths."""
        return {
            "advance": self.advance,
            "fault": self.fault,
            "clear_faults": self.clear_faults,
            "nonce_memory": self.nonce_memory,
            "rate_limits": self.rate_limits,
            "shards": self.shards,
            "gateway": self.steer_gateway,
            "sessions": self.sessions,
            "attachment_lifetime": self.attachment_lifetime,
            "delete_message": self.delete_message,
            "delete_channel": self.delete_channel,
            "channel": self.change_channel,
            "thread": self.change_thread,
            "overwrite": self.set_overwrite,
            "role": self.change_role,
            "delete_role": self.delete_role,
            "guild": self.change_guild,
            "member": self.change_member,
            "remove_member": self.remove_member,
            "add_bot": self.add_bot,
            "automod_rule": self.add_automod_rule,
            "change_automod_rule": self.change_automod_rule,
            "delete_automod_rule": self.delete_automod_rule,
        }

    async def advance(self, payload: JsonObject) -> JsonObject:
        """Let `seconds` pass: addresses, tokens and nonces age; overdue interactions fail."""
        self.clock.advance(float(payload["seconds"]))
        self.desk.fail_overdue()
        return {}

    async def fault(self, payload: JsonObject) -> JsonObject:
        """Set a fault, by the names of its fields."""
        self.faults.add(Fault.model_validate(payload))
        return {}

    async def clear_faults(self, _payload: JsonObject) -> JsonObject:
        self.faults.clear()
        return {}

    async def nonce_memory(self, payload: JsonObject) -> JsonObject:
        """Remember enforced nonces for `seconds`."""
        self.nonces.lifetime = float(payload["seconds"])
        return {}

    async def rate_limits(self, payload: JsonObject) -> JsonObject:
        """Switch limits by `enabled`, or give a `bucket` another `limit` `per` seconds; answer what they did so far."""
        if "enabled" in payload:
            self.limiter.enabled = payload["enabled"] is True
        if "bucket" in payload:
            limit = Limit(limit=int(payload["limit"]), per=float(payload["per"]))
            self.limiter.adjust(payload["bucket"], limit)
        return {"passed": self.limiter.passed, "refused": self.limiter.refused}

    async def shards(self, payload: JsonObject) -> JsonObject:
        """Advise `count` shards from now on."""
        self.account.shards = int(payload["count"])
        return {}

    async def steer_gateway(self, payload: JsonObject) -> JsonObject:
        """Do `what`: drop (with `code` or abruptly), reconnect, invalidate (`resumable`), refuse_resume (`on`)."""
        match payload["what"]:
            case "drop":
                self.gateway.drop(payload.get("shard"), code=payload.get("code"))
            case "reconnect":
                self.gateway.request_reconnect()
            case "invalidate":
                self.gateway.invalidate(payload.get("resumable") is True)
            case "refuse_resume":
                self.gateway.refuse_resume = payload["on"] is True
            case other:
                raise ValueError(f"the gateway cannot {other!r}")
        return {}

    async def sessions(self, _payload: JsonObject) -> JsonObject:
        """Answer how the gateway's sessions stand."""
        return {
            "sessions": [
                {"shard": each.shard, "seq": each.seq, "connected": each.connected} for each in self.gateway.sessions
            ]
        }

    async def attachment_lifetime(self, payload: JsonObject) -> JsonObject:
        """Keep the attachments of interactions, those there are already too, for `seconds`."""
        self.files.interaction_lifetime = float(payload["seconds"])
        return {}

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
        """Set the `locale` that a guild prefers, which comes with every interaction in it."""
        guild = self._guild(payload)
        guild.locale = text(payload, "locale")
        self.announcer.in_guild("GUILD_UPDATE", payloads.guild(guild), guild, intent=Intent.GUILDS)
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
        self.announcer.in_guild("GUILD_MEMBER_UPDATE", data, guild, intent=Intent.GUILD_MEMBERS)
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
        data = payloads.gateway_guild(guild, self.world)
        del data["unavailable"]  # is there only for a guild that the session began with
        self.announcer.bot("GUILD_CREATE", data, guild=guild, intent=Intent.GUILDS)
        return {}

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
