"""A message as a member's client shows it: markdown and timestamps read, components put in lines."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sandbox.discord.json_fields import objects
from sandbox.discord.json_types import JsonObject
from sandbox.discord.messages.components import ComponentType
from sandbox.member import Message

_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))
_DATES: Final = {"d": "%d/%m/%Y", "D": "%d %B %Y", "t": "%H:%M", "T": "%H:%M:%S"}
_MARK: Final = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|<t:(?P<moment>-?\d+)(?::(?P<style>[tTdDfFR]))?>"
    r"|<@!?(?P<member>\d+)>"
    r"|<(?P<command>/[^:<>]+):\d+>"
    r"|(?P<mark>\*\*|`|^\#{1,3}[ ]|^-\#[ ])",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads Discord's markup as this bot uses it. `names` are members' by id, `now` gives Unix seconds."""

    names: Mapping[int, str]
    now: Callable[[], float]

    def read(self, text: str) -> str:
        """Return text without markup; `<t:…:R>` becomes "in 3 minutes"."""
        return _MARK.sub(self._plain, text)

    def _plain(self, match: re.Match[str]) -> str:
        if match["escaped"]:
            return match["escaped"]
        if match["moment"]:
            return self._moment(int(match["moment"]), match["style"] or "f")
        if match["member"]:
            return f"@{self.names.get(int(match['member']), 'unknown-user')}"
        if match["command"]:
            return match["command"]
        return ""

    def _moment(self, moment: int, style: str) -> str:
        if style == "R":
            return relative(moment - self.now())
        pattern = _DATES.get(style, "%d %B %Y %H:%M")
        return datetime.fromtimestamp(moment, UTC).astimezone().strftime(pattern)


def relative(seconds: float) -> str:
    """Say how far a moment is, as Discord does: in the largest unit that fits, rounded."""
    distance = abs(round(seconds))
    for unit, length in _UNITS:
        if distance >= length:
            count = round(distance / length)
            amount = f"{count} {unit}{'s' if count > 1 else ''}"
            return f"in {amount}" if seconds > 0 else f"{amount} ago"
    return "now"


def lines(message: Message) -> list[str]:
    """Put a message into lines, top to bottom, with Discord's markup as it came."""
    files = [f"📎 {each.filename} ({_facts(each.width, each.height, each.size)})" for each in message.attachments]
    return [*message.content.splitlines(), *files, *(line for each in message.components for line in _component(each))]


def size(count: int) -> str:
    """Write a number of bytes."""
    return f"{count / 1_000_000:.1f} MB" if count >= 1_000_000 else f"{count / 1_000:.0f} kB"


def _component(component: JsonObject) -> Iterator[str]:
    match component["type"]:
        case ComponentType.TEXT_DISPLAY:
            yield from component["content"].splitlines()
        case ComponentType.MEDIA_GALLERY:
            yield from map(_picture, objects(component["items"]))
        case ComponentType.ACTION_ROW:
            yield "  ".join(f"[ {each.get('label')} ]" for each in objects(component["components"]))
        case _:
            return


def _picture(item: JsonObject) -> str:
    media = item["media"]
    facts = _facts(media.get("width"), media.get("height"), None)
    name = _filename(media["url"])
    return f"🖼  {item.get('description') or 'image'}: {name}{f' ({facts})' if facts else ''}"


def _filename(url: str) -> str:
    return url.partition("?")[0].rpartition("/")[2]


def _facts(width: int | None, height: int | None, count: int | None) -> str:
    """Say what is known of a file: its extent in pixels and its size in bytes."""
    extent = f"{width} × {height}" if width and height else ""  # noqa: RUF001 - the sign between two lengths
    return ", ".join(part for part in (extent, size(count) if count else "") if part)
