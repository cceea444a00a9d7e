"""A server's regular expressions, run by RE2: in time that grows with the text alone, whatever the pattern.

https://support.discord.com/hc/en-us/articles/10069840290711: AutoMod takes Rust's syntax, and case does not count.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import re2

MEMORY: Final = 4 * 1024 * 1024  # bytes that one pattern may take, compiled and running


class PatternRefused(Exception):
    """A pattern cannot be applied. `reason` says why, in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Pattern:
    written: str
    _compiled: Any  # the library has no types

    def is_in(self, text: str) -> bool:
        return self._compiled.search(text) is not None

    def spans_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield from where to where a text matches."""
        return (found.span() for found in self._compiled.finditer(text))


def compile_pattern(written: str) -> Pattern:
    """Make a pattern ready; raises `PatternRefused`."""
    options = re2.Options()
    options.max_mem = MEMORY
    options.case_sensitive = False
    options.log_errors = False
    try:
        return Pattern(written, re2.compile(written, options))
    except Exception as error:  # noqa: BLE001 - the library's own class is unknown to type checkers
        raise PatternRefused(_reason(error)) from None


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
