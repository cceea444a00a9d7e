"""What the bot may reach and do, with the refusals that Discord gives in the order it gives them."""

from sandbox.discord.refusals import (
    ARCHIVED_THREAD,
    LOCKED_THREAD,
    MISSING_ACCESS,
    MISSING_PERMISSIONS,
    NOT_A_TEXT_CHANNEL,
    UNAVAILABLE,
    UNKNOWN_CHANNEL,
    UNKNOWN_GUILD,
    UNKNOWN_MESSAGE,
)
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import WITHOUT_MESSAGES, Channel, Guild, Message, User, World


class Access:
    """Finds things for a user, the bot above all, and refuses what that user may not reach."""

    def __init__(self, world: World) -> None:
        self._world = world

    def guild(self, guild_id: int, user: User | None = None) -> Guild:
        """Return a guild that the user is a member of, unless an outage hides it."""
        guild = self._world.guilds.get(guild_id)
        if guild is None or (user or self._world.bot).id not in guild.members:
            raise UNKNOWN_GUILD.refusal()
        if not guild.available:
            raise UNAVAILABLE.refusal()
        return guild

    def channel(self, channel_id: int, user: User | None = None) -> Channel:
        """Return a channel that the user may view."""
        channel = self._world.channel(channel_id)
        if channel is None:
            raise UNKNOWN_CHANNEL.refusal()
        guild = self._world.guild_of(channel)
        if guild is not None and not guild.available:
            raise UNAVAILABLE.refusal()
        if Permission.VIEW_CHANNEL not in self.permissions(channel, user):
            raise MISSING_ACCESS.refusal()
        return channel

    def message(self, channel: Channel, message_id: int) -> Message:
        """Return a message that the bot token may reach: never an ephemeral one."""
        message = channel.messages.get(message_id)
        if message is None or message.visible_to is not None:
            raise UNKNOWN_MESSAGE.refusal()
        return message

    def permissions(self, channel: Channel, user: User | None = None) -> Permission:
        return self._world.permissions((user or self._world.bot).id, channel)

    def require(self, channel: Channel, needed: Permission, user: User | None = None) -> None:
        """Refuse unless the user has all of `needed` in the channel."""
        if needed not in self.permissions(channel, user):
            raise MISSING_PERMISSIONS.refusal()

    def require_posting(self, channel: Channel, *, files: bool, embeds: bool = False, user: User | None = None) -> None:
        """Refuse unless the user may post in the channel, with files or embeds where there are some."""
        if channel.type in WITHOUT_MESSAGES:
            raise NOT_A_TEXT_CHANNEL.refusal()
        send = Permission.SEND_MESSAGES_IN_THREADS if channel.thread else Permission.SEND_MESSAGES
        self.require(channel, send, user)
        if files:
            self.require(channel, Permission.ATTACH_FILES, user)
        if embeds:
            self.require(channel, Permission.EMBED_LINKS, user)
        if self.is_locked_for(channel, user):
            raise LOCKED_THREAD.refusal()

    def is_locked_for(self, channel: Channel, user: User | None = None) -> bool:
        """Tell whether a channel is a locked thread, which takes Manage Threads to write in."""
        locked = channel.thread is not None and channel.thread.locked
        return locked and Permission.MANAGE_THREADS not in self.permissions(channel, user)

    def require_open(self, channel: Channel) -> None:
        """Refuse to change anything in an archived thread."""
        if channel.thread is not None and channel.thread.archived:
            raise ARCHIVED_THREAD.refusal()
