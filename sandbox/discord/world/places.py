"""What a member's client knows of their guilds: the channels that they see, and what they may do there."""

from sandbox.discord.json_types import JsonObject
from sandbox.discord.world import payloads
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel, Guild, Member, User, World


class Places:
    """Describes one world to each of its members."""

    def __init__(self, world: World) -> None:
        self._world = world

    def of(self, user: User) -> JsonObject:
        """Return the user's guilds, and their direct channel with the bot, `None` before it is opened."""
        direct = next((each for each in self._world.direct.values() if user in each.recipients), None)
        return {
            "guilds": [self._guild(each, user) for each in self._world.guilds.values() if user.id in each.members],
            "direct": None if direct is None else self._channel(direct, user),
        }

    def _guild(self, guild: Guild, user: User) -> JsonObject:
        """Return a guild; `permissions` are the user's before any channel's overwrites, as in Discord's own lists."""
        return {
            "id": str(guild.id),
            "name": guild.name,
            "owner_id": str(guild.owner_id),
            "premium_tier": guild.premium_tier,
            "upload_limit": guild.upload_limit,
            "permissions": str(int(self._world.guild_permissions(user.id, guild))),
            "roles": [payloads.role(each) for each in guild.roles.values()],
            "members": [self._member(guild, each) for each in guild.members.values()],
            "channels": [
                self._channel(each, user)
                for each in guild.channels.values()
                if Permission.VIEW_CHANNEL in self._world.permissions(user.id, each)
            ],
        }

    def _member(self, guild: Guild, member: Member) -> JsonObject:
        """Return a member with their permissions, by which a client can say who moderates."""
        allowed = self._world.guild_permissions(member.user.id, guild)
        return payloads.member(member) | {"permissions": str(int(allowed))}

    def _channel(self, channel: Channel, user: User) -> JsonObject:
        allowed = self._world.permissions(user.id, channel)
        return payloads.channel(channel) | {"permissions": str(int(allowed))}
