"""Whatever stands in a custom id that one of our components or forms takes, the database has room for it."""

import importlib
import re
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import EXTENSIONS
from bot.interactions.forms import FormCog
from bot.interactions.pressed_item import PressedItem
from bot.presentation.controls import ID_PATTERN

LARGEST: Final = 2**63 - 1
OUT_OF_RANGE: Final = (str(LARGEST + 1), "9" * 19, "9" * 20, "1" * 25, "-1", "\N{FULLWIDTH DIGIT ONE}", "")


def patterns() -> Iterator[re.Pattern[str]]:
    for extension in EXTENSIONS:
        importlib.import_module(extension)
    yield from PressedItem.templates
    forms = [FormCog]
    while forms:
        form = forms.pop()
        forms += form.__subclasses__()
        if "form_pattern" in vars(form):
            yield re.compile(form.form_pattern)


PATTERNS: Final = sorted({each.pattern: each for each in patterns()}.values(), key=lambda each: each.pattern)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.pattern[:40])
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_number_in_a_custom_id_fits_the_database(pattern: re.Pattern[str], data: st.DataObject) -> None:
    custom_id = data.draw(st.from_regex(pattern, fullmatch=True))
    match = pattern.fullmatch(custom_id)
    assert match is not None
    numbers = [int(each) for each in match.groupdict().values() if each and re.fullmatch("[0-9]+", each)]
    assert all(each <= LARGEST for each in numbers)


@pytest.mark.parametrize("number", OUT_OF_RANGE)
@pytest.mark.parametrize("name", ["job", "member", "request", "message", "target"])
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_a_number_that_is_no_id_is_taken_by_nothing(name: str, number: str, data: st.DataObject) -> None:
    having = [each for each in PATTERNS if name in each.groupindex]
    assert having
    pattern = data.draw(st.sampled_from(having))
    group = f"(?P<{name}>{ID_PATTERN})"
    assert group in pattern.pattern
    forged = data.draw(st.from_regex(pattern.pattern.replace(group, re.escape(number)), fullmatch=True))
    assert pattern.fullmatch(forged) is None
