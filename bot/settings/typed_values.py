"""What people type into settings: numbers, dollars and words, taken as they are meant or refused with the reason."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.automod.keywords import WORD_LIMIT

MOST_WORDS: Final = 1_000
TYPED_LIMIT: Final = 40  # characters of bad input that are quoted back

_NONE: Final = frozenset({"", "-", "none", "no", "off", "unlimited", "no limit"})
_WHOLE: Final = re.compile(r"[0-9]{1,9}", re.ASCII)
_DOLLARS: Final = re.compile(r"(?:\$|USD)?\s*([0-9]{1,9})(?:[.,]([0-9]{1,2}))?\s*(?:\$|USD)?", re.ASCII | re.IGNORECASE)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_SPEAKS: Final = frozenset("LN")  # letters and numbers; a word of marks and symbols alone forbids too much by accident


class BadSettingCode(StrEnum):
    NUMBER = "NUMBER"  # not a whole number
    DOLLARS = "DOLLARS"  # not an amount of dollars
    RANGE = "RANGE"  # lower or higher than possible
    NEEDED = "NEEDED"  # cannot be left empty
    WORD_LONG = "WORD_LONG"
    WORD_EMPTY = "WORD_EMPTY"  # nothing but marks, such as a bare `*`
    WORDS_MANY = "WORDS_MANY"
    NO_WORDS = "NO_WORDS"
    NOT_LISTED = "NOT_LISTED"  # none of the words to remove is there
    TOO_MANY = "TOO_MANY"  # channels or roles
    OUTDATED = "OUTDATED"  # a choice that does not exist (any more)
    EXPOSED = "EXPOSED"  # everyone sees the channel


class BadSetting(Exception):
    """A setting that cannot be; `name` is the setting's, `typed` what somebody typed for it."""

    def __init__(self, code: BadSettingCode, name: str, *, typed: str = "", least: int = 0, most: int = 0) -> None:
        super().__init__(f"{name}: {code}")
        self.code = code
        self.name = name
        self.typed = typed[:TYPED_LIMIT]
        self.least = least
        self.most = most


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """Which numbers a setting takes, both ends included; an optional one may also be nothing, which is no limit."""

    least: int
    most: int
    optional: bool = False
    dollars: bool = False


# By the names of the fields of `GuildSettings` and, where they are the same, of `Limits` and `ChannelSettings`.
RANGES: Final[Mapping[str, Range]] = {
    "per_day": Range(least=0, most=1_000, optional=True),
    "per_week": Range(least=0, most=7_000, optional=True),
    "per_month": Range(least=0, most=30_000, optional=True),
    "at_once": Range(least=0, most=1_000, optional=True),
    "seconds_per_day": Range(least=0, most=10_000, optional=True),
    "spend_per_day_usd": Range(least=0, most=100_000, optional=True, dollars=True),
    "spend_per_month_usd": Range(least=0, most=1_000_000, optional=True, dollars=True),
    "review_hours": Range(least=1, most=144),  # the video's file lives for 7 days
    "new_member_days": Range(least=0, most=365),
    "report_threshold": Range(least=0, most=100),
    "keep_records_days": Range(least=1, most=3_650),
}


def read_number(name: str, typed: str) -> int | Decimal | None:
    """Read what somebody typed for a number of `RANGES`; dollars come as `Decimal`. Raises `BadSetting`."""
    allowed = RANGES[name]
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    if text in _NONE:
        if allowed.optional:
            return None
        raise BadSetting(BadSettingCode.NEEDED, name, typed=typed, least=allowed.least, most=allowed.most)
    number = _dollars(text) if allowed.dollars else _whole(text)
    if number is None:
        code = BadSettingCode.DOLLARS if allowed.dollars else BadSettingCode.NUMBER
        raise BadSetting(code, name, typed=typed, least=allowed.least, most=allowed.most)
    if not allowed.least <= number <= allowed.most:
        raise BadSetting(BadSettingCode.RANGE, name, typed=typed, least=allowed.least, most=allowed.most)
    return number


def read_words(typed: str) -> Sequence[str]:
    """Read a list of words and phrases, separated by commas or line breaks, each once. Raises `BadSetting`."""
    words: dict[str, str] = {}
    for part in re.split(r"[,\n]", typed.replace("\r", "\n")):
        word = _tidied(part)
        if not word:
            continue
        if len(word) > WORD_LIMIT:
            raise BadSetting(BadSettingCode.WORD_LONG, "words", typed=word, most=WORD_LIMIT)
        if not any(unicodedata.category(char)[0] in _SPEAKS for char in word):
            raise BadSetting(BadSettingCode.WORD_EMPTY, "words", typed=word)
        words.setdefault(word.casefold(), word)
    if not words:
        raise BadSetting(BadSettingCode.NO_WORDS, "words")
    return tuple(words.values())


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


def _whole(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text) else None


def _dollars(text: str) -> Decimal | None:
    """Read dollars with at most two places; `1,000` is refused, for in half of the world that is one dollar."""
    match = _DOLLARS.fullmatch(text)
    return Decimal(f"{match[1]}.{match[2] or '0'}") if match else None


def _tidied(part: str) -> str:
    visible = "".join(char for char in part if unicodedata.category(char) not in _HIDDEN or char.isspace())
    return " ".join(visible.split())
