"""Other people's words, made harmless for Discord."""

import re
import unicodedata
from typing import Any, Final

# In Discord's markdown a backslash takes the meaning of any ASCII punctuation: marks, links, mentions, timestamps.
_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")
# Controls, invisible format characters and halves of characters: they hide, reverse or forge what is read.
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs"})
# Of these two, whole scripts and composed emoji are made.
_JOINERS: Final = frozenset("\u200c\u200d")
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})  # Unicode's classes of what Hebrew and Arabic are written with
_LINE: Final = re.compile(r"[^\n\u2029]+")  # an isolate ends with its paragraph
ISOLATE: Final = "\N{FIRST STRONG ISOLATE}"
END_ISOLATE: Final = "\N{POP DIRECTIONAL ISOLATE}"
ELLIPSIS: Final = "…"
_WIDE: Final = frozenset({"W", "F"})  # Unicode's classes of what takes two columns


def plain(text: str) -> str:
    """Return text that Discord shows as it was typed: no markdown, no mention, no link, no invisible control.

    Right-to-left text is isolated line by line, so that what is written around it keeps its order.
    """
    return isolated(_PUNCTUATION.sub(r"\\\1", visible(text)))


def in_a_line(text: str, limit: int) -> str:
    """Return at most `limit` characters of a text in one line, for where Discord reads no markdown."""
    return isolated(clip(visible(" ".join(text.split())), limit))


def visible(text: str) -> str:
    """Return text without invisible controls, for where Discord reads no markdown."""
    return "".join(
        char for char in text if char == "\n" or char in _JOINERS or unicodedata.category(char) not in _HIDDEN
    )


def isolated(text: str) -> str:
    """Return text whose lines don't reorder what is written around them, whichever way they are read."""
    return _LINE.sub(_isolated_line, text)


def _isolated_line(line: re.Match[str]) -> str:
    if any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in line[0]):
        return f"{ISOLATE}{line[0]}{END_ISOLATE}"
    return line[0]


def unescaped(text: str) -> str:
    """Return what `plain` was given, as far as it is shown."""
    return _ESCAPED.sub(r"\1", text.replace(ISOLATE, "").replace(END_ISOLATE, ""))


def clip(text: str, limit: int) -> str:
    """Return at most `limit` characters, with an ellipsis where something is left out."""
    return text if len(text) <= limit else text[: limit - len(ELLIPSIS)].rstrip() + ELLIPSIS


def quoted(text: str, *, limit: int, lines: int) -> str:
    """Return someone's words as a Discord quotation of at most `limit` characters and `lines` lines of theirs."""
    kept = text.strip().splitlines()
    if len(kept) > lines:
        kept = [*kept[: lines - 1], kept[lines - 1] + ELLIPSIS]
    return "\n".join(f"> {plain(line)}" for line in clip("\n".join(kept), limit).splitlines())


def shortened(text: str, columns: int) -> str:
    """Return text as one line of at most so many columns, of which a wide character takes two."""
    line = " ".join(text.split())
    room = columns - len(ELLIPSIS)
    end, taken = 0, 0
    for place, char in enumerate(line, start=1):
        taken += 2 if unicodedata.east_asian_width(char) in _WIDE else 1
        if taken <= room:
            end = place
    return line if taken <= columns else line[:end].rstrip() + ELLIPSIS


def excerpt(text: str, columns: int) -> str:
    """Return the beginning of someone's words as a Discord quotation of two lines, so many columns in all."""
    first, *others = [line for line in text.splitlines() if line.strip()] or [""]
    if not others:
        return f"> {plain(shortened(first, columns))}"
    more = ELLIPSIS if len(others) > 1 else ""
    return "\n".join(f"> {plain(shortened(line, columns // 2))}" for line in (first, f"{others[0]}{more}"))


def message_address(guild_id: int, channel_id: int, message_id: int) -> str:
    """Return the address of a message in a server, which opens it in Discord for everyone who can see it."""
    return f"https://discord.com/channels/{guild_id}/{channel_id}/{message_id}"


def replace_nul(data: Any) -> Any:
    """Replace NUL, which PostgreSQL does not take, in all texts of what Discord sent, in its place; return it."""
    sent: Any = data
    if isinstance(data, str):
        return data.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if isinstance(data, dict):
        sent.update({name: replace_nul(part) for name, part in sent.items()})
    elif isinstance(data, list):
        sent[:] = [replace_nul(each) for each in sent]
    return sent
