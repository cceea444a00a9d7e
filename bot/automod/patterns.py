"""A server's regular expressions, run by RE2: in time that grows with the text alone, whatever the pattern.

https://support.discord.com/hc/en-us/articles/10069840290711: AutoMod takes Rust's syntax, with Unicode and without
regard to case.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from bot.automod.charsets import mark_edges, place_in_text
from bot.automod.syntax import SyntaxRefused, translate

MEMORY: Final = 2 * 1024 * 1024  # bytes that one pattern may take, compiled and running: some hundredths of a second


class PatternRefused(Exception):
    """A pattern cannot be applied. `reason` says why, in a few words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Subject:
    """A text that patterns are looked for in, made ready once for all of them."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.encoded = text.encode()

    @cached_property
    def marked(self) -> str:
        return mark_edges(self.text)

    @cached_property
    def marked_encoded(self) -> bytes:
        return self.marked.encode()


@dataclass(frozen=True, slots=True)
class Pattern:
    written: str
    _compiled: Any  # the library has no types
    _marked: bool

    def is_in(self, subject: Subject) -> bool:
        return self._compiled.search(subject.marked_encoded if self._marked else subject.encoded) is not None

    def spans_in(self, subject: Subject) -> Iterator[tuple[int, int]]:
        """Yield from where to where a text matches."""
        if not self._marked:
            yield from (found.span() for found in self._compiled.finditer(subject.text))
            return
        for found in self._compiled.finditer(subject.marked):
            yield place_in_text(found.start()), place_in_text(found.end())


def compile_pattern(written: str) -> Pattern:
    """Make a pattern ready; raises `PatternRefused`."""
    import re2  # noqa: PLC0415 - where a server has patterns

    options = re2.Options()
    options.max_mem = MEMORY
    options.case_sensitive = False
    options.log_errors = False
    try:
        translated = translate(written)
        return Pattern(written, re2.compile(translated.pattern, options), translated.marked)
    except SyntaxRefused as refused:
        raise PatternRefused(f"RE2 has no {refused}") from None
    except Exception as error:  # noqa: BLE001 - the library's own class is unknown to type checkers
        raise PatternRefused(_reason(error)) from None


def _reason(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)
