"""What a prompt calls its images and its saved characters, and the names that these may have.

`@Image1` is an image, `@mira` a saved character, which the model knows as `@Element1`. Members write more than that:
`@image 1`, `@img1`, `@1`, `image 1`, `Bild 1` and `画像1` all mean the first image. A bare word means one only before a
single digit: "image 12 dogs" is prose.
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

NAME_LIMIT: Final = 32  # characters of a name, in its normal form
MOST_MARKS: Final = 4  # in a row; scripts that stack vowels and tones need three

_WORDS: Final = r"(?:image|imagen|imagem|img|picture|photo|pic|bild|画像)"
_AT: Final = r"[@＠]"  # noqa: RUF001 - keyboards of East Asia write it wide
_IMAGE: Final = re.compile(rf"{_AT}{_WORDS}[ _-]?#?(\d+)", re.IGNORECASE)
_NUMBER: Final = re.compile(rf"{_AT}(\d+)")
_ELEMENT: Final = re.compile(rf"{_AT}element[ _-]?#?(\d+)", re.IGNORECASE)
_BARE: Final = re.compile(
    r"(?<![0-9A-Za-z_@＠/.-])(?:image|imagen|imagem|picture|bild|画像) ?#?([1-9])(?![.,][0-9]|\.[a-z])",  # noqa: RUF001
    re.IGNORECASE,
)
_START: Final = re.compile(rf"{_AT}|{_BARE.pattern}", re.IGNORECASE)
# What only looks like a name: an address, and a member as Discord writes a ping in a text.
_OTHER: Final = re.compile(r"(?<=[0-9A-Za-z])@[0-9A-Za-z-]+(?:\.[A-Za-z]{2,})+|(?<=<)@\d+>")
# A member, a role, or a channel, as a Discord client writes it into a text.
PING: Final = re.compile(r"<(?P<sign>@!?|@&|#)(?P<id>[0-9]{1,20})>")
_PINGS: Final = frozenset({"everyone", "here"})  # Discord's own words; shown, they ping no one
_RESERVED: Final = re.compile(rf"(?:{_WORDS}|element)[_-]?\d*|\d+", re.IGNORECASE)
# Scripts without a space between words: a particle may follow a name at once.
_UNSPACED: Final = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
# Letters and marks that are drawn as nothing: with them two names could look the same.
_UNSEEN: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    + "".join(map(chr, (*range(0x180B, 0x1810), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
)


class Kind(Enum):
    IMAGE = auto()
    ELEMENT = auto()  # by the model's own word for it
    NAME = auto()
    UNKNOWN = auto()  # looks like a name, and is no one's


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Where a prompt names something: `prompt[start:end]`."""

    start: int
    end: int
    kind: Kind
    number: int = 0  # 1 for the first image or element
    key: str = ""  # of a name


