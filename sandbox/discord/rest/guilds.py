"""Guilds, their channels, roles and members, active threads and AutoMod rules over REST."""

from sandbox.discord.access import Access
from sandbox.discord.http.routing import Answer, Call, Route
from sandbox.discord.json_fields import snowflake
from sandbox.discord.refusals import (
    MISSING_PERMISSIONS,
    UNKNOWN_MEMBER,
    DiscordRefusal,
    invalid_form,
)
from sandbox.discord.world import payloads
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Guild, World

_GUILD = "/guilds/{guild_id}"


class GuildRoutes:
    def __init__(self, world: World, access: Access) -> None:
        self._world = world
        self._access = access

    def routes(self) -> list[Route]:
        handlers = {
            _GUILD: self.guild,
            f"{_GUILD}/channels": self.channels,
            f"{_GUILD}/roles": self.roles,
            f"{_GUILD}/members": self.members,
            f"{_GUILD}/members/{{user_id}}": self.member,
            f"{_GUILD}/threads/active": self.active_threads,
            f"{_GUILD}/auto-moderation/rules": self.automod_rules,
            f"{_GUILD}/auto-moderation/rules/{{rule_id}}": self.automod_rule,
            "/channels/{channel_id}": self.channel,
        }
        return [Route(method="GET", template=path, handler=handler) for path, handler in handlers.items()]

    async def guild(self, call: Call) -> Answer:
        guild = self._guild(call)
        body = payloads.guild(guild)
        if call.query.get("with_counts") in {"true", "1", "True"}:
            body |= payloads.guild_counts(guild)
        return Answer(body=body)

    async def channels(self, call: Call) -> Answer:
        """Answer all channels but threads, those the bot may not view included, as Discord does."""
        found = self._guild(call).channels.values()
        return Answer(body=[payloads.channel(each) for each in found if each.thread is None])

    async def roles(self, call: Call) -> Answer:
        return Answer(body=[payloads.role(each) for each in self._guild(call).roles.values()])

    async def members(self, call: Call) -> Answer:
        limit = snowflake(call.query.get("limit", "1"))
        if limit is None or not 1 <= limit <= 1000:
            raise invalid_form(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 1000.")
        after = snowflake(call.query.get("after")) or 0
        members = self._guild(call).members
        chosen = [members[user_id] for user_id in sorted(members) if user_id > after]
        return Answer(body=[payloads.member(each) for each in chosen[:limit]])

    async def member(self, call: Call) -> Answer:
        member = self._guild(call).members.get(call.id("user_id"))
        if member is None:
            raise UNKNOWN_MEMBER.refusal()
        return Answer(body=payloads.member(member))

    async def active_threads(self, call: Call) -> Answer:
        threads = [
            each
            for each in self._guild(call).channels.values()
            if each.thread is not None
            and not each.thread.archived
            and Permission.VIEW_CHANNEL in self._access.permissions(each)
        ]
        return Answer(
            body={
                "threads": [payloads.thread_seen_by(each, self._world.bot) for each in threads],
                "members": [
                    payloads.thread_member(each, self._world.bot.id)
                    for each in threads
                    if each.thread is not None and self._world.bot.id in each.thread.joined
                ],
                "has_more": False,
            }
        )

    async def automod_rules(self, call: Call) -> Answer:
        return Answer(body=list(self._automod_guild(call).automod_rules.values()))

    async def automod_rule(self, call: Call) -> Answer:
        rule = self._automod_guild(call).automod_rules.get(call.id("rule_id"))
        if rule is None:
            raise DiscordRefusal(404, 10066, "Unknown auto moderation rule")
        return Answer(body=rule)

    async def channel(self, call: Call) -> Answer:
        return Answer(body=payloads.thread_seen_by(self._access.channel(call.id("channel_id")), self._world.bot))

    def _guild(self, call: Call) -> Guild:
        return self._access.guild(call.id("guild_id"))

    def _automod_guild(self, call: Call) -> Guild:
        """Return a guild whose AutoMod rules the bot may read, which takes Manage Server."""
        guild = self._guild(call)
        if Permission.MANAGE_GUILD not in self._world.guild_permissions(self._world.bot.id, guild):
            raise MISSING_PERMISSIONS.refusal()
        return guild
