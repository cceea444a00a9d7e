"""JSON as the contract check sees it, and the places in it."""

import json
from typing import TypeAlias, cast

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, Json]
Place: TypeAlias = tuple[str | int, ...]

EXCERPT_LENGTH = 60  # characters
SECRET_NAMES = frozenset({"token", "authorization", "session_id", "secret", "verify_key"})


def parse_json(text: str) -> Json:
    """Read JSON text; raises `ValueError` for anything else."""
    return cast("Json", json.loads(text))


def as_object(value: Json) -> JsonObject:
    """Take a value for the object it is, or for an empty one."""
    return value if isinstance(value, dict) else {}


def as_list(value: Json) -> list[Json]:
    """Take a value for the list it is, or for an empty one."""
    return value if isinstance(value, list) else []


def json_pointer(place: Place) -> str:
    """Write a place as an RFC 6901 JSON pointer; "" is the whole document."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in place)


def general_pointer(place: Place) -> str:
    """Write a place with `*` for each list index and each id used as a key.

    Equal mistakes in different messages share a general pointer, and so are reported once.
    """
    steps = ("*" if isinstance(step, int) or step.isdecimal() else step for step in place)
    return json_pointer(tuple(steps))


def excerpt(place: Place, value: Json) -> str:
    """Show enough of a value to recognise it, and nothing that opens a door.

    A secret is named, not shown; a URL loses its query, where signatures stand; of objects and lists only
    the shape remains.
    """
    if place and place[-1] in SECRET_NAMES:
        return "(secret)"
    if isinstance(value, dict):
        return clip("{" + ", ".join(value) + "}")
    if isinstance(value, list):
        return f"[{len(value)} items]"
    if isinstance(value, str) and "://" in value:
        value = value.partition("?")[0]
    return clip(json.dumps(value, ensure_ascii=False))


def clip(text: str) -> str:
    """Shorten a text to the length of an excerpt."""
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"