def name_key(name: str) -> str:
    """Return the form of a name by which names are compared."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def as_name(text: str) -> str | None:
    """Return a text as a name in its normal form: letters of any script, digits, - and _; None where it is none.

    What could be taken for an image, an element or one of Discord's own words is no name.
    """
    name = unicodedata.normalize("NFKC", text.strip())
    if not 1 <= len(name) <= NAME_LIMIT or not all(map(_is_name_char, name)) or not _begins_name(name[0]):
        return None
    if any(all(_is_mark(char) for char in name[at : at + MOST_MARKS + 1]) for at in range(len(name) - MOST_MARKS)):
        return None
    if _RESERVED.fullmatch(name):
        return None
    key = name_key(name)
    whole = Mention(start=0, end=len(name) + 1, kind=Kind.NAME, key=key)
    return name if key not in _PINGS and _mention(f"@{name}", 0, {key}) == whole else None


def mentions(prompt: str, known: Collection[str]) -> Iterator[Mention]:
    """Find everything that a prompt names, in order; `known` are the keys of names that there are."""
    at = 0
    while match := _START.search(prompt, at):
        found = _mention(prompt, match.start(), known)
        if found is not None:
            yield found
        at = found.end if found is not None else match.start() + 1


def names_in(text: str) -> Sequence[str]:
    """Return the names that someone may have given a character of theirs: what they are called, without spaces."""
    words = unicodedata.normalize("NFKC", text).split()
    return [name for name in dict.fromkeys(between.join(words) for between in ("", "_", "-")) if as_name(name)]


def possible_keys(prompt: str) -> set[str]:
    """Return the key of every name that a prompt may mean; none where it names images alone."""
    keys: set[str] = set()
    for mention in mentions(prompt, ()):
        if mention.kind is Kind.UNKNOWN:
            start = mention.start + 1
            keys.update(name_key(prompt[start:end]) for end in _name_ends(prompt, start, mention.end))
    return keys


def rewritten(prompt: str, known: Collection[str], write: Callable[[Mention], str | None]) -> str:
    """Return a prompt with its mentions written again; None leaves one as it is."""
    parts: list[str] = []
    at = 0
    for mention in mentions(prompt, known):
        text = write(mention)
        parts += [prompt[at : mention.start], prompt[mention.start : mention.end] if text is None else text]
        at = mention.end
    return "".join([*parts, prompt[at:]])


def as_sent(prompt: str, names: Sequence[str]) -> str:
    """Write a prompt as the model reads it, with `@Element1` for the first of these names."""
    numbers = {name_key(name): number for number, name in enumerate(names, start=1)}

    def write(mention: Mention) -> str | None:
        return f"@Element{numbers[mention.key]}" if mention.kind is Kind.NAME else None

    return rewritten(prompt, numbers, write)


def _mention(prompt: str, start: int, known: Collection[str]) -> Mention | None:
    if _OTHER.match(prompt, start):
        return None
    for pattern, kind in ((_IMAGE, Kind.IMAGE), (_NUMBER, Kind.IMAGE), (_ELEMENT, Kind.ELEMENT), (_BARE, Kind.IMAGE)):
        if (match := pattern.match(prompt, start)) and _ends_word(prompt, match.end()):
            return Mention(start=start, end=match.end(), kind=kind, number=int(match[1][:9]))
    if prompt[start] not in "@＠":  # noqa: RUF001
        return None
    run = _run(prompt, start + 1)
    for end in _name_ends(prompt, start + 1, run):
        key = name_key(prompt[start + 1 : end])
        if key in known:
            return Mention(start=start, end=end, kind=Kind.NAME, key=key)
    if run == start + 1 or name_key(prompt[start + 1 : run]) in _PINGS:
        return None
    return Mention(start=start, end=run, kind=Kind.UNKNOWN)


def _run(prompt: str, start: int) -> int:
    """Return where the characters that a name can have end; `start` where no name begins there."""
    end = start
    if start < len(prompt) and _begins_name(prompt[start]):
        while end < len(prompt) and _is_name_char(prompt[end]):
            end += 1
    return end


def _name_ends(prompt: str, start: int, run: int) -> Iterator[int]:
    """Yield where a name that begins at `start` may end within a run of its characters, the farthest first."""
    for end in range(min(run, start + NAME_LIMIT * (MOST_MARKS + 1)), start, -1):
        if _ends_word(prompt, end):
            yield end


def _ends_word(prompt: str, end: int) -> bool:
    """Return whether a name may end here: what follows belongs to another word."""
    following = prompt[end : end + 1]
    return not following or not _is_name_char(following) or following in "-_" or _is_unspaced(following)


def _is_name_char(char: str) -> bool:
    return char in "-_" or ((unicodedata.category(char)[0] in "LM" or char.isdecimal()) and char not in _UNSEEN)


def _begins_name(char: str) -> bool:
    return (unicodedata.category(char)[0] == "L" or char.isdecimal()) and char not in _UNSEEN


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _is_unspaced(char: str) -> bool:
    return unicodedata.name(char, "").partition(" ")[0] in _UNSPACED
