"""Messages as a member sees them, over the JSON that their client received."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sandbox.discord.json_fields import objects
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.components import ComponentType, texts, walk

EPHEMERAL, LOADING = 1 << 6, 1 << 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of a message; width and height are there for images and videos alone."""

    id: int
    filename: str
    url: str
    size: int
    content_type: str | None = None
    width: int | None = None
    height: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """An item of a gallery, a thumbnail or a file of a layout."""

    url: str
    content_type: str | None = None
    width: int | None = None
    height: int | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    label: str
    custom_id: str | None
    style: int
    disabled: bool
    url: str | None


@dataclass(frozen=True, slots=True)
class Message:
    """One state of a message; `data` is Discord's message object."""

    data: JsonObject = field(repr=False)

    def __repr__(self) -> str:
        return f"<Message {self.id} by {self.author}: {self.text[:80]!r}>"

    @property
    def id(self) -> int:
        return int(self.data["id"])

    @property
    def channel_id(self) -> int:
        return int(self.data["channel_id"])

    @property
    def author(self) -> str:
        """Return the author's username."""
        return self.data["author"]["username"]

    @property
    def content(self) -> str:
        return self.data["content"]

    @property
    def text(self) -> str:
        """Return all that is written: content, embeds, then every text display, in order."""
        embeds = [
            part for embed in objects(self.data["embeds"]) for part in (embed.get("title"), embed.get("description"))
        ]
        return "\n".join(part for part in (self.content, *embeds, *texts(self._components)) if part)

    @property
    def flags(self) -> int:
        return self.data["flags"]

    @property
    def ephemeral(self) -> bool:
        """Tell whether only this member sees the message."""
        return bool(self.flags & EPHEMERAL)

    @property
    def loading(self) -> bool:
        """Tell whether the bot is still thinking."""
        return bool(self.flags & LOADING)

    @property
    def edited(self) -> bool:
        return self.data["edited_timestamp"] is not None

    @property
    def reference(self) -> int | None:
        """Return the id of the message that this one replies to."""
        found = self.data.get("message_reference")
        return None if found is None else int(found["message_id"])

    @property
    def interaction(self) -> str | None:
        """Return the id of the interaction that led to the message."""
        found = self.data.get("interaction_metadata")
        return None if found is None else found["id"]

    @property
    def mentions(self) -> list[int]:
        """Return the ids of the users who are notified."""
        return [int(each["id"]) for each in self.data["mentions"]]

    @property
    def attachments(self) -> list[Attachment]:
        return [
            Attachment(
                id=int(each["id"]),
                filename=each["filename"],
                url=each["url"],
                size=each["size"],
                content_type=each.get("content_type"),
                width=each.get("width"),
                height=each.get("height"),
                description=each.get("description"),
            )
            for each in objects(self.data["attachments"])
        ]

    @property
    def embeds(self) -> list[JsonObject]:
        return objects(self.data["embeds"])

    @property
    def gallery(self) -> list[Media]:
        """Return every picture or video that a layout shows, in order."""
        return list(self._media())

    @property
    def buttons(self) -> list[Button]:
        return [
            Button(
                label=each.get("label") or "",
                custom_id=each.get("custom_id"),
                style=each["style"],
                disabled=each.get("disabled") is True,
                url=each.get("url"),
            )
            for each in walk(self._components)
            if each["type"] == ComponentType.BUTTON
        ]

    def button(self, label: str) -> Button:
        """Return the button of a label; raises `LookupError` that names those there are."""
        for button in self.buttons:
            if button.label == label:
                return button
        raise LookupError(f"no button {label!r} among {[each.label for each in self.buttons]}")

    @property
    def components(self) -> list[JsonObject]:
        """Return every component, nested ones included."""
        return list(walk(self._components))

    @property
    def _components(self) -> list[JsonObject]:
        return objects(self.data["components"])

    def _media(self) -> Iterator[Media]:
        for component in walk(self._components):
            if component["type"] == ComponentType.MEDIA_GALLERY:
                for item in objects(component["items"]):
                    yield _as_media(item["media"], item.get("description"))
            elif component["type"] == ComponentType.THUMBNAIL:
                yield _as_media(component["media"], component.get("description"))


def _as_media(item: dict[str, Any], description: str | None) -> Media:
    return Media(
        url=item["url"],
        content_type=item.get("content_type"),
        width=item.get("width"),
        height=item.get("height"),
        description=description,
    )
