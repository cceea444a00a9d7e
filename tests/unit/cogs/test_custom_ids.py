"""Whatever stands in a custom id that one of our components or forms takes, the database has room for it."""

import importlib
import re
from collections.abc import Iterator
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.app import EXTENSIONS
from bot.ui.custom_ids import ID_PATTERN
from bot.ui.forms import FormCog
from bot.ui.pressed_item import PressedItem

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


@pytest.mark.parametrize("name", ["job", "member", "request", "target", "character"])
def test_every_id_in_every_custom_id_is_written_as_all_are(name: str) -> None:
    having = [each.pattern for each in PATTERNS if name in each.groupindex]
    assert having
    assert all(f"(?P<{name}>{ID_PATTERN})" in each for each in having)


@pytest.mark.parametrize("pattern", PATTERNS, ids=lambda each: each.pattern[:40])
def test_no_other_number_in_a_custom_id_can_be_longer_than_the_database_takes(pattern: re.Pattern[str]) -> None:
    rest = pattern.pattern.replace(ID_PATTERN, "")
    lengths = re.findall(r"\[0-9\](?:\{\d+,(\d+)\}|(\+|\*))?", rest)
    assert all(not endless and int(most or 1) <= 18 for most, endless in lengths)


@pytest.mark.parametrize("number", [0, 1, 10**17, 10**18, 9 * 10**18, LARGEST - 10, LARGEST - 1, LARGEST])
def test_every_number_up_to_the_largest_is_an_id(number: int) -> None:
    assert re.fullmatch(ID_PATTERN, str(number))


@given(st.integers(0, 2**66))
def test_a_number_is_an_id_where_the_database_has_room_for_it(number: int) -> None:
    assert bool(re.fullmatch(ID_PATTERN, str(number))) is (number <= LARGEST)


@pytest.mark.parametrize("typed", OUT_OF_RANGE)
def test_what_is_no_id_is_none(typed: str) -> None:
    assert re.fullmatch(ID_PATTERN, typed) is None
