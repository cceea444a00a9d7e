"""What a change of a server's settings changed, in a line for its record: names as in `GuildSettings`, no words."""

import json
from collections.abc import Collection, Mapping
from dataclasses import fields
from typing import Any, Final, cast

from pydantic import TypeAdapter

from bot.policy.guild_settings import GuildSettings

LIMIT: Final = 380  # characters of the whole line
_VALUE_LIMIT: Final = 60
_ADAPTER: Final = TypeAdapter(GuildSettings)
_CHANNELS: Final = frozenset({"channels", "output_channel_id", "log_channel_id", "review_channel_id"})
_ROLES: Final = frozenset({"roles", "trusted_roles"})


def changes_line(before: GuildSettings, after: GuildSettings) -> str:
    """Write what is different: lists by what came and went, everything else by its value before and after.

    Of refused words only how many: what a server does not want to read stands nowhere else.
    """
    old, new = (_ADAPTER.dump_python(each, mode="json") for each in (before, after))
    parts = [_part(field.name, old[field.name], new[field.name]) for field in fields(after)]
    line = "; ".join(part for part in parts if part)
    return line if len(line) <= LIMIT else line[: LIMIT - 1] + "…"


def _part(name: str, before: Any, after: Any) -> str:
    match before, after:
        case list(), list():
            return _came_and_went(name, cast("list[Any]", before), cast("list[Any]", after))
        case dict(), dict():
            return _keys(name, cast("dict[str, Any]", before), cast("dict[str, Any]", after))
        case _:
            return "" if before == after else f"{name}: {_value(name, before)} → {_value(name, after)}"


def _came_and_went(name: str, before: Collection[Any], after: Collection[Any]) -> str:
    came = [each for each in after if each not in before]
    went = [each for each in before if each not in after]
    if not (came or went):
        return ""
    if name == "words":
        return f"{name}: +{len(came)} -{len(went)}"
    parts = [*(f"+{_value(name, each)}" for each in came), *(f"-{_value(name, each)}" for each in went)]
    return f"{name}: {' '.join(parts)}"


def _keys(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Tell the channels, roles or limits whose own settings changed."""
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    marks = {"channel_settings": "<#{}>", "role_limits": "<@&{}>"}
    if not changed:
        return ""
    if name in marks:
        return f"{name}: " + " ".join(marks[name].format(key) for key in changed)
    parts = [f"{key} {_value(key, before.get(key))} → {_value(key, after.get(key))}" for key in changed]
    return f"{name}: " + ", ".join(parts)


def _value(name: str, value: Any) -> str:
    if isinstance(value, list):
        return " ".join(_value(name, each) for each in cast("list[Any]", value)) or "[]"
    if value is not None and name in _CHANNELS:
        return f"<#{value}>"
    if value is not None and name in _ROLES:
        return f"<@&{value}>"
    written = "none" if value is None else value if isinstance(value, str) else json.dumps(value)
    return written if len(written) <= _VALUE_LIMIT else written[: _VALUE_LIMIT - 1] + "…"
