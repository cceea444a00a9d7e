"""What people type into settings."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.automod.keywords import WORD_LIMIT
from bot.settings.entries import numbers
from bot.settings.model import GuildSettings, Limits
from bot.settings.typed_values import (
    MOST_WORDS,
    TYPED_LIMIT,
    BadSetting,
    BadSettingCode,
    read_words,
    with_words,
    without_words,
)

NUMBERS = {**numbers(GuildSettings), **numbers(Limits)}


@pytest.mark.parametrize(
    ("name", "typed", "meant"),
    [
        ("per_day", "5", 5),
        ("per_day", " 1000\n", 1_000),
        ("per_day", "\uff15", 5),  # as an input method for Japanese writes it
        ("per_day", "", None),
        ("per_day", "None", None),
        ("per_day", "unlimited", None),
        ("per_day", "0", 0),
        ("review_hours", "24", 24),
        ("spend_per_day_usd", "$20", Decimal(20)),
        ("spend_per_day_usd", "7,5", Decimal("7.5")),
        ("spend_per_day_usd", "0.05 USD", Decimal("0.05")),
        ("spend_per_month_usd", "-", None),
    ],
)
def test_a_number_is_taken_as_it_is_meant(name: str, typed: str, meant: Decimal | int | None) -> None:
    assert NUMBERS[name].read(typed) == meant


@pytest.mark.parametrize(
    ("name", "typed", "code"),
    [
        ("per_day", "many", BadSettingCode.NUMBER),
        ("per_day", "-1", BadSettingCode.NUMBER),
        ("per_day", "1.5", BadSettingCode.NUMBER),
        ("per_day", "1001", BadSettingCode.RANGE),
        ("per_day", "9" * 4_000, BadSettingCode.NUMBER),
        ("review_hours", "0", BadSettingCode.RANGE),
        ("review_hours", "", BadSettingCode.NEEDED),
        ("review_hours", "none", BadSettingCode.NEEDED),
        ("spend_per_day_usd", "1,000", BadSettingCode.DOLLARS),  # one dollar, or a thousand?
        ("spend_per_day_usd", "NaN", BadSettingCode.DOLLARS),
        ("spend_per_day_usd", "1e5", BadSettingCode.DOLLARS),
        ("spend_per_day_usd", "100000.01", BadSettingCode.RANGE),
    ],
)
def test_what_is_no_number_in_range_is_refused_with_the_range(name: str, typed: str, code: BadSettingCode) -> None:
    with pytest.raises(BadSetting) as refused:
        NUMBERS[name].read(typed)
    assert refused.value.code is code
    assert (refused.value.least, refused.value.most) == (NUMBERS[name].least, NUMBERS[name].most)
    assert len(refused.value.typed) <= TYPED_LIMIT


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(sorted(NUMBERS)), st.text(max_size=60) | st.integers().map(str) | st.decimals().map(str))
def test_whatever_is_typed_for_a_number_is_one_in_its_range_or_refused(name: str, typed: str) -> None:
    try:
        number = NUMBERS[name].read(typed)
    except BadSetting:
        return
    assert number is None or NUMBERS[name].least <= number <= NUMBERS[name].most
    assert number is not None or NUMBERS[name].optional


def test_words_come_one_a_line_or_between_commas_and_each_once() -> None:
    assert read_words("Blood, gore*\r\n  late   night ,,blood\n")[0] == ("Blood", "gore*", "late night")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", BadSettingCode.NO_WORDS),
        (" ,\n, ", BadSettingCode.NO_WORDS),
        ("!, *", BadSettingCode.WORD_EMPTY),
        ("!!!", BadSettingCode.WORD_EMPTY),
        ("x" * (WORD_LIMIT + 1), BadSettingCode.WORD_LONG),
    ],
)
def test_words_that_forbid_nothing_or_too_much_are_refused(typed: str, code: BadSettingCode) -> None:
    with pytest.raises(BadSetting) as refused:
        read_words(typed)
    assert refused.value.code is code


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_whatever_is_typed_as_words_is_short_and_visible_or_refused(typed: str) -> None:
    try:
        words, refused = read_words(typed)
    except BadSetting:
        return
    assert not refused.keys() & set(words)
    for word in words:
        assert 0 < len(word) <= WORD_LIMIT
        assert word.isprintable()
        assert any(char.isalnum() or ord(char) > 127 for char in word)
        word.encode()  # can be saved and sent


def test_a_word_that_cannot_be_one_spoils_none_of_the_others() -> None:
    words, refused = read_words(f"fine, *, blood, {'x' * (WORD_LIMIT + 1)}")
    assert words == ("fine", "blood")
    assert {typed: error.code for typed, error in refused.items()} == {
        "*": BadSettingCode.WORD_EMPTY,
        "x" * (WORD_LIMIT + 1): BadSettingCode.WORD_LONG,
    }


def test_words_are_added_in_order_and_keep_the_spelling_that_was_there() -> None:
    assert with_words(("Night",), ("blood", "night", "Ärger")) == ("blood", "Night", "Ärger")


def test_no_more_words_than_a_list_takes() -> None:
    many = [f"w{number}" for number in range(MOST_WORDS)]
    assert len(with_words((), many)) == MOST_WORDS
    with pytest.raises(BadSetting) as refused:
        with_words(many, ("one more",))
    assert refused.value.code is BadSettingCode.WORDS_MANY


def test_words_are_removed_whatever_their_case_and_never_for_nothing() -> None:
    assert without_words(("Blood", "night"), ["BLOOD", "else"]) == ("night",)
    with pytest.raises(BadSetting) as refused:
        without_words(("night",), ["blood"])
    assert refused.value.code is BadSettingCode.NOT_LISTED
