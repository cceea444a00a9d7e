"""Who is in a thread: members join by writing, by being mentioned, and by being added."""

from collections.abc import Iterable

from sandbox.discord.gateway.protocol import Intent
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.world import payloads
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel, ChannelType, Guild, Message, World


class Threads:
    """Keeps the members of threads and announces who joins and leaves."""

    def __init__(self, world: World, announcer: Announcer) -> None:
        self._world = world
        self._announcer = announcer

    def follow(self, channel: Channel, message: Message) -> None:
        """Add the author of a message in a thread, and whom it mentions, as far as they may be added.

        An answer to an interaction adds nobody: it is written where its member is, whether the bot is there or not.
        """
        if channel.thread is None or message.interaction is not None:
            return
        may_add = self.may_add(channel, message.author.id)
        self.add(channel, [message.author.id, *(message.mentions if may_add else [])])

    def may_add(self, channel: Channel, user_id: int) -> bool:
        """Tell whether a user may add others to a thread."""
        if channel.thread is None:
            return False
        open_to_members = channel.type is not ChannelType.PRIVATE_THREAD or channel.thread.invitable
        return open_to_members or Permission.MANAGE_THREADS in self._world.permissions(user_id, channel)

    def add(self, channel: Channel, user_ids: Iterable[int]) -> None:
        """Add those who see the thread's parent and are not in it yet."""
        thread, guild = channel.thread, self._world.guild_of(channel)
        if thread is None or guild is None:
            return
        added = [
            each for each in dict.fromkeys(user_ids) if each not in thread.joined and self._may_join(channel, each)
        ]
        for user_id in added:
            thread.joined[user_id] = self._world.clock()
        if self._world.bot.id in added:
            shown = payloads.thread_seen_by(channel, self._world.bot)
            self._announcer.bot("THREAD_CREATE", shown, guild=guild, intent=Intent.GUILDS)
        if added:
            members = [self._member(channel, guild, each) for each in added]
            self._announce(channel, {"added_members": members})

    def remove(self, channel: Channel, user_id: int) -> None:
        """Take a member out of a thread; of a private one they hear no more after that."""
        if channel.thread is None or user_id not in channel.thread.joined:
            return
        self._announce(channel, {"removed_member_ids": [str(user_id)]}, left=user_id)
        del channel.thread.joined[user_id]

    def _may_join(self, channel: Channel, user_id: int) -> bool:
        return Permission.VIEW_CHANNEL in self._world.permissions_by_roles(user_id, channel)

    def _member(self, channel: Channel, guild: Guild, user_id: int) -> JsonObject:
        member = payloads.member(guild.members[user_id])
        return payloads.thread_member(channel, user_id) | {"member": member, "presence": None}

    def _announce(self, channel: Channel, changed: JsonObject, *, left: int | None = None) -> None:
        count = len(channel.thread.joined) if channel.thread else 0
        data: JsonObject = {"id": str(channel.id), "guild_id": str(channel.guild_id), "member_count": count} | changed
        if left is not None:
            data["member_count"] = count - 1
        self._announcer.in_channel("THREAD_MEMBERS_UPDATE", data, channel, intent=Intent.GUILDS)
