"""Whatever somebody types, Discord shows it as typed: nothing pings, nothing is formatted, nothing hides."""

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui.text import ELLIPSIS, END_ISOLATE, ISOLATE, clip, excerpt, plain, quoted, shortened

# Everything that Discord's markdown gives a meaning.
LIVE = (
    "@everyone",
    "@here",
    "<@123>",
    "<@!123>",
    "<@&123>",
    "<#123>",
    "</video:123>",
    "<id:customize>",
    "<t:1700000000:R>",
    "<:fox:123>",
    "<a:fox:123>",
    ":fox:",
    "https://evil.example/x",
    "<https://evil.example>",
    "[x](https://evil.example)",
    "**bold**",
    "__under__",
    "~~gone~~",
    "||spoiler||",
    "`code`",
    "```block```",
    "# big",
    "-# small",
    "> quote",
    "- item",
    "1. item",
    "\\",
)
typed = st.one_of(
    st.text(),
    st.lists(st.one_of(st.sampled_from(LIVE), st.text(max_size=3)), max_size=8).map("".join),
)
UNESCAPED = re.compile(r"(?:^|[^\\])(?:\\\\)*[!-/:-@\[-`{-~]", re.DOTALL)


def as_discord_reads(text: str) -> str:
    """Take the backslashes away that make the punctuation behind them plain, and what isolates a line."""
    text = text.replace(ISOLATE, "").replace(END_ISOLATE, "")
    return re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", text)


@given(typed)
@example("\\@everyone")
@example("\\\\<@123>")
def test_no_punctuation_is_left_with_a_meaning(text: str) -> None:
    assert not UNESCAPED.search(re.sub(r"\\[!-/:-@\[-`{-~]", "", plain(text)))


@given(typed)
def test_what_is_shown_is_what_was_typed_without_what_hides(text: str) -> None:
    shown = as_discord_reads(plain(text))
    kept = "".join(
        char for char in text if char in "\n\u200c\u200d" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )
    assert shown == kept


@pytest.mark.parametrize(
    ("live", "harmless"),
    [
        ("<@123>", r"\<\@123\>"),
        ("<t:1700000000:R>", r"\<t\:1700000000\:R\>"),
        ("<a:fox:1>", r"\<a\:fox\:1\>"),
        ("[x](https://a.b)", r"\[x\]\(https\:\/\/a\.b\)"),
        ("**b** # c", r"\*\*b\*\* \# c"),
        ("1. item", r"1\. item"),
        (r"\*", r"\\\*"),
    ],
)
def test_what_has_a_meaning_is_written_so_that_it_has_none(live: str, harmless: str) -> None:
    assert plain(live) == harmless


def test_marks_that_reverse_or_hide_text_are_gone() -> None:
    assert plain("a\u202eb\u2066c\u200bd\u00ade\x1b[0m") == "abcde\\[0m"


def test_scripts_and_emoji_that_are_made_with_joiners_stay_whole() -> None:
    persian, family = "می\u200cبرد", "👩\u200d👩\u200d👧"
    assert as_discord_reads(plain(persian + family)) == persian + family


@pytest.mark.parametrize("words", ["שלום", "مرحبا 5 s", "@ליה", "٣"])
def test_right_to_left_text_is_isolated_line_by_line(words: str) -> None:
    assert quoted(f"one\n{words}\nthree", limit=100, lines=5) == (
        f"> one\n> {ISOLATE}{words.replace('@', chr(92) + '@')}{END_ISOLATE}\n> three"
    )


@given(typed)
def test_every_isolate_ends_in_its_own_line(text: str) -> None:
    for line in plain(text).split("\u2029"):
        for each in line.split("\n"):
            assert each.count(ISOLATE) == each.count(END_ISOLATE) == (each[:1] == ISOLATE) == (each[-1:] == END_ISOLATE)


@given(typed, st.integers(min_value=1, max_value=50))
def test_clipped_text_has_at_most_the_length_asked_for(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert len(clipped) <= limit
    assert clipped == text or clipped.endswith(ELLIPSIS)


@given(typed, st.integers(min_value=2, max_value=40), st.integers(min_value=1, max_value=5))
def test_a_quotation_keeps_to_its_length_and_lines_and_every_line_is_quoted(text: str, limit: int, lines: int) -> None:
    quotation = quoted(text, limit=limit, lines=lines)
    rows = quotation.splitlines()
    assert len(rows) <= lines
    assert all(row.startswith("> ") for row in rows)
    assert len(quotation) <= 2 * limit + 4 * lines  # each line's "> ", and what isolates it


def test_a_quotation_of_many_lines_ends_with_an_ellipsis() -> None:
    assert quoted("one\ntwo\nthree", limit=100, lines=2) == "> one\n> two…"


def test_a_line_break_of_any_kind_leaves_nobody_outside_the_quotation() -> None:
    assert quoted("one\u2028# two\x0bthree", limit=100, lines=5) == "> one\n> \\# two\n> three"


def columns(text: str) -> int:
    """Count the columns of a text, of which a wide character takes two."""
    return sum(2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1 for char in text)


@given(typed, st.integers(min_value=2, max_value=150))
@example("動画" * 80, 72)
@example("word " * 80, 72)
def test_a_shortened_text_is_one_line_of_at_most_so_many_columns(text: str, most: int) -> None:
    short = shortened(text, most)
    assert columns(short) <= most
    assert len(short.splitlines()) <= 1
    whole = " ".join(text.split())
    assert short == whole or (short.endswith(ELLIPSIS) and whole.startswith(short.removesuffix(ELLIPSIS)))


@given(typed, st.integers(min_value=20, max_value=150))
@example("one\n\ntwo\nthree", 104)
def test_an_excerpt_is_a_quotation_of_two_lines_at_most(text: str, most: int) -> None:
    lines = excerpt(text, most).split("\n")
    assert 1 <= len(lines) <= 2
    assert all(line.startswith("> ") for line in lines)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a fox", "> a fox"),
        ("one\n\ntwo", "> one\n> two"),
        ("one\ntwo\nthree", "> one\n> two…"),
        ("<@1> **b**", r"> \<\@1\> \*\*b\*\*"),
        ("שלום @Image1", f"> {ISOLATE}שלום \\@Image1{END_ISOLATE}"),
        ("fox " * 40, "> " + "fox " * 25 + "fox…"),
    ],
)
def test_an_excerpt_is_harmless_and_says_that_something_is_left_out(text: str, shown: str) -> None:
    assert excerpt(text, 104) == shown
