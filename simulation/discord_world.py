"""What there is in the simulated Discord, and how Discord describes it: servers, members, messages, interactions."""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import discord

EPHEMERAL, LOADING = 64, 128
ALL: Final = discord.Permissions.all().value
MEMBER: Final = discord.Permissions(
    view_channel=True, send_messages=True, attach_files=True, read_message_history=True, use_application_commands=True
).value


@dataclass(slots=True, kw_only=True)
class Member:
    id: int
    name: str
    role_ids: set[int] = field(default_factory=set[int])
    joined_at: datetime
    timed_out_until: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Channel:
    id: int
    guild_id: int | None
    name: str
    moderators_only: bool = False
    denied: int = 0  # permissions that the bot lacks here
    recipient: int | None = None  # of a direct channel


@dataclass(slots=True, kw_only=True)
class Guild:
    id: int
    owner_id: int
    moderator_role: int
    channels: dict[int, Channel] = field(default_factory=dict[int, Channel])
    members: dict[int, Member] = field(default_factory=dict[int, Member])


@dataclass(slots=True, kw_only=True)
class Message:
    id: int
    channel_id: int
    author_id: int
    at: datetime
    content: str = ""
    components: list[Any] = field(default_factory=list[Any])
    attachments: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    flags: int = 0
    nonce: str | None = None
    reply_to: int | None = None

    def custom_ids(self) -> Iterator[str]:
        """Yield the custom ids of all its buttons and menus."""
        for each in _interactive(self.components):
            yield each["custom_id"]

    def button(self, prefix: str) -> str | None:
        """Return the first custom id that begins so, or None."""
        return next((each for each in self.custom_ids() if each.startswith(prefix)), None)

    def choices(self, custom_id: str) -> list[str]:
        """Return what can be chosen in a menu."""
        menu = next(each for each in _interactive(self.components) if each["custom_id"] == custom_id)
        return [each["value"] for each in menu.get("options") or ()]


@dataclass(slots=True, kw_only=True)
class Interaction:
    """One thing that a member did, and what they saw come of it."""

    id: int
    token: str
    payload: dict[str, Any]
    at: datetime
    answered: int | None = None  # the type of the callback
    message: Message | None = None  # the first answer, or the message that it changed
    modal: dict[str, Any] | None = None
    followups: list[Message] = field(default_factory=list[Message])

    @property
    def shown(self) -> Message | None:
        """Return what the member sees last of it."""
        return self.followups[-1] if self.followups else self.message

    @property
    def waits(self) -> bool:
        """Whether the member still sees that something is to come."""
        return self.answered is None or (self.shown is not None and bool(self.shown.flags & LOADING))


