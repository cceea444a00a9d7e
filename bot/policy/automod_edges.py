"""Word boundaries for RE2, which knows those of ASCII alone: every place of a text is marked as one, or as none."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache
from typing import Final

# Code points that Unicode keeps free for use inside of programs.
EDGE: Final = "\ufdd0"
NO_EDGE: Final = "\ufdd1"
MARKS: Final = 2  # at each place: so many `\b` in a row can stand for one boundary
_FIRST_MARK, _LAST_MARK = 0x300, 0x20000  # where Unicode's combining marks are, variation selectors apart


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
    """Give the place in a text for one in the marked text, where the marks before a character count to it."""
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
