"""Every text keeps to the voice of docs/voice.md: its words, its contractions, and how each kind of text is built.

The table `SOURCES` names all places where texts for people are.
"""

import ast
import asyncio
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final, cast

import pytest
import typer.main

from bot.command_line import app
from bot.delivery.state_looks import LOOKS
from bot.jobs.states import State
from tests.support.messages import LOOKS_UP, ROOT, Text, code_texts, command_texts, trees

AVOIDED = (
    (r"\bfilms?\b", "video"),
    (r"\bpictures?\b", "image"),
    (r"\b(some|any|every|no)body\b", "someone, anyone, everyone, no one"),
    (r"\bwho(so)?ever\b", "the person meant"),
    (r"\bbesides\b", "also, another"),
    (r"\bfor good\b", "permanently"),
    (r"\b(ask|asks|asked|asking) for (a|the|this|it|videos?|one)\b", "request"),
    (r"\bwithheld\b|\bput back\b|\btaken (off|back)\b", "not posted, restored, taken down"),
    (r"\btime-outs?\b", "timeout"),
    (r"\b(colour|recognis|cancell|favour|behaviour)", "American spelling"),
    (r"\bplease\b|\bsorry\b", "the next step alone"),
    (
        r"\bpaid for\b|\bunder way\b|\bbegins? anew\b|\bthere is room\b",
        "charged, in progress, resets, can make another",
    ),
    (r"\bquota\b", "limit"),
    (r"\bcaps?\b", "spending limit"),
    (r"\bmay\b(?! (have|be) )", "can"),
    (r"\b(do|does|did|is|are|was|were|has|have|had|could|would|should|will) (?-i:not)\b|\bcannot\b", "a contraction"),
    (r";(?=\s|$)", "two sentences"),
    (r"\banew\b", "again"),
)
SUBJECT = re.compile(r"(?:^|(?<=[.!?]\s))(?:Who|What|Whoever|Whatever|Whether)\b[^?.!]*[.!](?=\s|$)")
CODE = re.compile(r"`[^`\n]*`|\{[^{}]*\}|\b[A-Z][A-Z_]{3,}\b")  # names of settings and states, too
BUTTON = 34
VERBS = re.compile(
    r"Add|Allow|Approve|Block|Change|Check|Choose|Clear|Copy|Decide|Delete|Describe|Export|Find|Generate|"
    r"Hide|Let|List|Make|Move|Open|Pause|Post|Prepare|Print|Process|Remove|Rename|Report|Reset|Resume|"
    r"Review|Run|Save|Search|See|Send|Set|Share|Show|Stop|Take|Tell|Unblock|Undo|Use|View"
)
# Strings with words in them that aren't texts (queries, patterns, selectors, headers, programs), and what others say.
UNREAD: Final = re.compile(
    r"\\|\(\?|\.\*|, \.\w|'self'|rel=|^import |^\s*(SELECT|INSERT|UPDATE|DELETE|PRAGMA|WITH|ALTER|SHOW)\b"
    r"|^The application did not respond$|Please try again later$"
)
SHOWN_BY_SANDBOX: Final = ("__main__.py", "demo/*.py", "web/*.py")  # the rest speaks as Discord and Segmind do
JS_STRING: Final = re.compile(r'"([^"\n]*)"|`([^`]*)`')


@cache
def texts() -> Sequence[Text]:
    return [*code_texts(), *asyncio.run(_described()).values()]


async def _described() -> dict[object, Text]:
    return {key: text for key, text in (await command_texts()).items() if text.context is None}


def said_in_discord() -> Iterator[str]:
    for text in texts():
        yield from text.forms


def written(tree: ast.Module) -> Iterator[str]:
    """Yield a module's strings of three words or more: those that aren't looked up in a catalog, and no docstrings."""
    passed: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in LOOKS_UP:
            passed |= {id(each) for argument in node.args for each in ast.walk(argument)}
        if isinstance(node, ast.Expr):
            passed.add(id(node.value))
        if isinstance(node, ast.JoinedStr):
            passed |= {id(each) for each in node.values}
    for node in ast.walk(tree):
        text = ""
        if isinstance(node, ast.JoinedStr):
            text = "".join(str(each.value) if isinstance(each, ast.Constant) else "…" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        if id(node) not in passed and len(re.findall(r"\b[A-Za-z]{2,}\W* ", text)) >= 2 and not UNREAD.search(text):
            yield text


def said_to_operators() -> Iterator[str]:
    """Yield the sentences of the log, of errors, of the check, and of the settings."""
    for path, tree in trees():
        if "/migrations/" not in path:
            yield from written(tree)


@cache
def commands() -> Mapping[str, Any]:
    """Return the commands of `python -m bot`, each with its `help` and its `params`."""
    return cast("Any", typer.main.get_command(app)).commands


def said_by_the_command_line() -> Iterator[str]:
    for command in commands().values():
        yield command.help
        yield from (option.help for option in command.params if getattr(option, "help", None))


def said_by_the_demo() -> Iterator[str]:
    for pattern in SHOWN_BY_SANDBOX:
        for path in (ROOT / "sandbox").glob(pattern):
            yield from written(ast.parse(path.read_text(encoding="utf-8")))
    for path in (ROOT / "sandbox" / "web" / "page").rglob("*.js"):
        lines = (
            line for line in path.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith(("//", "*"))
        )
        strings = (one or other for one, other in JS_STRING.findall("\n".join(lines)))
        yield from (each for each in strings if (" " in each or each[:1].isupper()) and not UNREAD.search(each))
    page = (ROOT / "sandbox" / "web" / "page" / "index.html").read_text(encoding="utf-8")
    yield from (one or other for one, other in re.findall(r'>([^<>]*\w[^<>]*)<|aria-label="([^"]*)"', page))


def said_by_files() -> Iterator[str]:
    """Yield the comments of files that operators fill in or run, what `make` lists and prints, and Grafana's titles."""
    for path in (ROOT / ".env.example", ROOT / "compose.yaml", ROOT / "Dockerfile", *(ROOT / "deploy").iterdir()):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield " ".join(line[2:] for line in lines if line.startswith("# "))
    board = (ROOT / "docs" / "grafana" / "reelcast.json").read_text(encoding="utf-8")
    yield from re.findall(r'"(?:title|description)": "([^"]+)"', board)
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    yield from (one or other for one, other in re.findall(r'## (.+)$|echo "(.+?)"', made, re.MULTILINE))


def said_by_guides() -> Iterator[str]:
    """Yield the lines of all guides but the one that lists the words to avoid, without code and links."""
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")):
        text = re.sub(
            r"^ *```.*?^ *```$|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        text = re.sub(r"\]\([^)\s]+\)|(src|href)=\"[^\"]*\"", "]", text)
        if path.name != "voice.md":
            yield from (f"{path.name}: {line}" for line in text.splitlines())


