"""Message components as Discord gives them back: with ids, defaults and resolved media."""

from collections.abc import Callable, Iterable, Iterator
from copy import deepcopy
from enum import IntEnum
from itertools import count

from sandbox.discord.json_fields import integer, is_object, objects, text
from sandbox.discord.json_types import JsonObject

Media = Callable[[str], JsonObject]
"""Turns a media URL, `attachment://` ones included, into the unfurled item Discord answers."""


class ComponentType(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = frozenset(range(ComponentType.USER_SELECT, ComponentType.CHANNEL_SELECT + 1)) | {ComponentType.STRING_SELECT}
_DEFAULTS: dict[int, JsonObject] = {
    ComponentType.THUMBNAIL: {"description": None, "spoiler": False},
    ComponentType.FILE: {"spoiler": False},
    ComponentType.SEPARATOR: {"spacing": 1, "divider": True},
    ComponentType.CONTAINER: {"accent_color": None, "spoiler": False},
} | {kind: {"min_values": 1, "max_values": 1} for kind in SELECTS}


def walk(components: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield every component, outer ones first, those inside accessories and labels included."""
    for component in components:
        yield component
        yield from walk(_children(component))


def find(components: Iterable[JsonObject], custom_id: str) -> JsonObject | None:
    """Find the component of a custom id."""
    return next((found for found in walk(components) if found.get("custom_id") == custom_id), None)


def texts(components: Iterable[JsonObject]) -> list[str]:
    """Return the content of every text display, in order."""
    return [text(each, "content") for each in walk(components) if each.get("type") == ComponentType.TEXT_DISPLAY]


def media_items(components: Iterable[JsonObject]) -> Iterator[JsonObject]:
    """Yield every media item: of galleries, thumbnails and files."""
    for component in walk(components):
        for holder in (component, *objects(component.get("items"))):
            for key in ("media", "file"):
                if is_object(holder.get(key)):
                    yield holder[key]


def normalise(components: Iterable[JsonObject]) -> list[JsonObject]:
    """Return a copy in which each component has an id, counted from 1 where none was given, and its defaults."""
    copies = deepcopy(list(components))
    everything = list(walk(copies))
    taken = {integer(component, "id") for component in everything}
    free = (number for number in count(1) if number not in taken)
    for component in everything:
        if not integer(component, "id"):
            component["id"] = next(free)
        for key, value in _DEFAULTS.get(integer(component, "type"), {}).items():
            if component.get(key) is None:
                component[key] = value
        for item in objects(component.get("items")):
            item.setdefault("description", None)
            item["spoiler"] = bool(item.get("spoiler"))
    return copies


def unfurl(components: Iterable[JsonObject], media: Media) -> list[JsonObject]:
    """Return a copy in which every media item carries its present address and what is known of it."""
    copies = deepcopy(list(components))
    for item in media_items(copies):
        resolved = media(text(item, "url"))
        item.clear()
        item.update(resolved)
    return copies


def _children(component: JsonObject) -> Iterator[JsonObject]:
    yield from objects(component.get("components"))
    for key in ("accessory", "component"):
        if is_object(component.get(key)):
            yield component[key]
