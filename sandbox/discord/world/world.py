"""What exists in the local Discord: users, guilds, roles, members, channels and their messages.

These values change as the world does and know nothing of HTTP; `payloads` turns them into Discord's JSON.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from pathlib import Path

from sandbox.discord.json_types import JsonObject
from sandbox.discord.world import permissions
from sandbox.discord.world.clock import SnowflakeMint
from sandbox.discord.world.permissions import Overwrite, Permission

MEBIBYTE = 1024 * 1024
UPLOAD_LIMITS = {0: 10 * MEBIBYTE, 1: 10 * MEBIBYTE, 2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE}  # by boost tier
DM_PERMISSIONS = Permission(
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.ATTACH_FILES
    | Permission.EMBED_LINKS
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.ADD_REACTIONS
    | Permission.USE_EXTERNAL_EMOJIS
)


class ChannelType(IntEnum):
    TEXT = 0
    DM = 1
    VOICE = 2
    CATEGORY = 4
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12
    STAGE = 13
    FORUM = 15
    MEDIA = 16


WITHOUT_MESSAGES = frozenset({ChannelType.CATEGORY, ChannelType.FORUM, ChannelType.MEDIA})
"""Kinds that hold other channels or threads, and no messages of their own."""


class MessageType(IntEnum):
    DEFAULT = 0
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


NO_FLAGS = MessageFlag(0)


@dataclass(slots=True, kw_only=True)
class User:
    id: int
    username: str
    global_name: str | None = None
    bot: bool = False
    locale: str = "en-US"


@dataclass(slots=True, kw_only=True)
class Role:
    id: int
    name: str
    permissions: int
    position: int = 0
    bot_id: int | None = None  # set on the role that an invited bot brings along


@dataclass(slots=True, kw_only=True)
class Member:
    user: User
    joined_at: float
    role_ids: list[int] = field(default_factory=list[int])
    nick: str | None = None
    timed_out_until: float | None = None


@dataclass(slots=True, kw_only=True)
class Attachment:
    """A stored file and what Discord tells about it; `path` is its place below the CDN's root."""

    id: int
    filename: str
    size: int
    content_type: str | None
    width: int | None
    height: int | None
    path: str
    file: Path
    description: str | None = None
    spoiler: bool = False
    ephemeral: bool = False


@dataclass(slots=True, kw_only=True)
class Message:
    """A message; `embeds` and `components` are kept as sent, with `attachment://` names unresolved."""

    id: int
    channel_id: int
    guild_id: int | None
    author: User
    created_at: float
    type: MessageType = MessageType.DEFAULT
    content: str = ""
    flags: MessageFlag = NO_FLAGS
    embeds: list[JsonObject] = field(default_factory=list[JsonObject])
    components: list[JsonObject] = field(default_factory=list[JsonObject])
    attachments: list[Attachment] = field(default_factory=list[Attachment])
    mentions: list[int] = field(default_factory=list[int])
    mention_roles: list[int] = field(default_factory=list[int])
    mention_everyone: bool = False
    edited_at: float | None = None
    reference: int | None = None
    interaction: JsonObject | None = None  # interaction_metadata
    command: str | None = None  # the name of the command that it answers, subcommands included
    visible_to: int | None = None  # the only user who sees an ephemeral message
    tts: bool = False

    @property
    def is_v2(self) -> bool:
        """Tell whether the message is a Components V2 layout."""
        return bool(self.flags & MessageFlag.COMPONENTS_V2)


@dataclass(slots=True, kw_only=True)
class Thread:
    """What makes a channel a thread; `joined` tells when each of its members joined."""

    owner_id: int
    created_at: float
    archived: bool = False
    locked: bool = False
    invitable: bool = True  # of a private one: whether members without Manage Threads may add others
    joined: dict[int, float] = field(default_factory=dict[int, float])


@dataclass(slots=True, kw_only=True)
class Channel:
    id: int
    guild_id: int | None
    name: str
    type: ChannelType = ChannelType.TEXT
    position: int = 0
    parent_id: int | None = None
    nsfw: bool = False
    topic: str | None = None
    overwrites: list[Overwrite] = field(default_factory=list[Overwrite])
    recipients: list[User] = field(default_factory=list[User])
    thread: Thread | None = None
    messages: dict[int, Message] = field(default_factory=dict[int, Message])