SOURCES: Final[Mapping[str, Callable[[], Iterator[str]]]] = {
    "in Discord": said_in_discord,
    "to operators": said_to_operators,
    "on the command line": said_by_the_command_line,
    "in the demo": said_by_the_demo,
    "in files of operators": said_by_files,
    "in the guides": said_by_guides,
}


@cache
def forms(source: str = "in Discord") -> Sequence[str]:
    """Return the texts of a source, with names and placeholders as `…`."""
    return [CODE.sub("…", form) for form in SOURCES[source]()]


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(("avoided", "instead"), AVOIDED, ids=[instead for _, instead in AVOIDED])
def test_no_text_uses_a_word_that_the_glossary_replaces(source: str, avoided: str, instead: str) -> None:
    assert [form for form in forms(source) if re.search(avoided, form, re.IGNORECASE)] == [], f"say: {instead}"


@pytest.mark.parametrize("source", SOURCES)
def test_no_sentence_has_a_bare_question_word_for_its_subject(source: str) -> None:
    assert [form for form in forms(source) if SUBJECT.search(form)] == []


@pytest.mark.parametrize("source", SOURCES)
def test_each_source_is_found(source: str) -> None:
    assert len(forms(source)) >= 15


def test_one_exclamation_mark_is_enough_for_the_product() -> None:
    assert sum("!" in form for form in forms()) <= 1


def labels(*names: str, of: Callable[[ast.Call], bool] = lambda _call: True) -> Iterator[str]:
    """Yield the texts that the code gives to arguments of some names, in calls of some kind."""
    for _path, tree in trees():
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        values: list[ast.expr] = [
            word.value for call in calls if of(call) for word in call.keywords if word.arg in names
        ]
        if "label" in names:
            values += [each for call in calls if called(call) == "_button" for each in call.args]
            # The label of a setting, and of what can be chosen for it, is the second argument.
            values += [
                each for call in calls if called(call) in {"declared", "Option"} and of(call) for each in call.args[1:2]
            ]
        for each in (found for value in values for found in ast.walk(value)):
            if isinstance(each, ast.Call) and called(each) in {"_", "N_"}:
                yield from (str(text.value) for text in each.args if isinstance(text, ast.Constant))


def called(call: ast.Call) -> str:
    """Return the name of what is called, without its module."""
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


def test_buttons_are_short() -> None:
    found = list(labels("label", of=lambda call: called(call) == "Button"))
    assert len(found) >= 40
    assert [label for label in found if len(label) > BUTTON] == []


def test_labels_titles_and_placeholders_have_no_period() -> None:
    found = list(labels("label", "title", "named", "placeholder"))
    assert len(found) >= 100
    assert [label for label in found if label.endswith(".") or not (label[0].isupper() or label[0] in "{@")] == []


def test_the_sign_of_a_rejection_stands_for_nothing_else() -> None:
    texts = [(path, node.value) for path, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    assert [path for path, text in texts if LOOKS[State.REJECTED].emoji in str(text)] == ["bot/delivery/state_looks.py"]


def test_a_command_is_described_by_what_it_does() -> None:
    in_discord = asyncio.run(_commands())
    described = [*in_discord, *(command.help for command in commands().values())]
    assert [each for each in described if not VERBS.fullmatch(each.split(maxsplit=1)[0].rstrip(","))] == []
    assert [each for each in in_discord if each.endswith(".") and ". " not in each] == []


async def _commands() -> Sequence[str]:
    from tests.support.messages import _Recorder, command_payloads  # noqa: PLC0415

    found: list[str] = []
    async for payload in command_payloads(_Recorder()):
        found += _descriptions(payload)
    return found


def _descriptions(payload: dict[str, object]) -> Iterator[str]:
    """Yield the descriptions of a command and of the commands in it, not those of options."""
    if payload.get("description"):
        yield str(payload["description"])
    options = payload.get("options")
    for option in options if isinstance(options, list) else []:
        if option["type"] in {1, 2}:
            yield from _descriptions(option)
