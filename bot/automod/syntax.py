r"""Rust's regular expressions, which Discord's AutoMod speaks, said in RE2's.

The two look alike and differ where it hurts: RE2's `\w`, `\d`, `\s` and `\b` know ASCII alone, and what Rust reads as
sets within sets (`[a-z&&[^aeiou]]`) RE2 takes for something else without a word. So a pattern is read by Rust's grammar
(https://docs.rs/regex/latest/regex/#syntax) and written anew. RE2 has no word boundary of Unicode's at all: where a
pattern asks for one, it is written for a text in which every place is marked (`automod_edges`).
"""

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import reduce
from itertools import pairwise
from typing import Final

from bot.automod.charsets import MARKERS, MARKS, PERL, SKIP, Charset, complement, span, union

_SURROGATES: Final = range(0xD800, 0xE000)
_CONTROLS: Final = {"a": 7, "f": 12, "t": 9, "n": 10, "r": 13, "v": 11}
_CODE: Final = re.compile(r"x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|[xuU]\{([0-9A-Fa-f]{1,8})\}")
_PROPERTY: Final = re.compile(r"([pP])(?:([A-Za-z])|\{(\^?)(\w+)\})")
_POSIX: Final = re.compile(r"\[:(\^?)([a-z]+):\]")
_REPEATED: Final = re.compile(r"[*+?]|\{(\d*)(,?)(\d*)\}")
_FLAGS: Final = re.compile(r"\(\?([A-Za-z]*)(?:-([A-Za-z]+))?([:)])")
_NAMED: Final = re.compile(r"\(\?P?<[A-Za-z_][\w.\[\]]*>")
_SETS: Final = ("&&", "--", "~~")


class SyntaxRefused(Exception):
    """A pattern says something that cannot be said in RE2; the message says what."""


class _Kind(Enum):
    ATOM = auto()  # takes one character
    EDGE = auto()  # a word boundary, or none
    START = auto()
    END = auto()
    OTHER = auto()  # groups, alternatives, repetitions


@dataclass(frozen=True, slots=True)
class _Token:
    kind: _Kind
    text: str


@dataclass(frozen=True, slots=True)
class Translated:
    pattern: str  # in RE2's syntax, without groups that capture
    marked: bool  # whether it is for a text with marked edges


def translate(pattern: str) -> Translated:
    """Write a pattern of Rust's in RE2's syntax; raises `SyntaxRefused`."""
    tokens = _Reader(pattern).tokens()
    marked = any(token.kind is _Kind.EDGE for token in tokens)
    if not marked:
        return Translated("".join(token.text for token in tokens), marked=False)
    _judge_edges(tokens)
    return Translated("".join(map(_marked, tokens)), marked=True)


def _judge_edges(tokens: Sequence[_Token]) -> None:
    """Refuse what the marks of a text cannot tell: they are taken one after another, and are only so many."""
    for former, latter in pairwise(tokens):
        if (former.kind, latter.kind) in {(_Kind.EDGE, _Kind.START), (_Kind.END, _Kind.EDGE)}:
            raise SyntaxRefused("word boundary outside of the text")
    if _edges_of(tokens).most > MARKS:
        raise SyntaxRefused("so many word boundaries in a row")


@dataclass(frozen=True, slots=True)
class _Edges:
    """How many word boundaries a part of a pattern may ask for with no character between them."""

    first: int = 0  # before its first character
    last: int = 0  # after its last one
    alone: int | None = 0  # where it takes no character; None where it always takes one
    most: int = 0  # anywhere in it

    def then(self, other: "_Edges") -> "_Edges":
        return _Edges(
            self.first if self.alone is None else max(self.first, self.alone + other.first),
            other.last if other.alone is None else max(other.last, other.alone + self.last),
            None if self.alone is None or other.alone is None else self.alone + other.alone,
            max(self.most, other.most, self.last + other.first),
        )

    def otherwise(self, other: "_Edges") -> "_Edges":
        alone = max((each.alone for each in (self, other) if each.alone is not None), default=None)
        return _Edges(max(self.first, other.first), max(self.last, other.last), alone, max(self.most, other.most))

    def repeated(self, how: str) -> "_Edges":
        """Take it as often as `*`, `+`, `?` or a number in braces says."""
        least, most = {"*": (0, 2), "+": (1, 2), "?": (0, 1)}.get(how) or _times(how)
        # Nothing new comes after so many; and what takes no character need not be taken more often than it must.
        often = min(most if self.alone is None else max(least, 1), MARKS + 1)
        found = reduce(_Edges.then, [self] * often, _Edges())
        return found if least else found.otherwise(_Edges())


