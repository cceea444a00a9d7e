"""Collects the `resolved` objects that an interaction refers to by id."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.file_types import takes
from sandbox.discord.http.files import FileStore, Upload
from sandbox.discord.json_fields import integer, is_object, snowflake
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.payloads import MessagePayloads
from sandbox.discord.world import payloads
from sandbox.discord.world.world import Channel, Guild, Message, User, World


class ClientRefusal(Exception):
    """A member's client does not offer this: the sentence says why."""


@dataclass(slots=True, kw_only=True)
class Resolver:
    """Looks up what one interaction names, as its member sees it, and collects the objects.

    `uploads` are the files that came with the interaction, named by `{"upload": n}`.
    """

    world: World
    files: FileStore
    render: MessagePayloads
    user: User
    guild: Guild | None
    uploads: Mapping[int, Upload] = field(default_factory=dict[int, Upload])
    upload_limit: int = 0
    found: JsonObject = field(default_factory=dict[str, Any])

    def resolve_user(self, value: object) -> str:
        """Resolve a user by id, with their member where the guild has them."""
        user = self.world.users.get(snowflake(value) or 0)
        if user is None:
            raise ClientRefusal(f"there is no user {value!r}")
        self._keep("users", user.id, payloads.user(user))
        member = None if self.guild is None else self.guild.members.get(user.id)
        if member is not None and self.guild is not None:
            allowed = str(int(self.world.guild_permissions(user.id, self.guild)))
            self._keep("members", user.id, payloads.resolved_member(member) | {"permissions": allowed})
        return str(user.id)

    def resolve_role(self, value: object) -> str:
        role = None if self.guild is None else self.guild.roles.get(snowflake(value) or 0)
        if role is None:
            raise ClientRefusal(f"there is no role {value!r}")
        self._keep("roles", role.id, payloads.role(role))
        return str(role.id)

    def resolve_mentionable(self, value: object) -> str:
        """Resolve a role or a user by id."""
        if self.guild is not None and snowflake(value) in self.guild.roles:
            return self.resolve_role(value)
        return self.resolve_user(value)

    def resolve_channel(self, value: object, types: list[int] | None = None) -> str:
        """Resolve a channel by id that the member sees, of one of the types if some are named."""
        channel = self.world.channel(snowflake(value) or 0)
        if channel is None or channel.guild_id != (self.guild and self.guild.id):
            raise ClientRefusal(f"there is no channel {value!r}")
        if types and channel.type not in types:
            raise ClientRefusal(f"#{channel.name} is not of a type that can be chosen here")
        self._keep("channels", channel.id, self._partial_channel(channel))
        return str(channel.id)

    def resolve_message(self, message: Message) -> str:
        self._keep("messages", message.id, self.render.message(message))
        return str(message.id)

    async def resolve_upload(self, value: object, file_types: object = None) -> str:
        """Turn an uploaded file into an attachment of the interaction; `file_types` are those that may be chosen."""
        upload = self.uploads.get(integer(value, "upload", -1)) if is_object(value) else None
        if upload is None:
            raise ClientRefusal(f"{value!r} names no uploaded file")
        if not takes(file_types, upload.filename):
            raise ClientRefusal(f"{upload.filename} is none of the files that can be chosen here")
        if upload.size > self.upload_limit:
            raise ClientRefusal(f"{upload.filename} is larger than {self.upload_limit} bytes")
        attachment = await self.files.attach_to_interaction(upload)
        self._keep("attachments", attachment.id, self.render.attachment(attachment))
        return str(attachment.id)

    def into(self, data: JsonObject) -> JsonObject:
        """Return interaction data with what was resolved, if anything was."""
        return data | {"resolved": self.found} if self.found else data

    def _partial_channel(self, channel: Channel) -> JsonObject:
        return payloads.channel(channel) | {
            "permissions": str(int(self.world.permissions(self.user.id, channel))),
            "app_permissions": str(int(self.world.permissions_by_roles(self.world.bot.id, channel))),
        }

    def _keep(self, kind: str, key: int, payload: JsonObject) -> None:
        self.found.setdefault(kind, {})[str(key)] = payload
