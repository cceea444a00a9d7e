"""The language that a sentence is read in: chosen once for each answer, looked up where the sentence is made.

What only one member sees speaks the member's language, what a whole channel sees the server's. The catalogs in
`locales/` are read once in a process.
"""

import os
import struct
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from gettext import GNUTranslations, NullTranslations
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import discord

SOURCE: Final = "en"  # the language the sentences in the code are written in
LOCALES: Final = Path(__file__).parent / "locales"
# Discord's locales that have a catalog, by its name; all others read English.
LANGUAGES: Final[Mapping[str, str]] = {
    "de": "de",
    "es-ES": "es",
    "es-419": "es",
    "fr": "fr",
    "ja": "ja",
    "pt-BR": "pt_BR",
}

_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


def speak(locale: str | None) -> None:
    """Have what follows in this task be in the language of one of Discord's locales, like `pt-BR`."""
    _spoken.set(language_of(locale))


@contextmanager
def speaking(locale: str | None) -> Generator[None]:
    """Have the sentences made in this block be in the language of one of Discord's locales."""
    token = _spoken.set(language_of(locale))
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> str:
    """Name the language spoken, as its catalog and Babel's formats do."""
    return _spoken.get()


def language_of(locale: str | None) -> str:
    return LANGUAGES.get(locale or "", SOURCE)


def _(message: str) -> str:
    """Return a sentence in the language spoken; its places are filled in afterwards, with `.format(name=…)`."""
    return catalogue(spoken()).gettext(message) if message else ""  # the empty one is a catalog's own header


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form of a sentence that its count asks for in the language spoken."""
    return catalogue(spoken()).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 - by this name extractors know it
    """Mark a sentence that is looked up later, with `_`, when it is known who reads it."""
    return message


@cache
def catalogue(language: str) -> NullTranslations:
    """Read a catalog, once. It is compiled and kept beside its source where it may be, as Python does modules."""
    path = LOCALES / f"{language}.po"
    if language == SOURCE or not path.exists():
        return NullTranslations()
    source = path.read_bytes()
    kept = LOCALES / "__pycache__" / f"{language}.{sha256(source).hexdigest()[:16]}.mo"
    with suppress(OSError, struct.error):  # there is none, or not a whole one
        return GNUTranslations(BytesIO(kept.read_bytes()))
    compiled = _compiled(source, language)
    if not sys.dont_write_bytecode:
        with suppress(OSError):
            _keep(kept, compiled, path.stat().st_mode)
    return GNUTranslations(BytesIO(compiled))


def _compiled(source: bytes, language: str) -> bytes:
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - which takes longer than all that is kept
    from babel.messages.pofile import read_po  # noqa: PLC0415

    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(source), locale=language))
    return compiled.getvalue()


def _keep(file: Path, compiled: bytes, mode: int) -> None:
    """Put a compiled catalog in place of those of former texts, whole at once: other processes read it."""
    file.parent.mkdir(exist_ok=True)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_bytes(compiled)
    part.chmod(mode)
    part.replace(file)
    for former in file.parent.glob(f"{file.name.partition('.')[0]}.*.mo"):
        if former != file:
            former.unlink(missing_ok=True)


def read_catalogues() -> None:
    """Read all catalogs ahead, so that no member waits for theirs."""
    for language in LANGUAGES.values():
        catalogue(language)


def server_locale(chosen: str | None, interaction: discord.Interaction[Any]) -> str:
    """Name one of Discord's locales: the one `chosen` in the settings, else the one that the server has in Discord."""
    return chosen or (interaction.guild_locale or discord.Locale.american_english).value