def _edges_of(tokens: Sequence[_Token]) -> _Edges:
    groups: list[list[list[_Edges]]] = [[[]]]  # those open, each a list of alternatives, each a list of parts
    former = ""
    for token in tokens:
        parts = groups[-1][-1]
        if token.kind is _Kind.EDGE:
            parts.append(_Edges(1, 1, 1, 1))
        elif token.kind is _Kind.ATOM:
            parts.append(_Edges(alone=None))
        elif token.text == "|":
            groups[-1].append([])
        elif token.text == ")" and len(groups) > 1:
            inner = groups.pop()
            groups[-1][-1].append(_either(inner))
        elif token.text.startswith("(") and not token.text.endswith(")"):
            groups.append([[]])
        elif _REPEATED.fullmatch(token.text) and parts and not _REPEATED.fullmatch(former):  # `?` after one: lazy
            parts[-1] = parts[-1].repeated(token.text)
        former = token.text
    return _either(groups[0])


def _either(alternatives: Sequence[Sequence[_Edges]]) -> _Edges:
    return reduce(_Edges.otherwise, (reduce(_Edges.then, parts, _Edges()) for parts in alternatives))


def _times(braces: str) -> tuple[int, int]:
    least, _, most = braces.strip("{}").partition(",")
    return int(least), int(most or MARKS + 1) if "," in braces else int(least)


def _marked(token: _Token) -> str:
    match token.kind:
        case _Kind.ATOM:
            return f"(?:{SKIP}{token.text})"
        case _Kind.END:
            return f"{SKIP}{token.text}"
        case _:
            return token.text


