"""Discord's JSON for a message, with addresses that are fresh each time it is asked for."""

from collections.abc import Callable

from sandbox.discord.json_fields import is_object, objects, text
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages import components
from sandbox.discord.world import payloads
from sandbox.discord.world.clock import timestamp
from sandbox.discord.world.world import Attachment, Message, MessageType, World

ATTACHMENT_SCHEME = "attachment://"
_SPOILER_FLAG = 1 << 3


class MessagePayloads:
    """Renders messages of one world; `url` gives an attachment's present address.

    `outside` gives the address at which a layout shows what is elsewhere.
    """

    def __init__(
        self, world: World, url: Callable[[Attachment], str], outside: Callable[[str], str] = lambda url: url
    ) -> None:
        self._world = world
        self._url = url
        self._outside = outside

    def message(self, subject: Message) -> JsonObject:
        """Return the message object that REST answers."""
        payload = self._basic(subject)
        if subject.type is MessageType.REPLY and subject.reference is not None:
            original = self._find(subject.channel_id, subject.reference)
            payload["referenced_message"] = None if original is None else self._basic(original)
        return payload

    def event(self, subject: Message) -> JsonObject:
        """Return the message as gateway events carry it: with its guild and the author's member."""
        payload = self.message(subject)
        guild = self._world.guilds.get(subject.guild_id or 0)
        if guild is None:
            return payload
        payload["guild_id"] = str(guild.id)
        author = guild.members.get(subject.author.id)
        if author is not None:
            payload["member"] = payloads.partial_member(author)
        for mentioned in payload["mentions"]:
            member = guild.members.get(int(mentioned["id"]))
            if member is not None:
                mentioned["member"] = payloads.partial_member(member)
        return payload

    def attachment(self, subject: Attachment) -> JsonObject:
        """Return an attachment object; width and height are there only if the file could be read."""
        url = self._url(subject)
        payload: JsonObject = {
            "id": str(subject.id),
            "filename": subject.filename,
            "size": subject.size,
            "url": url,
            "proxy_url": url,
            "flags": _SPOILER_FLAG if subject.spoiler else 0,
        }
        optional: JsonObject = {
            "content_type": subject.content_type,
            "width": subject.width,
            "height": subject.height,
            "description": subject.description,
            "ephemeral": subject.ephemeral or None,
        }
        return payload | {key: value for key, value in optional.items() if value is not None}

    def _basic(self, subject: Message) -> JsonObject:
        edited = subject.edited_at
        payload: JsonObject = {
            "id": str(subject.id),
            "channel_id": str(subject.channel_id),
            "type": int(subject.type),
            "author": payloads.user(subject.author),
            "content": subject.content,
            "timestamp": timestamp(subject.created_at),
            "edited_timestamp": None if edited is None else timestamp(edited),
            "tts": subject.tts,
            "pinned": False,
            "flags": int(subject.flags),
            "mention_everyone": subject.mention_everyone,
            "mentions": [payloads.user(self._world.users[each]) for each in subject.mentions],
            "mention_roles": [str(each) for each in subject.mention_roles],
            "attachments": self._listed(subject),
            "embeds": [self._embed(subject, each) for each in subject.embeds],
            "components": self._components(subject),
        }
        if subject.interaction is not None:
            payload |= {
                "interaction_metadata": subject.interaction,
                "application_id": str(self._world.application_id),
                "webhook_id": str(self._world.application_id),
            }
            if subject.command is not None:  # deprecated, and the only place that has the command's name
                known = {key: subject.interaction[key] for key in ("id", "type", "user")}
                payload["interaction"] = known | {"name": subject.command}
        if subject.reference is not None:
            payload["message_reference"] = self._reference(subject)
        return payload

    def _components(self, subject: Message) -> list[JsonObject]:
        """Return the components with their media resolved, a file component with its name and size too."""
        unfurled = components.unfurl(subject.components, lambda url: self._media(subject, url))
        for each in components.walk(unfurled):
            if each["type"] == components.ComponentType.FILE:
                found = self._attachment_of(subject, text(each["file"], "attachment_id"))
                each["name"] = None if found is None else found.filename
                each["size"] = None if found is None else found.size
        return unfurled

    @staticmethod
    def _attachment_of(subject: Message, attachment_id: str) -> Attachment | None:
        return next((each for each in subject.attachments if str(each.id) == attachment_id), None)

    def _listed(self, subject: Message) -> list[JsonObject]:
        """Return the attachments but those that an embed or a component shows.

        https://github.com/discord/discord-api-docs/pull/8279
        """
        parts = [part for embed in subject.embeds for part in embed.values() if is_object(part)]
        shown = {text(each, "url") for each in (*parts, *components.media_items(subject.components))}
        return [
            self.attachment(each) for each in subject.attachments if f"{ATTACHMENT_SCHEME}{each.filename}" not in shown
        ]

    def _reference(self, subject: Message) -> JsonObject:
        reference: JsonObject = {
            "type": 0,
            "channel_id": str(subject.channel_id),
            "message_id": str(subject.reference),
        }
        return reference if subject.guild_id is None else reference | {"guild_id": str(subject.guild_id)}

    def _embed(self, subject: Message, embed: JsonObject) -> JsonObject:
        rendered: JsonObject = {"type": "rich"} | embed
        for key in ("image", "thumbnail"):
            if is_object(embed.get(key)):
                media = self._media(subject, text(embed[key], "url"))
                rendered[key] = {name: media[name] for name in _EMBED_MEDIA if media.get(name) is not None}
        rendered["fields"] = [{"inline": False} | field for field in objects(embed.get("fields"))]
        return rendered if rendered["fields"] else {k: v for k, v in rendered.items() if k != "fields"}

    def _media(self, subject: Message, url: str) -> JsonObject:
        """Return an unfurled media item; an address outside is shown as it stands, never fetched."""
        name = url.removeprefix(ATTACHMENT_SCHEME)
        found = next((each for each in subject.attachments if each.filename == name), None)
        if not url.startswith(ATTACHMENT_SCHEME) or found is None:
            shown = self._outside(url)
            return {"id": str(subject.id), "url": shown, "proxy_url": shown, "width": None, "height": None}
        address = self._url(found)
        return {
            "id": str(found.id),
            "url": address,
            "proxy_url": address,
            "width": found.width,
            "height": found.height,
            "content_type": found.content_type,
            "attachment_id": str(found.id),
        }

    def _find(self, channel_id: int, message_id: int) -> Message | None:
        channel = self._world.channel(channel_id)
        return None if channel is None else channel.messages.get(message_id)


_EMBED_MEDIA = ("url", "proxy_url", "width", "height", "content_type")
