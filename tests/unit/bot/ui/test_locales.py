"""The catalogues say everything that the code says, and in each language the same: places, marks, commands, lengths."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.gate.denial import INVITED_WITH
from bot.ui.commands import NAME
from bot.ui.language import LANGUAGES, LOCALES, SOURCE
from tests.support.messages import CATALOGUES, TEMPLATE, Key, forms_of, missing, read, template

HINT = "run `make messages`; in bot/ui/locales, translate what it names"
COMMAND = re.compile(r"`/([a-z][a-z -]*)`")
EMPHASIS = re.compile(r"(?<!\*)\*([^*\n]+)\*(?!\*)")
CODE = re.compile(r"`[^`\s]+`")  # an example of a prompt has spaces, and is said in each language
# What must stand in a translation as often as in English: bold, spoilers, lines, list items, headings, names, moments.
MARKS = re.compile(r"\*\*|\|\||\n-#? |\n|^-# |^#+ |@\w+|<[@#t/][^>]*>|https?://\S+")
# What a language's glossary doesn't have: the other form of address, words of one country, another way to set signs.
OTHERWISE = {
    "de": r"(?<=[a-zäöüß,] )(?:Sie|Ihnen|Ihr(?:e[nmrs]?)?)\b|[\"']",
    "es": r"\b(?:usted(?:es)?|vosotros|vuestr\w+|vídeos?|añad\w+|coste)\b|\"",
    "fr": r"\b(?:vous|votre|vos)\b|['\"]|\w[?!;]|\w:(?=\s|$)",
    "pt_BR": r"\b(?:tu|teu|tua|vós|ficheiros?|ecrã|apagar)\b|\"",
    "ja": r"[()]|… (?:件|本|枚|人|秒|回|個|文字|番目)|だ。|である。",
}

every_language = pytest.mark.parametrize("language", CATALOGUES)


@cache
def current() -> Catalog:
    return asyncio.run(template())


@cache
def catalogue(language: str) -> Catalog:
    return read(language)


def key_of(message: Message) -> Key:
    return message.context, english(message)[0]


def english(message: Message) -> tuple[str, ...]:
    """Return a message's English forms, two where it counts something."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translations(language: str) -> Iterator[tuple[Message, str, str]]:
    """Yield every form that is translated, with its message and the English form that it stands for."""
    for message in catalogue(language):
        if message.id:
            forms = forms_of(message)
            for place, form in enumerate(forms):
                if form:
                    yield message, english(message)[-1 if place == len(forms) - 1 else 0], form


def keys(catalog: Catalog) -> set[Key]:
    return {key_of(message) for message in catalog if message.id}


@every_language
def test_everything_that_is_said_is_translated(language: str) -> None:
    known = catalogue(language)
    untranslated = [key_of(message) for message in missing(known)]
    assert sorted(map(str, [*untranslated, *(keys(current()) - keys(known))])) == [], HINT
    assert [key_of(message) for message in known if message.fuzzy and message.id] == [], HINT


@every_language
def test_no_catalogue_keeps_what_is_said_no_more(language: str) -> None:
    known = catalogue(language)
    assert sorted(map(str, keys(known) - keys(current()))) == [], HINT
    assert not known.obsolete, HINT


@every_language
def test_what_counts_has_as_many_forms_as_the_language(language: str) -> None:
    known = catalogue(language)
    counting = {key_of(message) for message in current() if len(english(message)) > 1}
    wrong = [
        key_of(message)
        for message in known
        if message.id and len(forms_of(message)) != (known.num_plurals if key_of(message) in counting else 1)
    ]
    assert wrong == [], HINT


def test_the_template_for_new_languages_is_up_to_date() -> None:
    with TEMPLATE.open("rb") as file:
        assert keys(read_po(file)) == keys(current()), HINT


def test_every_catalogue_is_read_and_every_language_has_its_own() -> None:
    assert {path.stem for path in LOCALES.glob("*.po")} == set(LANGUAGES.values())
    assert SOURCE not in LANGUAGES.values()


def test_every_permission_that_the_bot_may_lack_is_named_in_its_readers_words() -> None:
    assert {(None, words) for words in INVITED_WITH.values()} <= keys(current())


@every_language
def test_a_translation_has_the_places_that_are_filled_in(language: str) -> None:
    def places(text: str) -> set[str | None]:
        return {place for _before, place, _format, _conversion in Formatter().parse(text)} - {None}

    wrong = []
    for message, source, form in translations(language):
        allowed = set().union(*map(places, english(message)))
        if not places(form) <= allowed or (form == forms_of(message)[-1] and places(form) != places(source)):
            wrong.append(form)
    assert wrong == []


@every_language
def test_a_translation_keeps_the_marks_of_its_sentence(language: str) -> None:
    def marks(text: str) -> Counter[str]:
        return Counter([*MARKS.findall(text), *CODE.findall(COMMAND.sub("", text))])

    wrong = [
        form
        for _message, source, form in translations(language)
        if marks(re.sub(r"`/[^`]+`", "", form)) != marks(COMMAND.sub("", source))
    ]
    assert wrong == []


@every_language
def test_a_translation_speaks_as_its_glossary_does(language: str) -> None:
    spoken = (re.sub(r"`[^`\n]*`|\{[^{}]*\}", "…", form) for _message, _source, form in translations(language))
    assert [form for form in spoken if re.search(OTHERWISE[language], form)] == []


@every_language
def test_a_command_is_called_as_the_reader_finds_it(language: str) -> None:
    def named(command: str) -> str:
        found = (catalogue(language).get(word, NAME) for word in command.split())
        return "`/" + " ".join(str(word.string) if word else "?" for word in found) + "`"

    wrong = [
        form
        for _message, source, form in translations(language)
        if any(named(command) not in form for command in COMMAND.findall(source))
    ]
    assert wrong == []


@every_language
def test_a_button_is_called_as_the_reader_finds_it(language: str) -> None:
    known = catalogue(language)
    wrong: list[str] = []
    for _message, source, form in translations(language):
        labels = [(label, known.get(label)) for label in EMPHASIS.findall(source)]
        expected = Counter(str(label.string) for _, label in labels if label is not None)
        found = Counter(EMPHASIS.findall(form))
        if len(EMPHASIS.findall(form)) != len(labels) or expected - found:
            wrong.append(form)
    assert wrong == []
