"""Rust's classes of characters in RE2's syntax, and the marks that stand for the edges of words."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

# Code points that Unicode keeps free for use inside of programs.
EDGE: Final = "\ufdd0"
NO_EDGE: Final = "\ufdd1"
MARKS: Final = 2  # at each place: so many `\b` in a row can stand for one boundary
_FIRST_MARK, _LAST_MARK = 0x300, 0x20000  # where Unicode's combining marks are, variation selectors apart
MARKERS: Final = r"\x{FDD0}\x{FDD1}"
SKIP: Final = f"[{MARKERS}]*"
_WORD: Final = r"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{200C}\x{200D}\x{24B6}-\x{24E9}"
_SPACE: Final = r"\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"
_NO_SPACE: Final = (
    r"\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}"
    r"\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF}"
)


def mark_edges(text: str) -> str:
    """Put marks before each character of a text and at its end, which tell whether a word begins or ends there."""
    clean = text.replace(EDGE, "\ufffd").replace(NO_EDGE, "\ufffd")
    edge, none = EDGE * MARKS, NO_EDGE * MARKS
    if not clean:
        return none
    begins_word, runs_of = _words(only_ascii=clean.isascii())
    runs = runs_of(clean)
    first_is_word = begins_word(clean) is not None
    last_is_word = first_is_word == (len(runs) % 2 == 1)
    marked = edge.join(map(none.join, runs))
    return f"{edge if first_is_word else none}{marked}{edge if last_is_word else none}"


def place_in_text(at: int) -> int:
    """Return the place in a text for one in the marked text, where the marks before a character count to it."""
    return at // (MARKS + 1)


@cache
def _words(*, only_ascii: bool) -> tuple[Callable[[str], object], Callable[[str], list[str]]]:
    """Make what tells whether a text begins with a word, and what parts it into words and what is between.

    Python's own word characters lack the combining marks, of which many scripts have some in every other word.
    """
    if only_ascii:
        word = "0-9A-Za-z_"
    else:
        codes = (chr(code) for code in range(_FIRST_MARK, _LAST_MARK) if unicodedata.category(chr(code))[0] == "M")
        word = rf"\w\u200c\u200d{''.join(codes)}"
    return re.compile(f"[{word}]").match, re.compile(f"[{word}]+|[^{word}]+").findall


@dataclass(frozen=True, slots=True)
class Charset:
    """Some characters: `inside` and `outside` as they are said within brackets; `negated` means those outside.

    Unassigned characters are in neither, for RE2 has no name for them.
    """

    inside: str
    outside: str = ""
    negated: bool = False


# By the letter of the escape. Rust's know all of Unicode, RE2's own know ASCII.
PERL: Final[Mapping[str, Charset]] = {
    "d": Charset(r"\p{Nd}", r"\p{L}\p{M}\p{Nl}\p{No}\p{P}\p{S}\p{Z}\p{C}"),
    "w": Charset(_WORD, r"\p{No}\p{Pd}\p{Ps}\p{Pe}\p{Pi}\p{Pf}\p{Po}\p{S}\p{Z}\p{Cc}\p{Cf}\p{Co}"),
    "s": Charset(_SPACE, _NO_SPACE),
}


def union(sets: Sequence[Charset]) -> str:
    """Return what matches one character that is in any of some sets."""
    plain = "".join(each.inside for each in sets if not each.negated)
    parts = [f"[{plain}]"] if plain else []
    parts += [f"[^{each.inside}{MARKERS}]" for each in sets if each.negated]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def complement(sets: Sequence[Charset]) -> str:
    """Return what matches one character that is in none of some sets."""
    return f"[^{''.join(each.outside if each.negated else each.inside for each in sets)}{MARKERS}]"


def span(low: int, high: int) -> Charset:
    """Return the characters from one code point to another, the marks left out."""
    parts = [(low, min(high, ord(EDGE) - 1)), (max(low, ord(NO_EDGE) + 1), high)]
    return Charset("".join(_said(first, last) for first, last in parts if first <= last) or r"\x{FFFD}")


def _said(first: int, last: int) -> str:
    return f"\\x{{{first:X}}}" + (f"-\\x{{{last:X}}}" if first < last else "")