class DiscordWorld:
    """Servers, members, messages and interactions. `changed` hears of each message that appears, changes or goes."""

    def __init__(self, rng: random.Random, now: Callable[[], datetime]) -> None:
        self._rng = rng
        self._now = now
        self._sequence = 0
        self.changed: Callable[[str, Message], None] = lambda _what, _message: None
        self.bot_id, self.application_id = self.snowflake(), self.snowflake()
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.messages: dict[int, dict[int, Message]] = {}  # by channel
        self.interactions: dict[str, Interaction] = {}  # by token
        self.commands: list[dict[str, Any]] = []

    def snowflake(self) -> int:
        """Return a new id of this moment; later ones are larger."""
        self._sequence += 1
        return discord.utils.time_snowflake(self._now()) + (self._sequence & 0x3FFFFF)

    # --- what there is ---------------------------------------------------------------------------------------

    def add_guild(self) -> Guild:
        owner = self._member("owner")
        guild = Guild(id=self.snowflake(), owner_id=owner.id, moderator_role=self.snowflake())
        guild.members[owner.id] = owner
        self.guilds[guild.id] = guild
        return guild

    def add_channel(self, guild: Guild, name: str, *, moderators_only: bool = False) -> Channel:
        channel = Channel(id=self.snowflake(), guild_id=guild.id, name=name, moderators_only=moderators_only)
        guild.channels[channel.id] = self.channels[channel.id] = channel
        return channel

    def add_member(self, guild: Guild, name: str, *, moderator: bool = False) -> Member:
        member = self._member(name)
        if moderator:
            member.role_ids.add(guild.moderator_role)
        guild.members[member.id] = member
        return member

    def _member(self, name: str) -> Member:
        return Member(id=self.snowflake(), name=name, joined_at=self._now() - timedelta(days=90))

    def all_messages(self) -> Iterator[Message]:
        for messages in self.messages.values():
            yield from messages.values()

    def permissions(self, guild: Guild, user_id: int, channel: Channel) -> int:
        if user_id == self.bot_id:
            return ALL & ~channel.denied
        member = guild.members.get(user_id)
        if member is None:
            return 0
        if user_id == guild.owner_id or guild.moderator_role in member.role_ids:
            return ALL
        return 0 if channel.moderators_only else MEMBER

    # --- interactions ----------------------------------------------------------------------------------------

    def interact(
        self, member: Member, channel: Channel, kind: int, data: dict[str, Any], source: Message | None = None
    ) -> Interaction:
        """Let a member do something; return it with the payload that the bot is to get."""
        guild = self.guilds[channel.guild_id or 0]
        interaction_id = self.snowflake()
        payload: dict[str, Any] = {
            "id": str(interaction_id),
            "application_id": str(self.application_id),
            "type": kind,
            "token": f"token-{interaction_id}",
            "version": 1,
            "data": data,
            "channel_id": str(channel.id),
            "channel": self.channel_json(channel) | {"permissions": str(self.permissions(guild, member.id, channel))},
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "locale": "en-US", "features": []},
            "guild_locale": "en-US",
            "locale": "en-US",
            "app_permissions": str(self.permissions(guild, self.bot_id, channel)),
            "member": self._member_json(member) | {"permissions": str(self.permissions(guild, member.id, channel))},
            "entitlements": [],
            "entitlement_sku_ids": [],
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
            "attachment_size_limit": 10 << 20,
        }
        if source is not None:
            payload["message"] = self._message_json(source)
        interaction = Interaction(id=interaction_id, token=payload["token"], payload=payload, at=self._now())
        self.interactions[interaction.token] = interaction
        return interaction

    def command_data(
        self, words: str, options: Mapping[str, Any], attachments: Mapping[str, dict[str, Any]]
    ) -> dict[str, Any]:
        """Return the data of a slash command; `attachments` are those of options, by the option's name."""
        name, _, verb = words.partition(" ")
        command = next((each for each in self.commands if each["name"] == name), {"id": "0"})
        types = {str: 3, int: 4, bool: 5, Member: 6}
        given = [
            {"name": key, "type": types[type(value)], "value": str(value.id) if isinstance(value, Member) else value}
            for key, value in options.items()
        ]
        given += [{"name": key, "type": 11, "value": each["id"]} for key, each in attachments.items()]
        members = [value for value in options.values() if isinstance(value, Member)]
        resolved = {
            "attachments": {each["id"]: each for each in attachments.values()},
            "users": {str(each.id): self._user_json(each.id, each.name) for each in members},
            "members": {str(each.id): self._member_json(each) | {"permissions": str(MEMBER)} for each in members},
        }
        if verb:
            given = [{"name": verb, "type": 1, "options": given}]
        return {"id": command["id"], "name": name, "type": 1, "options": given, "resolved": resolved}

    def upload(self, channel_id: int, filename: str, size: int = 300_000) -> dict[str, Any]:
        """Return an attachment as Discord describes it."""
        key = self.snowflake()
        url = f"https://cdn.discordapp.com/attachments/{channel_id}/{key}/{filename}"
        return {
            "id": str(key),
            "filename": filename,
            "size": size,
            "url": f"{url}?ex=7fffffff",
            "proxy_url": url,
            "content_type": "video/mp4" if filename.endswith(".mp4") else "image/jpeg",
            "width": 1280,
            "height": 720,
        }

    # --- JSON ------------------------------------------------------------------------------------------------

    def _message_json(self, message: Message) -> dict[str, Any]:
        author = self._user_json(message.author_id, "someone", bot=message.author_id == self.bot_id)
        return {
            "id": str(message.id),
            "channel_id": str(message.channel_id),
            "author": author,
            "content": message.content,
            "timestamp": message.at.isoformat(),
            "edited_timestamp": None,
            "tts": False,
            "mention_everyone": False,
            "mentions": [],
            "mention_roles": [],
            "attachments": message.attachments,
            "embeds": [],
            "pinned": False,
            "type": 0,
            "flags": message.flags,
            "components": message.components,
        }

    def _user_json(self, user_id: int, name: str, *, bot: bool = False) -> dict[str, Any]:
        return {
            "id": str(user_id),
            "username": name,
            "global_name": None,
            "discriminator": "0",
            "avatar": None,
            "public_flags": 0,
            "bot": bot,
        }

    def _member_json(self, member: Member) -> dict[str, Any]:
        until = member.timed_out_until
        return {
            "user": self._user_json(member.id, member.name, bot=member.id == self.bot_id),
            "roles": [str(each) for each in sorted(member.role_ids)],
            "joined_at": member.joined_at.isoformat(),
            "communication_disabled_until": None if until is None else until.isoformat(),
            "nick": None,
            "avatar": None,
            "flags": 0,
            "deaf": False,
            "mute": False,
            "pending": False,
            "premium_since": None,
        }

    def channel_json(self, channel: Channel) -> dict[str, Any]:
        described: dict[str, Any] = {"id": str(channel.id), "type": 0 if channel.recipient is None else 1, "flags": 0}
        if channel.recipient is not None:
            return described | {"recipients": [self._user_json(channel.recipient, "someone")], "last_message_id": None}
        return described | {
            "guild_id": str(channel.guild_id),
            "name": channel.name,
            "parent_id": None,
            "position": 0,
            "topic": None,
            "nsfw": False,
            "description": "",
            "rate_limit_per_user": 0,
            "last_message_id": None,
            "permission_overwrites": self._overwrites(channel),
        }

    def _overwrites(self, channel: Channel) -> list[dict[str, Any]]:
        overwrites = [{"id": str(self.bot_id), "type": 1, "allow": "0", "deny": str(channel.denied)}]
        if channel.moderators_only:
            hidden = str(discord.Permissions(view_channel=True).value)
            overwrites.append({"id": str(channel.guild_id), "type": 0, "allow": "0", "deny": hidden})
        return overwrites

    def guild_json(self, guild: Guild) -> dict[str, Any]:
        """Return a guild as the gateway brings it, with its channels and the bot itself."""
        own = self._member(f"bot-{guild.id}")
        own.id = self.bot_id
        roles = [(guild.id, "@everyone", MEMBER, 0), (guild.moderator_role, "moderators", ALL, 1)]
        return {
            "id": str(guild.id),
            "name": "Server",
            "owner_id": str(guild.owner_id),
            "preferred_locale": "en-US",
            "features": [],
            "roles": [
                {
                    "id": str(key),
                    "name": name,
                    "permissions": str(allowed),
                    "position": place,
                    "color": 0,
                    "colors": {"primary_color": 0},
                }
                | {"hoist": False, "managed": False, "mentionable": False, "flags": 0}
                for key, name, allowed, place in roles
            ],
            "emojis": [],
            "stickers": [],
            "channels": [self.channel_json(each) for each in guild.channels.values()],
            "threads": [],
            "members": [self._member_json(own)],
            "member_count": len(guild.members),
            "large": False,
            "unavailable": False,
            "premium_tier": 0,
            "system_channel_id": None,
        }


def _interactive(components: list[Any]) -> Iterator[dict[str, Any]]:
    for each in components:
        if "custom_id" in each:
            yield each
        yield from _interactive(each.get("components") or [])
        if accessory := each.get("accessory"):
            yield from _interactive([accessory])
