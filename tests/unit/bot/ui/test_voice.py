"""Every text keeps to the voice of docs/voice.md: its words, its contractions, and how each kind of text is built."""

import ast
import asyncio
import re
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from tests.support.messages import Text, code_texts, command_texts, trees

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
    (r";", "two sentences"),
)
SUBJECT = re.compile(r"(?:^|(?<=[.!?]\s))(?:Who|What|Whoever|Whatever|Whether)\b[^?.!]*[.!](?=\s|$)")
CODE = re.compile(r"`[^`]*`|\{[^{}]*\}")
BUTTON = 34
VERBS = re.compile(
    r"Add|Allow|Approve|Block|Change|Check|Choose|Clear|Delete|Describe|Export|Find|Generate|"
    r"Hide|Let|List|Make|Move|Open|Pause|Post|Prepare|Remove|Rename|Report|Reset|Resume|"
    r"Review|Save|Search|See|Send|Set|Share|Show|Stop|Take|Tell|Unblock|Undo|Use|View"
)


@cache
def texts() -> Sequence[Text]:
    return [*code_texts(), *asyncio.run(_described()).values()]


async def _described() -> dict[object, Text]:
    return {key: text for key, text in (await command_texts()).items() if text.context is None}


def forms() -> Iterator[str]:
    for text in texts():
        yield from (CODE.sub("…", form) for form in text.forms)


@pytest.mark.parametrize(("avoided", "instead"), AVOIDED, ids=[instead for _, instead in AVOIDED])
def test_no_text_uses_a_word_that_the_glossary_replaces(avoided: str, instead: str) -> None:
    assert [form for form in forms() if re.search(avoided, form, re.IGNORECASE)] == [], f"say: {instead}"


def test_no_sentence_has_a_bare_question_word_for_its_subject() -> None:
    assert [form for form in forms() if SUBJECT.search(form)] == []


def test_one_exclamation_mark_is_enough_for_the_product() -> None:
    assert sum("!" in form for form in forms()) <= 1


def labels() -> Iterator[str]:
    """Yield the labels of buttons, as the code writes them."""
    for _path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.keyword) and node.arg == "label" and isinstance(node.value, ast.Call):
                called, given = node.value.func, node.value.args
                if isinstance(called, ast.Name) and called.id == "_" and given and isinstance(given[0], ast.Constant):
                    yield str(given[0].value)


def test_labels_are_short_and_have_no_period() -> None:
    found = list(labels())
    assert len(found) >= 10
    assert [label for label in found if label.endswith(".") or len(label) > BUTTON] == []


def test_a_command_is_described_by_what_it_does() -> None:
    described = asyncio.run(_commands())
    assert [each for each in described if not VERBS.fullmatch(each.split(maxsplit=1)[0].rstrip(","))] == []


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
