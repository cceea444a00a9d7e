"""What people type into settings: numbers, dollars and words, taken as they are meant or refused with the reason."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol

from bot.automod.keywords import WORD_LIMIT

MOST_WORDS: Final = 1_000
TYPED_LIMIT: Final = 40  # characters of bad input that are quoted back

_UNLIMITED: Final = frozenset({"unlimited", "no limit"})
_NONE: Final = _UNLIMITED | {"", "-", "none", "no", "off"}
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_DOLLARS: Final = re.compile(r"(?:\$|USD)?\s*([0-9]{1,9})(?:[.,]([0-9]{1,2}))?\s*(?:\$|USD)?", re.ASCII | re.IGNORECASE)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPEAKS: Final = frozenset("LN")  # letters and numbers; a word of marks and symbols alone forbids too much by accident


class BadSettingCode(StrEnum):
    NUMBER = "NUMBER"  # not a whole number
    DOLLARS = "DOLLARS"  # not an amount of dollars
    RANGE = "RANGE"  # lower or higher than possible
    NEEDED = "NEEDED"  # cannot be left empty
    UNLIMITED = "UNLIMITED"  # has no number for no limit
    WORD_LONG = "WORD_LONG"
    WORD_EMPTY = "WORD_EMPTY"  # nothing but marks, such as a bare `*`
    WORDS_MANY = "WORDS_MANY"
    NO_WORDS = "NO_WORDS"
    NOT_LISTED = "NOT_LISTED"  # none of the words to remove is there
    TOO_MANY = "TOO_MANY"  # channels or roles
    OUTDATED = "OUTDATED"  # a choice that does not exist (any more)
    NO_ROOM = "NO_ROOM"  # reports would have no channel
    EXPOSED = "EXPOSED"  # everyone sees the channel


class BadSetting(Exception):
    """A setting that cannot be; `name` is the setting's, or its label, `typed` what someone typed for it."""

    def __init__(
        self,
        code: BadSettingCode,
        name: str,
        *,
        typed: str = "",
        least: int = 0,
        most: int = 0,
        dollars: bool = False,
    ) -> None:
        super().__init__(f"{name}: {code}")
        self.code = code
        self.name = name
        self.typed = typed[:TYPED_LIMIT]
        self.least = least
        self.most = most
        self.dollars = dollars


class _Range(Protocol):
    """Which numbers a setting takes, both ends included."""

    @property
    def label(self) -> str: ...
    @property
    def least(self) -> int: ...
    @property
    def most(self) -> int: ...
    @property
    def dollars(self) -> bool: ...
    @property
    def optional(self) -> bool: ...


def read_number(typed: str, allowed: _Range) -> int | Decimal | None:
    """Read what someone typed for a number; dollars come as `Decimal`, no limit as None. Raises `BadSetting`."""
    text = _folded(typed)
    if text in _NONE and allowed.optional:
        return None
    number = _dollars(text) if allowed.dollars else _whole(text)
    if text in _NONE:
        code = BadSettingCode.NEEDED
    elif number is None:
        code = BadSettingCode.DOLLARS if allowed.dollars else BadSettingCode.NUMBER
    elif not allowed.least <= number <= allowed.most:
        code = BadSettingCode.RANGE
    else:
        return number
    raise BadSetting(code, allowed.label, typed=typed, least=allowed.least, most=allowed.most, dollars=allowed.dollars)


def refuse_unlimited(typed: str, allowed: _Range) -> None:
    """Raise `BadSetting` where someone typed that there is no limit, for a number whose absence means another limit."""
    if _folded(typed) in _UNLIMITED:
        raise BadSetting(BadSettingCode.UNLIMITED, allowed.label, most=allowed.most, dollars=allowed.dollars)


def split_words(typed: str) -> Sequence[str]:
    """Split what someone typed at commas and line breaks; empty parts are left out, and nothing is checked."""
    parts = re.split(r"[,\n]", typed.replace("\r", "\n"))
    return [word for part in parts if (word := _tidied(part))]


def read_words(typed: str) -> tuple[Sequence[str], Mapping[str, BadSetting]]:
    """Read a list of words and phrases, separated by commas or line breaks, each once; and those that can't be words.

    Raises `BadSetting` where there are none that can.
    """
    words: dict[str, str] = {}
    refused: dict[str, BadSetting] = {}
    for word in split_words(typed):
        if len(word) > WORD_LIMIT:
            refused[word] = BadSetting(BadSettingCode.WORD_LONG, "words", typed=word, most=WORD_LIMIT)
        elif not any(unicodedata.category(char)[0] in _SPEAKS for char in word):
            refused[word] = BadSetting(BadSettingCode.WORD_EMPTY, "words", typed=word)
        else:
            words.setdefault(word.casefold(), word)
    if not words:
        raise next(iter(refused.values()), BadSetting(BadSettingCode.NO_WORDS, "words"))
    return tuple(words.values()), refused


def with_words(words: Sequence[str], more: Sequence[str]) -> tuple[str, ...]:
    """Add words to a list, each once whatever its case, in the order of the alphabet. Raises `BadSetting`."""
    merged = {each.casefold(): each for each in (*more, *words)}  # of two spellings the one that was there stays
    if len(merged) > MOST_WORDS:
        raise BadSetting(BadSettingCode.WORDS_MANY, "words", most=MOST_WORDS)
    return tuple(merged[key] for key in sorted(merged))


def without_words(words: Sequence[str], fewer: Collection[str]) -> tuple[str, ...]:
    """Take words from a list, whatever their case. Raises `BadSetting` where none of them is on it."""
    unwanted = {each.casefold() for each in fewer}
    left = tuple(each for each in words if each.casefold() not in unwanted)
    if len(left) == len(words):
        raise BadSetting(BadSettingCode.NOT_LISTED, "words", typed=", ".join(fewer))
    return left


def _folded(typed: str) -> str:
    return unicodedata.normalize("NFKC", typed).strip().lower()


def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _dollars(text: str) -> Decimal | None:
    """Read dollars with at most two places; `1,000` is refused, for in half of the world that is one dollar."""
    match = _DOLLARS.fullmatch(text)
    return Decimal(f"{match[1]}.{match[2] or '0'}") if match else None


def _tidied(part: str) -> str:
    visible = "".join(char for char in part if unicodedata.category(char) not in _HIDDEN or char.isspace())
    return " ".join(visible.split())
