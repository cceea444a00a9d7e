"""Keywords match as Discord's AutoMod documents it, also where a text disguises them."""

import re
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.automod.keywords import Keyword, KeywordIndex, views_of


def found(keyword: str, text: str) -> bool:
    parsed = Keyword.parse(keyword)
    assert parsed is not None
    index = KeywordIndex([(0, parsed)])
    return any(True for view in views_of(text) for _ in index.find(view.folded))


# The examples of Discord's documentation, "Keyword Matching Strategies".
@pytest.mark.parametrize(
    ("keyword", "matching"),
    [
        ("cat*", ["catch", "Catapult", "CAttLE"]),
        ("tra*", ["train", "trade", "TRAditional"]),
        ("the mat*", ["the matrix"]),
        ("*cat", ["wildcat", "copyCat"]),
        ("*tra", ["extra", "ultra", "orchesTRA"]),
        ("*the mat", ["breathe mat"]),
        ("*cat*", ["location", "eduCation"]),
        ("*tra*", ["abstracted", "outrage"]),
        ("*the mat*", ["breathe matter"]),
        ("cat", ["cat", "Cat"]),
        ("train", ["train"]),
        ("the mat", ["the mat"]),
    ],
)
def test_keywords_match_what_discord_says_they_match(keyword: str, matching: list[str]) -> None:
    for text in matching:
        assert found(keyword, text), text
        assert found(keyword, f"Look: {text} is here"), text


@pytest.mark.parametrize(
    ("keyword", "other"),
    [
        ("cat*", "wildcat"),
        ("*cat", "catch"),
        ("cat", "cats"),
        ("cat", "wildcat"),
        ("the mat", "the matrix"),
        ("c*t", "cat"),
    ],
)
def test_a_word_goes_on_only_where_a_star_lets_it(keyword: str, other: str) -> None:
    assert not found(keyword, other)


@pytest.mark.parametrize("text", ["a cat.", "(cat)", "**cat**", "||cat||", "my_cat.png", "a\ncat\n", "cat!", "dog/cat"])
def test_punctuation_hides_no_word(text: str) -> None:
    assert found("cat", text)


@pytest.mark.parametrize(
    "text",
    [
        "c\u200bat",  # a space of no width
        "c\u00adat",  # a soft hyphen
        "\U0001d41c\U0001d41a\U0001d42d",  # bold letters of mathematics
        "\uff43\uff41\uff54",  # wide letters
        "\u24d2\u24d0\u24e3",  # circled letters
        "c\U000e0101at",  # a variation selector
        "dog\u200bcat",  # no space to see, and yet the word stands for itself
        "CAT",
    ],
)
def test_a_disguised_word_is_found(text: str) -> None:
    assert found("cat", text)


def test_an_accent_makes_another_word() -> None:
    assert not found("cafe", "caf\u00e9")
    assert not found("cafe", "cafe\u0301")
    assert found("caf\u00e9", "CAFE\u0301")
    assert found("caf\u00e9*", "un caf\u00e9")


@pytest.mark.parametrize(
    ("keyword", "text"),
    [("\u03c0\u03bf\u03bb\u03cd", "\u03a0\u039f\u039b\u038e!"), ("stra\u00dfe", "STRASSE"), ("*悪い*", "とても悪い人")],
)
def test_words_of_other_scripts_are_found(keyword: str, text: str) -> None:
    assert found(keyword, text)


def test_a_phrase_is_found_across_line_breaks_and_wide_spaces() -> None:
    assert found("free nitro", "get free \n\n nitro now")
    assert found("free  nitro", "free nitro")


@pytest.mark.parametrize("keyword", ["", "*", "**", " * ", "\u200b"])
def test_stars_alone_are_no_keyword(keyword: str) -> None:
    assert Keyword.parse(keyword) is None


@pytest.mark.parametrize("keyword", ["a", "ab", ":)", "c++", "@everyone", "a*"])
def test_short_keywords_and_signs_are_keywords_too(keyword: str) -> None:
    assert found(keyword, f"so {keyword.strip('*')} it is")


def test_of_keywords_that_mean_the_same_one_is_looked_for() -> None:
    parsed = [keyword for written in ("cat", "CAT", "cAt", "cat*", "Cat*") if (keyword := Keyword.parse(written))]
    index = KeywordIndex([(owner, keyword) for owner in (0, 1) for keyword in parsed])
    hits = [(hit.owner, hit.keyword.written) for hit in index.find("a cat")]
    assert sorted(hits) == [(0, "cat"), (0, "cat*"), (1, "cat"), (1, "cat*")]


def test_half_a_character_in_a_text_harms_nothing() -> None:
    assert found("cat", "\ud83d cat")


def reference(written: str, text: str) -> bool:
    """Tell the same as the index, one keyword at a time and with Python's own patterns."""
    core = " ".join(written.strip().strip("*").casefold().split())
    if not core:
        return False
    before = r"(?<![^\W_])" if core[0].isalnum() and not written.strip().startswith("*") else ""
    after = r"(?![^\W_])" if core[-1].isalnum() and not written.strip().endswith("*") else ""
    return re.search(f"{before}{re.escape(core)}{after}", " ".join(text.casefold().split())) is not None


LETTERS = st.sampled_from("abAB\u00e9\u00c9_1 -\n\u4e2d")
KEYWORDS = st.builds(
    "{}{}{}".format, st.sampled_from(["", "*"]), st.text(LETTERS, max_size=5), st.sampled_from(["", "*"])
)


@settings(max_examples=500, deadline=None)
@given(keywords=st.lists(KEYWORDS, max_size=8), text=st.text(LETTERS, max_size=25))
def test_the_index_finds_of_many_keywords_those_that_match_by_themselves(keywords: Sequence[str], text: str) -> None:
    parsed = [keyword for written in keywords if (keyword := Keyword.parse(written))]
    index = KeywordIndex(enumerate(parsed))
    hits = [hit for view in views_of(text) for hit in index.find(view.folded)]
    assert {hit.keyword.written for hit in hits} == {each for each in keywords if reference(each, text)}
    assert all(parsed[hit.owner] == hit.keyword for hit in hits)
