"""Keywords as Discord's AutoMod understands them, and an index that finds thousands of them in one pass over a text.

https://docs.discord.com/developers/resources/auto-moderation, "Keyword Matching Strategies": a keyword is a whole word
or phrase, `*` at its start or end lets the word go on there, and case does not count. Discord wants whitespace around
a whole word; here a word ends at whatever is no letter, digit or mark, so that neither a full stop nor the `_` of a
file's name hides one.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ahocorasick_rs import AhoCorasick

WORD_LIMIT: Final = 60  # characters of a keyword; Discord's, and ours for a server's own list
FEW: Final = 32  # keywords in one text, whole words or not; with all that overlap, some thousands
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
# Unicode's Default_Ignorable_Code_Point, which is drawn as nothing, and control characters that are no spaces.
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


@dataclass(frozen=True, slots=True)
class View:
    """One way to look at a text: `text` for patterns, `folded` (without case, with single spaces) for keywords."""

    text: str
    folded: str


def views_of(text: str) -> Sequence[View]:
    """Return the ways to look at a text: as it was typed, and without what disguises it, where that is something else.

    The second is in Unicode's form NFKC, which takes bold, wide or circled letters for plain ones and joins letters
    and their accents, and it lacks what is drawn as nothing. Discord does not say whether AutoMod does so; a rule that
    matches either way counts.
    """
    typed = _SURROGATES.sub("\ufffd", text)
    bare = undisguised(typed)
    found = [View(typed, _spaced(typed.casefold()))]
    if bare != typed:
        found.append(View(bare, _spaced(unicodedata.normalize("NFKC", bare.casefold()))))
    return found


def all_views_of(texts: Sequence[str]) -> Mapping[View, int]:
    """Return the ways to look at several texts, each once, with which of the texts it is, counted from 0."""
    found: dict[View, int] = {}
    for number, text in enumerate(texts):
        if text not in texts[:number]:
            found |= {view: number for view in views_of(text) if view not in found}
    return found


def undisguised(text: str) -> str:
    """Return a text without what hides its words: styled letters become plain, and invisible characters are removed."""
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text))


def _spaced(text: str) -> str:
    return " ".join(text.split())


@dataclass(frozen=True, slots=True)
class Keyword:
    """A keyword taken apart. `cores` are what to look for in a folded text: as written, and undisguised."""

    written: str
    cores: tuple[str, ...]
    open_start: bool  # the word may have begun earlier
    open_end: bool  # the word may go on

    @classmethod
    def parse(cls, written: str) -> "Keyword | None":
        """Read a keyword; None where it is nothing but stars and spaces, which Discord does not take either."""
        bare = written.strip()
        views = views_of(bare.strip("*"))
        if not views[-1].folded:
            return None
        cores = tuple(dict.fromkeys(view.folded for view in views))
        return cls(written, cores, bare.startswith("*"), bare.endswith("*"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A keyword found at `start` to `end` of a folded text; `owner` is what it was put into the index with."""

    start: int
    end: int
    keyword: Keyword
    owner: int


class KeywordIndex:
    """Finds every keyword of many in one pass, in time that grows with the text, not with the number of keywords."""

    def __init__(self, keywords: Iterable[tuple[int, Keyword]]) -> None:
        """Take keywords with their owners."""
        by_core: dict[str, dict[tuple[int, bool, bool], Keyword]] = {}
        for owner, keyword in keywords:
            for core in keyword.cores:
                alike = by_core.setdefault(core, {})  # such as the same word in capitals
                alike.setdefault((owner, keyword.open_start, keyword.open_end), keyword)
        # By the number that the automaton has for their core.
        self._keywords = [[(owner, each) for (owner, *_), each in alike.items()] for alike in by_core.values()]
        self._automaton = AhoCorasick(by_core)

    def __len__(self) -> int:
        return len(self._keywords)

    def may_be_long(self, folded: str) -> bool:
        """Return whether keywords are in a folded text so often that it may take long to go through them.

        Those are counted of which none overlaps with another, so this itself is quick.
        """
        return len(self._automaton.find_matches_as_indexes(folded)) > FEW

    def find(self, folded: str) -> Iterator[Hit]:
        """Yield where keywords are in a folded text, those that only cut a word apart left out."""
        for number, start, end in self._automaton.find_matches_as_indexes(folded, overlapping=True):
            starts_word, ends_word = not _within_word(folded, start), not _within_word(folded, end)
            for owner, keyword in self._keywords[number]:
                if (keyword.open_start or starts_word) and (keyword.open_end or ends_word):
                    yield Hit(start, end, keyword, owner)


def _within_word(text: str, at: int) -> bool:
    """Return whether there is a word on both sides of a place in a text."""
    return 0 < at < len(text) and is_of_word(text[at - 1]) and is_of_word(text[at])


def is_of_word(char: str) -> bool:
    """Return whether a character is a letter, a digit or a mark, and so part of a word."""
    return char.isalnum() or (not char.isascii() and unicodedata.category(char)[0] == "M")
