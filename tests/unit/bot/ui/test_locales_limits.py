"""In every language the texts stay within Discord's limits, and commands have names that Discord takes."""

import ast
import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import pytest

from bot.ui.commands import CommandTranslator
from bot.ui.language import LANGUAGES
from tests.support.messages import CATALOGUES, LOOKS_UP, code_texts, command_payloads, forms_of, read, trees

# How many characters Discord takes, by what is made of them: the component's class, and its parameter or its place.
Sink = tuple[str, str | int]
LIMITS: Mapping[Sink, int] = {
    ("Modal", "title"): 45,
    ("Label", "text"): 45,
    ("Label", "description"): 100,
    ("Button", "label"): 38,  # Discord takes 80, and says that 38 fit
    ("TextInput", "label"): 45,
    ("TextInput", "placeholder"): 100,
    ("File", "description"): 1024,
    **{(f"{kind}Select", "placeholder"): 150 for kind in ("", "User", "Role", "Channel", "Mentionable")},
    **{(f"{kind}Option", "label"): 100 for kind in ("Select", "RadioGroup", "CheckboxGroup")},
    **{(f"{kind}Option", "description"): 100 for kind in ("Select", "RadioGroup", "CheckboxGroup")},
}
COMMAND = re.compile(r"`/([a-z][a-z -]*)`")
SUBCOMMAND_GROUP = 2  # and below: a command, a subcommand
NAMES, TEXTS = 32, 100  # characters of a command's or an option's name, and of its description or a choice


def called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)


def arguments(call: ast.Call) -> Iterator[tuple[Sink, ast.expr]]:
    yield from (((called(call), place), each) for place, each in enumerate(call.args))
    yield from (((called(call), each.arg), each.value) for each in call.keywords if each.arg)


@cache
def code() -> Sequence[ast.Module]:
    return [tree for path, tree in trees() if path.startswith(("bot/", "cogs/"))]


@cache
def limits() -> Mapping[Sink, int]:
    """Add our own functions that hand what they are given to one of Discord's components."""
    found = dict(LIMITS)
    functions = [each for tree in code() for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)]
    known = -1
    while known < len(found):
        known = len(found)
        for function in functions:
            places = [each.arg for each in function.args.args if each.arg not in {"self", "cls"}]
            for call in (each for each in ast.walk(function) if isinstance(each, ast.Call)):
                for sink, value in arguments(call):
                    if sink in found and isinstance(value, ast.Name):
                        found.setdefault((function.name, value.id), found[sink])
                        if value.id in places:
                            found.setdefault((function.name, places.index(value.id)), found[sink])
    return found


def bounded() -> Iterator[tuple[str, int]]:
    """Yield each text that is handed to something with a limit."""
    marked = {
        target.id: text
        for tree in code()
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        for text in looked_up(node.value, {})
        if isinstance(target, ast.Name)
    }
    for tree in code():
        for call in (each for each in ast.walk(tree) if isinstance(each, ast.Call)):
            for sink, value in arguments(call):
                if sink in limits():
                    yield from ((text, limits()[sink]) for text in looked_up(value, marked))


def looked_up(value: ast.expr, marked: Mapping[str, str]) -> Iterator[str]:
    """Yield the texts that a piece of code looks up directly: `_("…")`, or `_(NAME)` of a text marked before."""
    match value:
        case ast.Call(func=ast.Name(id=name), args=[*given]) if name in LOOKS_UP:
            for each in given[: LOOKS_UP[name]]:
                if isinstance(each, ast.Constant):
                    yield str(each.value)
                elif isinstance(each, ast.Name) and each.id in marked:
                    yield marked[each.id]
        case ast.Call(func=ast.Attribute(value=sentence, attr="format")):
            yield from looked_up(sentence, marked)
        case ast.IfExp(body=one, orelse=other):
            yield from looked_up(one, marked)
            yield from looked_up(other, marked)
        case _:
            return


def test_the_english_texts_fit_where_they_are_shown() -> None:
    assert [text for text, limit in bounded() if len(text) > limit] == []
    assert len(list(bounded())) > 20  # they are found at all


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_translated_texts_fit_where_they_are_shown(language: str) -> None:
    catalogue = read(language)
    translated = [(catalogue.get(text), limit) for text, limit in bounded()]
    forms = [(form, limit) for message, limit in translated if message for form in forms_of(message)]
    assert [form for form, limit in forms if len(form) > limit] == []


@cache
def commands() -> Sequence[dict[str, Any]]:
    async def gather() -> list[dict[str, Any]]:
        return [payload async for payload in command_payloads(CommandTranslator())]

    return asyncio.run(gather())


def families(siblings: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield the commands, then the options of each, and so on: all that stand beside one another."""
    if siblings:
        yield siblings
    for each in siblings:
        yield from families(each.get("options") or ())


def typed(name: str) -> bool:
    """Tell whether Discord takes a name of a command or an option: letters, figures, `-_'`, all in lower case."""
    letters = all(char in "-_'" or char.isalpha() or char.isnumeric() for char in name)
    return letters and name == name.lower() and 1 <= len(name) <= NAMES


def is_menu(payload: Mapping[str, Any]) -> bool:
    return "description" not in payload


def test_every_name_of_a_command_or_an_option_can_be_typed() -> None:
    names = [
        name
        for family in families([each for each in commands() if not is_menu(each)])
        for each in family
        for name in (each["name"], *each.get("name_localizations", {}).values())
    ]
    assert [name for name in names if not typed(name)] == []


@pytest.mark.parametrize("locale", LANGUAGES)
def test_no_two_commands_or_options_have_one_name(locale: str) -> None:
    for kind in (True, False):
        for family in families([each for each in commands() if is_menu(each) is kind]):
            names = [each.get("name_localizations", {}).get(locale, each["name"]) for each in family]
            assert len(names) == len(set(names))


def test_what_discord_shows_of_a_command_fits() -> None:
    def shown(payload: Mapping[str, Any]) -> Iterator[str]:
        yield from (payload.get("description", ""), *payload.get("description_localizations", {}).values())
        for choice in payload.get("choices") or ():
            yield from (choice["name"], *choice.get("name_localizations", {}).values())

    texts = [text for family in families(commands()) for each in family for text in shown(each)]
    assert [text for text in texts if len(text) > TEXTS] == []
    menus = [name for each in commands() if is_menu(each) for name in each["name_localizations"].values()]
    assert [name for name in menus if len(name) > NAMES] == []


def paths(siblings: Sequence[Mapping[str, Any]], before: str = "") -> Iterator[str]:
    """Yield what can follow a slash: groups, too, for a sentence may name a group alone."""
    for each in siblings:
        if not is_menu(each) and each["type"] <= SUBCOMMAND_GROUP:
            yield before + each["name"]
            yield from paths(each.get("options") or (), f"{before}{each['name']} ")


def test_a_sentence_names_only_commands_that_there_are() -> None:
    known = set(paths(commands()))
    named = {
        (command, text.key[1]) for text in code_texts() for form in text.forms for command in COMMAND.findall(form)
    }
    assert [text for command, text in named if command not in known] == []


def test_a_command_is_offered_in_every_language_of_its_reader() -> None:
    [video] = [each for each in commands() if each["name"] == "video"]
    [prompt] = [each for each in video["options"] if each["name"] == "prompt"]
    assert set(video["description_localizations"]) == set(LANGUAGES)
    assert video["name_localizations"]["ja"] == "動画"
    assert prompt["name_localizations"]["ja"] == "プロンプト"
    assert "en-GB" not in video["description_localizations"]
