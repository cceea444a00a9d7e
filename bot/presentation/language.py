"""The language that a sentence is read in: chosen once for each answer, looked up where the sentence is made.

What only one member sees speaks the member's language, what a whole channel sees the server's.
"""

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Final

SOURCE: Final = "en"  # the language the sentences in the code are written in

_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


@contextmanager
def speaking(locale: str | None) -> Generator[None]:
    """Have the sentences made in this block be in the language of one of Discord's locales, like `pt-BR`."""
    token = _spoken.set(locale or SOURCE)
    try:
        yield
    finally:
        _spoken.reset(token)


def _(message: str) -> str:
    """Give a sentence in the language spoken; its places are filled in afterwards, with `.format(name=…)`."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """Give the form of a sentence that its count asks for in the language spoken."""
    return one if count == 1 else many