@dataclass(slots=True, kw_only=True)
class Guild:
    id: int
    name: str
    owner_id: int
    premium_tier: int = 0
    locale: str = "en-US"
    system_channel_id: int | None = None  # where Discord's own messages go
    available: bool = True  # an outage makes a guild unavailable, to the bot and to everyone else
    roles: dict[int, Role] = field(default_factory=dict[int, Role])
    members: dict[int, Member] = field(default_factory=dict[int, Member])
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    automod_rules: dict[int, JsonObject] = field(default_factory=dict[int, JsonObject])

    @property
    def upload_limit(self) -> int:
        """Return the bytes a single file may have here, which the boost tier decides."""
        return UPLOAD_LIMITS[self.premium_tier]


@dataclass(slots=True, kw_only=True)
class World:
    """Everything that exists, and the one bot application that may log in to it."""

    clock: Callable[[], float]
    mint: SnowflakeMint
    bot: User
    token: str = field(repr=False)
    users: dict[int, User] = field(default_factory=dict[int, User])
    guilds: dict[int, Guild] = field(default_factory=dict[int, Guild])
    direct: dict[int, Channel] = field(default_factory=dict[int, Channel])
    verify_key: str = field(default_factory=lambda: secrets.token_hex(32))

    @property
    def application_id(self) -> int:
        """Return the application's id, which is its bot user's too."""
        return self.bot.id

    def channel(self, channel_id: int) -> Channel | None:
        """Find a channel, thread or direct channel anywhere."""
        if channel_id in self.direct:
            return self.direct[channel_id]
        for guild in self.guilds.values():
            if channel_id in guild.channels:
                return guild.channels[channel_id]
        return None

    def guild_of(self, channel: Channel) -> Guild | None:
        """Return the guild a channel belongs to; `None` for a direct channel."""
        return None if channel.guild_id is None else self.guilds[channel.guild_id]

    def direct_channel(self, user: User) -> Channel:
        """Return the direct channel between the bot and a user, opened when there is none."""
        for channel in self.direct.values():
            if channel.recipients == [user]:
                return channel
        channel = Channel(id=self.mint(), guild_id=None, name=user.username, type=ChannelType.DM, recipients=[user])
        self.direct[channel.id] = channel
        return channel

    def permissions(self, user_id: int, channel: Channel) -> Permission:
        """Compute what a user may do in a channel.

        In a direct channel only its two users may do anything, in a private thread only its members and those
        with Manage Threads.
        """
        found = self.permissions_by_roles(user_id, channel)
        if channel.thread is None or channel.type is not ChannelType.PRIVATE_THREAD:
            return found
        admitted = user_id in channel.thread.joined or Permission.MANAGE_THREADS in found
        return found if admitted else Permission(0)

    def permissions_by_roles(self, user_id: int, channel: Channel) -> Permission:
        """Compute what roles and overwrites give a user, members of a private thread or not.

        A thread goes by its parent's overwrites.
        """
        guild = self.guild_of(channel)
        if guild is None:
            ours = user_id == self.bot.id or any(user.id == user_id for user in channel.recipients)
            return DM_PERMISSIONS if ours else Permission(0)
        member = guild.members.get(user_id)
        if member is None:
            return Permission(0)
        parent = guild.channels.get(channel.parent_id or 0)
        ruling = parent if channel.thread and parent else channel
        return self._compute(guild, member, ruling.overwrites, in_thread=channel.thread is not None)

    def guild_permissions(self, user_id: int, guild: Guild) -> Permission:
        """Compute what a member may do in a guild before any channel's overwrites."""
        member = guild.members.get(user_id)
        return Permission(0) if member is None else self._compute(guild, member, [])

    def may_view(self, user_id: int, message: Message) -> bool:
        """Tell whether a user sees a message: the channel, and if it is ephemeral, that it is theirs."""
        channel = self.channel(message.channel_id)
        if channel is None or message.visible_to not in {None, user_id}:
            return False
        return Permission.VIEW_CHANNEL in self.permissions(user_id, channel)

    def audience(self, channel: Channel) -> Iterator[int]:
        """Yield the users, the bot not among them, who may view a channel."""
        guild = self.guild_of(channel)
        candidates = [user.id for user in channel.recipients] if guild is None else list(guild.members)
        for user_id in candidates:
            if user_id != self.bot.id and Permission.VIEW_CHANNEL in self.permissions(user_id, channel):
                yield user_id

    def _compute(
        self, guild: Guild, member: Member, overwrites: list[Overwrite], *, in_thread: bool = False
    ) -> Permission:
        until = member.timed_out_until
        return Permission(
            permissions.compute(
                owner=member.user.id == guild.owner_id,
                member_role_ids=member.role_ids,
                everyone_role_id=guild.id,
                role_permissions={role.id: role.permissions for role in guild.roles.values()},
                overwrites=overwrites,
                member_id=member.user.id,
                timed_out=until is not None and until > self.clock(),
                in_thread=in_thread,
            )
        )
