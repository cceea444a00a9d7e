"""Creates, edits and deletes messages and tells everyone who may see them."""

from collections.abc import Mapping
from dataclasses import dataclass

from sandbox.discord.http.files import FileStore, Upload
from sandbox.discord.json_fields import integer, objects, snowflake, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages import components
from sandbox.discord.messages.announcer import Announcer
from sandbox.discord.messages.mentions import find_mentions
from sandbox.discord.messages.rules import FileFacts, check_message
from sandbox.discord.messages.threads import Threads
from sandbox.discord.refusals import Path, invalid_form
from sandbox.discord.world.permissions import Permission
from sandbox.discord.world.world import NO_FLAGS, Attachment, Channel, Message, MessageFlag, MessageType, User, World

Uploads = Mapping[int, Upload]
"""The files of a multipart body by the number in their part's name, `files[n]`."""

DEFAULT_UPLOAD_LIMIT = 10 * 1024 * 1024  # bytes; a direct channel has no boosts
SENT_FLAGS = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.SUPPRESS_NOTIFICATIONS | MessageFlag.COMPONENTS_V2


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a message comes from: its author, and the interaction it answers, if any."""

    author: User
    type: MessageType = MessageType.DEFAULT
    interaction: JsonObject | None = None
    command: str | None = None
    visible_to: int | None = None
    flags: MessageFlag = NO_FLAGS


class Messages:
    """The messages of a world; permissions are checked by who calls, content is checked here."""

    def __init__(self, world: World, files: FileStore, announcer: Announcer, threads: Threads) -> None:
        self._world = world
        self._files = files
        self._announcer = announcer
        self._threads = threads

    async def create(
        self,
        channel: Channel,
        payload: JsonObject,
        uploads: Uploads,
        origin: Origin,
        *,
        reference: Message | None = None,
        path: Path = (),
    ) -> Message:
        """Make a message of a payload and announce it.

        `path` is where the payload stands in the body. Raises `DiscordRefusal` if it breaks a rule.
        """
        self._check(channel, payload, uploads, path)
        attachments = await self._attach_all(channel, payload, uploads, origin.visible_to)
        message = self._new(channel, origin)
        message.attachments = attachments
        message.flags |= MessageFlag(integer(payload, "flags")) & SENT_FLAGS
        message.tts = payload.get("tts") is True
        if reference is not None:
            message.type, message.reference = MessageType.REPLY, reference.id
        self._write(channel, message, payload, reference)
        self._threads.follow(channel, message)
        self._publish(channel, message)
        self._announcer.wake(channel)
        return message

    def create_loading(self, channel: Channel, origin: Origin) -> Message:
        """Make the empty message that stands for a bot thinking, and announce it."""
        message = self._new(channel, origin)
        message.flags |= MessageFlag.LOADING
        return self._publish(channel, message)

    async def edit(self, message: Message, payload: JsonObject, uploads: Uploads, *, path: Path = ()) -> Message:
        """Change what the payload names and announce the message as it is now."""
        channel = self._channel(message)
        self._check(channel, payload, uploads, path, editing=message)
        if message.flags & MessageFlag.LOADING and any(
            each["type"] == components.ComponentType.MEDIA_GALLERY
            for each in components.walk(objects(payload.get("components")))
        ):
            # Reported, and documented nowhere: https://github.com/discord/discord-api-docs/issues/7529
            raise invalid_form((*path, "components"), "COMPONENT_INVALID", "A deferred answer takes no gallery")
        if "attachments" in payload:
            self._keep_listed(message, payload)
        message.attachments += await self._attach_all(channel, payload, uploads, message.visible_to)
        if "flags" in payload:
            changeable = MessageFlag.SUPPRESS_EMBEDS | MessageFlag.COMPONENTS_V2
            asked = MessageFlag(integer(payload, "flags")) & changeable
            kept = message.flags & (MessageFlag.COMPONENTS_V2 | ~MessageFlag.SUPPRESS_EMBEDS)
            message.flags = kept | asked
        if message.flags & MessageFlag.LOADING:
            message.flags &= ~MessageFlag.LOADING
        else:
            message.edited_at = self._world.clock()
        replied = channel.messages.get(message.reference or 0)
        self._write(channel, message, payload, replied)
        self._announcer.message("MESSAGE_UPDATE", message)
        return message

    def delete(self, message: Message) -> None:
        """Remove a message and its files, and announce that it is gone."""
        self._channel(message).messages.pop(message.id, None)
        for attachment in message.attachments:
            self._files.remove(attachment)
        self._announcer.message_deleted(message)

    def upload_limit(self, channel: Channel) -> int:
        """Return the bytes that a file posted in a channel may have."""
        guild = self._world.guild_of(channel)
        return DEFAULT_UPLOAD_LIMIT if guild is None else guild.upload_limit

    def _new(self, channel: Channel, origin: Origin) -> Message:
        return Message(
            id=self._world.mint(),
            channel_id=channel.id,
            guild_id=channel.guild_id,
            author=origin.author,
            created_at=self._world.clock(),
            type=origin.type,
            flags=origin.flags,
            interaction=origin.interaction,
            command=origin.command,
            visible_to=origin.visible_to,
        )

    def _publish(self, channel: Channel, message: Message) -> Message:
        channel.messages[message.id] = message
        self._announcer.message("MESSAGE_CREATE", message)
        return message

    def _check(
        self,
        channel: Channel,
        payload: JsonObject,
        uploads: Uploads,
        path: Path,
        *,
        editing: Message | None = None,
    ) -> None:
        kept = [] if editing is None else self._kept(editing, payload)
        check_message(
            payload,
            files=[
                FileFacts(filename=each.filename, size=each.size, content_type=each.content_type or "")
                for each in uploads.values()
            ],
            upload_limit=self.upload_limit(channel),
            editing=editing is not None,
            existing_v2=editing is not None and editing.is_v2,
            known_filenames=[each.filename for each in kept],
            path=path,
        )

    @staticmethod
    def _kept(message: Message, payload: JsonObject) -> list[Attachment]:
        if "attachments" not in payload:
            return message.attachments
        listed = {snowflake(each.get("id")) for each in objects(payload["attachments"])}
        return [each for each in message.attachments if each.id in listed]

    def _keep_listed(self, message: Message, payload: JsonObject) -> None:
        kept = self._kept(message, payload)
        for attachment in message.attachments:
            if attachment not in kept:
                self._files.remove(attachment)
        message.attachments = kept
        for each in objects(payload["attachments"]):
            for attachment in kept:
                if "description" in each and snowflake(each.get("id")) == attachment.id:
                    attachment.description = text(each, "description") or None

    async def _attach_all(
        self, channel: Channel, payload: JsonObject, uploads: Uploads, visible_to: int | None
    ) -> list[Attachment]:
        """Keep the uploads at the channel's addresses, with the descriptions that the payload gives them."""
        described = {
            snowflake(each.get("id")): text(each, "description") or None for each in objects(payload.get("attachments"))
        }
        folder = f"attachments/{channel.id}"
        return [
            await self._files.attach(
                upload,
                folder=folder if visible_to is None else f"ephemeral-{folder}",
                ephemeral=visible_to is not None,
                description=described.get(number),
            )
            for number, upload in sorted(uploads.items())
        ]

    def _write(self, channel: Channel, message: Message, payload: JsonObject, replied: Message | None) -> None:
        """Put the text, embeds and components of a payload into a message, and find whom it mentions."""
        if "content" in payload:
            message.content = text(payload, "content")
        if "embeds" in payload:
            message.embeds = objects(payload["embeds"])
        if "components" in payload:
            message.components = components.normalise(objects(payload["components"]))
        if not payload.keys() & {"content", "components", "allowed_mentions"}:
            return
        found = find_mentions(
            "\n".join([message.content, *components.texts(message.components)]),
            payload.get("allowed_mentions"),
            guild=self._world.guild_of(channel),
            known_users=self._world.users,
            may_mention_everyone=Permission.MENTION_EVERYONE in self._world.permissions(message.author.id, channel),
            replied_to=replied,
        )
        message.mentions, message.mention_roles = found.users, found.roles
        message.mention_everyone = found.everyone

    def _channel(self, message: Message) -> Channel:
        channel = self._world.channel(message.channel_id)
        if channel is None:
            raise LookupError(f"channel {message.channel_id} is gone")
        return channel
