"""Reads fields of decoded JSON that may be absent, null or of a wrong type."""

from collections.abc import Mapping
from typing import Any, TypeGuard, cast

from sandbox.discord.json_types import JsonObject


def is_object(value: object) -> TypeGuard[JsonObject]:
    """Tell whether a decoded JSON value is an object."""
    return isinstance(value, dict)


def elements(value: object) -> list[object]:
    """Return the elements of a decoded JSON array; anything else counts as an empty one."""
    return cast("list[object]", value) if isinstance(value, list) else []


def one_or_many(value: object) -> list[object]:
    """Return the elements of an array, or a list of the one value that it is."""
    return elements(cast("object", value)) if isinstance(value, list) else [value]


def objects(value: object) -> list[JsonObject]:
    """Return the objects in a decoded JSON array; anything else counts as absent."""
    return [entry for entry in elements(value) if is_object(entry)]


def snowflake(value: object) -> int | None:
    """Read an id, which Discord takes as a string or an integer; `None` if it is neither."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() else None


def snowflakes(value: object) -> list[int]:
    """Read an array of ids, leaving out what is none."""
    found = (snowflake(entry) for entry in elements(value))
    return [entry for entry in found if entry is not None]


def integer(payload: Mapping[str, Any], key: str, default: int = 0) -> int:
    """Read an integer field; null and wrong types count as absent."""
    value = payload.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else default


def text(payload: Mapping[str, Any], key: str) -> str:
    """Read a string field; null and wrong types count as empty."""
    value = payload.get(key)
    return value if isinstance(value, str) else ""
