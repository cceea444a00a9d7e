"""Classes of characters as Rust's regular expressions have them, said in RE2's, and never with a mark in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bot.policy.automod_edges import EDGE, NO_EDGE

MARKERS: Final = r"\x{FDD0}\x{FDD1}"
SKIP: Final = f"[{MARKERS}]*"

_WORD: Final = r"\p{L}\p{M}\p{Nd}\p{Nl}\p{Pc}\x{200C}\x{200D}\x{24B6}-\x{24E9}"
_SPACE: Final = r"\x{9}-\x{D}\x{20}\x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}"
_NO_SPACE: Final = (
    r"\x{0}-\x{8}\x{E}-\x{1F}\x{21}-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}"
    r"\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF}"
)


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
    """Give what matches one character that is in any of some sets."""
    plain = "".join(each.inside for each in sets if not each.negated)
    parts = [f"[{plain}]"] if plain else []
    parts += [f"[^{each.inside}{MARKERS}]" for each in sets if each.negated]
    return parts[0] if len(parts) == 1 else f"(?:{'|'.join(parts)})"


def complement(sets: Sequence[Charset]) -> str:
    """Give what matches one character that is in none of some sets."""
    return f"[^{''.join(each.outside if each.negated else each.inside for each in sets)}{MARKERS}]"


def span(low: int, high: int) -> Charset:
    """Give the characters from one code point to another, the marks left out."""
    parts = [(low, min(high, ord(EDGE) - 1)), (max(low, ord(NO_EDGE) + 1), high)]
    return Charset("".join(_said(first, last) for first, last in parts if first <= last) or r"\x{FFFD}")


def _said(first: int, last: int) -> str:
    return f"\\x{{{first:X}}}" + (f"-\\x{{{last:X}}}" if first < last else "")
