"""Tells everyone concerned what happened: the bot over its gateway, each member over their control socket."""

from collections.abc import Callable, Iterable
from typing import Protocol

from sandbox.discord.gateway.protocol import Intent
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.world import payloads
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import Channel, Guild, Message, World


class Dispatcher(Protocol):
    """The part of the gateway that sends an event to the sessions of the shard concerned."""

    def dispatch(self, event: str, data: JsonObject, *, guild_id: int | None = None, intent: int = 0) -> None: ...


ALWAYS = Intent(0)
"""The intent of events that reach every session."""

Listener = Callable[[str, JsonObject], None]


class Announcer:
    """Sends events to the gateway and to the members who may see them."""

    def __init__(self, world: World, gateway: Dispatcher, render: MessagePayloads) -> None:
        self._world = world
        self._gateway = gateway
        self._render = render
        self._listeners: dict[int, list[Listener]] = {}

    def listen(self, user_id: int, listener: Listener) -> Callable[[], None]:
        """Have `listener` told every event that reaches a user's client; returns how to end that."""
        self._listeners.setdefault(user_id, []).append(listener)
        return lambda: self._listeners[user_id].remove(listener)

    def bot(self, event: str, data: JsonObject, *, guild: Guild | None = None, intent: Intent) -> None:
        """Send an event to the bot alone."""
        self._gateway.dispatch(event, data, guild_id=None if guild is None else guild.id, intent=int(intent))

    def user(self, user_id: int, event: str, data: JsonObject) -> None:
        """Send an event to one user's clients alone."""
        for listener in list(self._listeners.get(user_id, ())):
            listener(event, data)

    def users(self, user_ids: Iterable[int], event: str, data: JsonObject) -> None:
        """Send an event to several users' clients."""
        for user_id in user_ids:
            self.user(user_id, event, data)

    def message(self, event: str, message: Message) -> None:
        """Announce a message that was created or changed; an ephemeral one only to its reader."""
        self._of_message(event, message, self._render.event(message))

    def message_deleted(self, message: Message) -> None:
        """Announce that a message is gone."""
        data: JsonObject = {"id": str(message.id), "channel_id": str(message.channel_id)}
        if message.guild_id is not None:
            data["guild_id"] = str(message.guild_id)
        self._of_message("MESSAGE_DELETE", message, data)

    def _of_message(self, event: str, message: Message, data: JsonObject) -> None:
        channel = self._world.channel(message.channel_id)
        if channel is None:
            return
        if message.visible_to is not None:
            self.user(message.visible_to, event, data)
            return
        self.in_channel(event, data, channel, intent=Intent.GUILD_MESSAGES, direct_intent=Intent.DIRECT_MESSAGES)

    def typing(self, channel: Channel, user_id: int) -> None:
        """Announce that a user types."""
        data: JsonObject = {
            "channel_id": str(channel.id),
            "user_id": str(user_id),
            "timestamp": int(self._world.clock()),
        }
        guild = self._world.guild_of(channel)
        if guild is not None:
            data |= {"guild_id": str(guild.id), "member": payloads.member(guild.members[user_id])}
        self.in_channel(
            "TYPING_START",
            data,
            channel,
            intent=Intent.GUILD_MESSAGE_TYPING,
            direct_intent=Intent.DIRECT_MESSAGE_TYPING,
        )

    def bot_presence(self, online: bool) -> None:
        """Show the members whether the bot is there."""
        user: JsonObject = {"id": str(self._world.bot.id)}
        status = "online" if online else "offline"
        for guild in self._world.guilds.values():
            data: JsonObject = {"user": user, "guild_id": str(guild.id), "status": status}
            self.users(guild.members, "PRESENCE_UPDATE", data)

    def wake(self, channel: Channel) -> None:
        """Unarchive a thread that was written in, and announce it."""
        guild = self._world.guild_of(channel)
        if guild is not None and channel.thread is not None and channel.thread.archived:
            channel.thread.archived = False
            self.in_guild("THREAD_UPDATE", payloads.channel(channel), guild, intent=Intent.GUILDS)

    def in_channel(
        self,
        event: str,
        data: JsonObject,
        channel: Channel,
        *,
        intent: Intent,
        direct_intent: Intent = ALWAYS,
    ) -> None:
        """Send an event to all, the bot included, who may view a channel."""
        guild = self._world.guild_of(channel)
        if Permission.VIEW_CHANNEL in self._world.permissions(self._world.bot.id, channel):
            self.bot(event, data, guild=guild, intent=direct_intent if guild is None else intent)
        self.users(self._world.audience(channel), event, data)

    def in_guild(self, event: str, data: JsonObject, guild: Guild, *, intent: Intent) -> None:
        """Send an event to the bot and every member of a guild."""
        self.bot(event, data, guild=guild, intent=intent)
        self.users(guild.members, event, data)