class _Reader:
    """Reads one pattern from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        # Where any part of a pattern lets `.` be a line break, all of it does: it finds rather more than less.
        self._dot = f"[^{MARKERS}]" if _lets_dot_be_anything(pattern) else rf"[^\n{MARKERS}]"

    def tokens(self) -> Sequence[_Token]:
        found: list[_Token] = []
        while self._at < len(self._pattern):
            found.append(self._token())
        return found

    def _token(self) -> _Token:
        char = self._pattern[self._at]
        match char:
            case "\\":
                return self._escape()
            case "[":
                return _Token(_Kind.ATOM, self._class())
            case "(":
                return _Token(_Kind.OTHER, self._group())
            case "^" | "$":
                self._at += 1
                return _Token(_Kind.START if char == "^" else _Kind.END, char)
            case ")" | "|":
                self._at += 1
                return _Token(_Kind.OTHER, char)
            case ".":
                self._at += 1
                return _Token(_Kind.ATOM, self._dot)
            case "*" | "+" | "?" | "{":
                return self._repetition()
            case _:
                self._at += 1
                if ord(char) in _SURROGATES:
                    raise SyntaxRefused("half a character")
                return _Token(_Kind.ATOM, _literal(ord(char)))

    def _take(self, expected: re.Pattern[str]) -> re.Match[str] | None:
        found = expected.match(self._pattern, self._at)
        if found:
            self._at = found.end()
        return found

    def _repetition(self) -> _Token:
        found = self._take(_REPEATED)
        if found is None or found.group() in {"{}", "{,}"}:
            raise SyntaxRefused(f"repetition {self._pattern[self._at : self._at + 8]}")
        text = found.group()
        if text[0] == "{" and not found[1]:
            text = f"{{0,{found[3]}}}"
        return _Token(_Kind.OTHER, text)

    def _group(self) -> str:
        if self._take(_NAMED):
            return "(?:"
        if found := self._take(_FLAGS):
            return _flags(found)
        if self._pattern.startswith("(?", self._at):
            raise SyntaxRefused(f"group {self._pattern[self._at : self._at + 4]}")
        self._at += 1
        return "(?:"

    def _escape(self) -> _Token:
        """Read an escape outside of a class."""
        letter = self._pattern[self._at + 1 : self._at + 2]
        if letter in {"b", "B"}:
            if self._pattern.startswith("{", self._at + 2):
                raise SyntaxRefused(f"\\{letter}{{…}}")
            self._at += 2
            return _Token(_Kind.EDGE, r"\x{FDD0}" if letter == "b" else r"\x{FDD1}")
        if letter in {"A", "z"}:
            self._at += 2
            return _Token(_Kind.START if letter == "A" else _Kind.END, f"\\{letter}")
        self._at += 1
        if found := self._charset():
            return _Token(_Kind.ATOM, union([found]))
        return _Token(_Kind.ATOM, _literal(self._code_point()))

    def _charset(self) -> Charset | None:
        r"""Read what follows a backslash if it stands for many characters, such as `w` or `p{Greek}`."""
        letter = self._pattern[self._at : self._at + 1]
        if known := PERL.get(letter.lower()):
            self._at += 1
            return replace(known, negated=letter.isupper())
        if found := self._take(_PROPERTY):
            name = found[2] or found[4]
            return Charset(f"\\p{{{name}}}", f"\\P{{{name}}}", negated=(found[1] == "P") != bool(found[3]))
        return None

    def _code_point(self) -> int:
        """Read what follows a backslash as one character."""
        if found := self._take(_CODE):
            code = int(found[1] or found[2] or found[3] or found[4], 16)
            if code > sys.maxunicode or code in _SURROGATES:
                raise SyntaxRefused(f"character {found.group()}")
            return code
        char = self._pattern[self._at : self._at + 1]
        if not char or (char.isalnum() and char not in _CONTROLS) or char in {"<", ">"}:
            raise SyntaxRefused(f"\\{char}")
        self._at += 1
        return _CONTROLS.get(char) or ord(char)

    def _class(self) -> str:
        """Read a class in brackets, and give it so that it never holds a mark."""
        start = self._at
        self._at += 1
        negated = self._pattern.startswith("^", self._at)
        self._at += negated
        found: list[Charset] = []
        while self._at < len(self._pattern):
            if self._pattern[self._at] == "]" and found:
                self._at += 1
                return complement(found) if negated else union(found)
            found.append(self._item())
        raise SyntaxRefused(f"class {self._pattern[start : start + 8]}")

    def _item(self) -> Charset:
        """Read a character, a range, or a class within a class."""
        if found := self._take(_POSIX):
            return Charset(f"[:{found[2]}:]", f"[:^{found[2]}:]", negated=bool(found[1]))
        here = self._pattern[self._at :]
        if here[0] == "[" or here.startswith(_SETS):
            raise SyntaxRefused(f"a set within a set, {here[:4]}")
        if here[0] == "\\":
            self._at += 1
            if found_set := self._charset():
                return found_set
            low = self._code_point()
        else:
            self._at += 1
            low = ord(here[0])
        high = self._high(low)
        if low > high:
            raise SyntaxRefused("a range that ends before it begins")
        return span(low, high)

    def _high(self, low: int) -> int:
        """Read the end of a range that may begin with `low`."""
        here = self._pattern[self._at : self._at + 2]
        if len(here) < len("-x") or here[0] != "-" or here[1] == "]":
            return low
        if here == "--":
            raise SyntaxRefused("a set within a set, --")
        self._at += 1
        if here[1] == "\\":
            self._at += 1
            return self._code_point()
        self._at += 1
        return ord(here[1])


def _flags(found: re.Match[str]) -> str:
    on, off, end = set(found[1]), set(found[2] or ""), found[3]
    if not on | off <= set("imsUu") or "u" in off:
        raise SyntaxRefused(f"flags {found.group()}")
    kept = "".join(sorted(on & set("imU")))
    ended = "".join(sorted(off & set("imU")))
    if not kept and not ended:
        return "(?:" if end == ":" else ""
    return f"(?{kept}{'-' * bool(ended)}{ended}{end}"


def _lets_dot_be_anything(pattern: str) -> bool:
    return any("s" in found[1] for found in _FLAGS.finditer(pattern))


def _literal(code: int) -> str:
    char = chr(code)
    return char if char.isascii() and char.isalnum() else f"\\x{{{code:X}}}"
