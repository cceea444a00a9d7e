"""The texts of the bot as its code has them, and the catalogues brought up to date with them: `make messages`."""

import ast
import asyncio
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po
from discord import AppCommandType, Locale, app_commands
from pydantic import SecretStr

from bot.app import EXTENSIONS, Reelcast
from bot.catalogue.models import MODELS
from bot.config import Settings
from bot.services import open_services
from bot.ui.commands import context_of
from bot.ui.language import LANGUAGES, LOCALES

ROOT: Final = Path(__file__).parents[2]
SPEAKING: Final = ("bot", "cogs")  # the folders whose code speaks to people
TEMPLATE: Final = LOCALES / "messages.pot"
CATALOGUES: Final = tuple(dict.fromkeys(LANGUAGES.values()))
LOOKS_UP: Final = {"_": 1, "N_": 1, "ngettext": 2}  # functions, and how many of their arguments are texts

TITLES: Final = {model.title for model in MODELS.values()}  # proper names

Key = tuple[str | None, str]  # a text and its context in a catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text in English: its forms, one or two, and where it stands."""

    forms: tuple[str, ...]
    path: str
    context: str | None = None

    @property
    def key(self) -> Key:
        return self.context, self.forms[0]


@cache
def trees() -> Sequence[tuple[str, ast.Module]]:
    """Give the syntax of every module that speaks to people, with its path."""
    paths = sorted(path for folder in SPEAKING for path in (ROOT / folder).rglob("*.py"))
    return [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


def code_texts() -> Iterator[Text]:
    """Yield the texts that the code looks up, those within f-strings too, which Babel's own reader passes over.

    What a model calls its options is looked up, too.
    """
    labels = {option.label for model in MODELS.values() for option in model.options}
    yield from (Text(forms=(label,), path="bot/catalogue/options.py") for label in sorted(labels))
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LOOKS_UP:
                forms = [each.value for each in node.args[: LOOKS_UP[node.func.id]] if isinstance(each, ast.Constant)]
                if forms:
                    yield Text(forms=tuple(map(str, forms)), path=path)


class _Recorder(app_commands.Translator):
    """Notes what a translator is asked for."""

    def __init__(self) -> None:
        self.texts: dict[Key, Text] = {}

    async def translate(
        self, string: app_commands.locale_str, locale: Locale, context: app_commands.TranslationContext[Any, Any]
    ) -> str | None:
        if any(char.isalpha() for char in string.message) and string.message not in TITLES and not string.extras:
            text = Text(forms=(string.message,), path="bot/app.py", context=context_of(context))
            self.texts[text.key] = text
        return None


async def command_texts() -> Mapping[Key, Text]:
    """Gather what Discord shows of our commands, from the real ones of a bot that is not connected."""
    recorder = _Recorder()
    async for _payload in command_payloads(recorder):
        pass
    return recorder.texts


async def command_payloads(translator: app_commands.Translator) -> AsyncGenerator[dict[str, Any]]:
    """Yield each command as Discord is sent it."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {
                "discord_token": SecretStr("token"),
                "segmind_api_key": SecretStr("SG_0123456789abcdef"),
                "database_url": f"sqlite:///{folder}/reelcast.db",
                "data_dir": Path(folder) / "data",
                "segmind_models": list(MODELS),  # so that there is a choice of them
            }
        )
        bot = Reelcast(shard_count=1)
        async with open_services(settings, bot) as services:
            bot.services = services
            for extension in EXTENSIONS:
                await bot.load_extension(extension)
            for kind in AppCommandType:
                for command in bot.tree.get_commands(type=kind):
                    yield await command.get_translated_payload(bot.tree, translator)


async def template() -> Catalog:
    """Make the catalogue of everything that can be said, without translations."""
    texts = [*code_texts(), *(await command_texts()).values()]
    catalog = _empty()
    for text in sorted(texts, key=lambda each: (each.path, each.forms)):
        catalog.add(
            text.forms[0] if len(text.forms) == 1 else text.forms, locations=[(text.path, 0)], context=text.context
        )
    return catalog


def read(language: str) -> Catalog:
    """Read a language's catalogue; an empty one where there is none yet."""
    path = LOCALES / f"{language}.po"
    if not path.exists():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def write(path: Path, catalog: Catalog) -> None:
    with path.open("wb") as file:
        write_po(file, catalog, width=120, include_lineno=False, ignore_obsolete=True)


def forms_of(message: Message) -> tuple[str, ...]:
    """Return a message's translated forms; one unless it counts something."""
    return tuple(message.string) if isinstance(message.string, tuple | list) else (message.string or "",)


def missing(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id and not all(forms_of(message))]


def _empty(language: str | None = None) -> Catalog:
    return Catalog(
        locale=language,
        project="Reelcast",
        version="1",
        header_comment="# What Reelcast says. `make messages` keeps this in step with the code.",
        msgid_bugs_address="the project's issues",
        last_translator="Reelcast",
        language_team=language or "LANGUAGE",
        creation_date=datetime(2026, 1, 1, tzinfo=UTC),
        revision_date=datetime(2026, 1, 1, tzinfo=UTC),
        fuzzy=False,
    )


def main() -> None:
    """Bring all catalogues up to date, and tell what has to be translated."""
    current = asyncio.run(template())
    write(TEMPLATE, current)
    for language in CATALOGUES:
        catalog = read(language)
        catalog.update(current, no_fuzzy_matching=True)
        write(LOCALES / f"{language}.po", catalog)
        for message in missing(catalog):
            sys.stdout.write(f"{language}: not translated: {message.id}\n")


if __name__ == "__main__":
    main()
