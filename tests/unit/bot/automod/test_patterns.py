"""Patterns mean what they mean in Rust, with all of Unicode, though RE2 runs them."""

import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bot.automod.patterns import PatternRefused, Subject, compile_pattern


def matches(pattern: str, text: str) -> bool:
    return compile_pattern(pattern).is_in(Subject(text))


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\bжизнь\b", "Ж: ЖИЗНЬ, жизни"),
        (r"\Bль\b", "даль"),
        (r"^\b\w+\b$", "हिन्दी"),  # combining marks belong to their word
        (r"\b(\bcat\b)", "a cat"),
        (r"cat$", "a cat"),
        (r"\bcat\b$", "a cat"),
        (r"^\bcat", "cats"),
        (r"(?m)^cat\b$", "a\ncat\ndog"),
        (r"\w", "é"),
        (r"^\W$", "—"),
        (r"^[^\W_]+$", "éж1"),
        (r"^[\W_]+$", "_ —"),
        (r"\s", "\u3000"),
        (r"^\S+$", "a\u200b"),
        (r"^\d{3}$", "1٢3"),
        (r"^[^\d]$", "a"),
        (r"^[^\S\n]$", " "),
        (r"c.t", "cöt"),
        (r"(?s)a.b", "a\nb"),
        (r"(?s:a.b)", "a\nb"),
        (r"CAT", "cat"),
        (r"(?i)cat", "CAT"),
        (r"(?-i)CAT", "CAT"),
        (r"(?iu)cat", "CAT"),
        (r"(?P<word>c)(?<other>a)t", "cat"),
        (r"a{,2}b$", "aab"),
        (r"^a{2,}?b", "aaab"),
        (r"\x41\x{42}\u0043\u{44}\U00000045", "abcde"),
        (r"\.\-\/\#\ \{", ".-/# {"),
        (r"[\]\-\\^a]", "^"),
        (r"[]a]", "]"),
        (r"[^]a]", "b"),
        (r"[a-]", "-"),
        (r"[[:alpha:]][[:^alpha:]]", "a1"),
        (r"[^\x00-\x7F]", "é"),
        (r"[\x{80}-\x{10FFFF}]", "é"),
        (r"\p{Greek}\pL\P{Latin}", "λaλ"),
        (r"\p{^Latin}", "1"),
        (r"[\P{L}x]y", "1y"),
        (r"[\t\n]", "\t"),
        (r"\Acat\z", "cat"),
        (r"🎉+", "🎉🎉"),
        (r"\b(\bcat\b|\bdog\b|\bcow\b)\b", "a cow"),
        (r"^(\bcat\b ?)+$", "cat cat"),
        (r"\bc\w*?\b t\b", "cat t"),
    ],
)
def test_a_pattern_matches(pattern: str, text: str) -> None:
    assert matches(pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"\bжизнь\b", "жизнью"),
        (r"\bcat", "écat"),
        (r"\Bcat", "a cat"),
        (r"\bcat\b", "cat_"),
        (r"a.b", "ab"),
        (r"\ba.b\b", "ab"),  # a mark is no character
        (r"\b[^x]b\b", "b"),
        (r"\b\Wb\b", "b"),
        (r"\b[\x{80}-\x{10FFFF}]b\b", "b"),
        (r"a.b", "a\nb"),
        (r"^\w$", "—"),
        (r"\d", "a"),
        (r"(?-i)CAT", "cat"),
        (r"[^\W\d]", "1 —"),
        (r"[^\x00-\x7F]", "e"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, text: str) -> None:
    assert not matches(pattern, text)


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"(?=cat)", r"(?!cat)", r"(?<=a)b", r"(?<!a)b", r"(a)\1", r"(?>a)"),  # no engine without backtracking
        *(r"[a-z&&[^aeiou]]", r"[a[bc]]", r"[a-z--b]", r"[a~~b]", r"\b{start}a", r"\<a", r"a\>"),  # Rust's alone
        *(r"(?x)a b", r"(?-u)a", r"(?R)a", r"\p{Emoji}", r"a{1001}"),
        *(r"[a", r"(a", r"a)", r"*a", r"a**", "\\", r"a{x}", r"[z-a]", r"\q", r"\u{D800}", r"\x{110000}", r"[a-\d]"),
        *(r"\b^a", r"a$\b", r"\b(\b\b)a", "\ud83d"),
        *(r"\b\b(a|\b)", r"(a|\b\b|b)\b", r"\b\b(a.)?\ba", r"(\b\b)+.?(\b)", r"(\b.*\b){2}", r"(\b){3}"),
    ],
)
def test_what_cannot_be_said_in_re2_is_refused_and_not_taken_for_something_else(pattern: str) -> None:
    with pytest.raises(PatternRefused) as refused:
        compile_pattern(pattern)
    assert refused.value.reason


def test_a_pattern_too_large_for_its_memory_is_refused() -> None:
    with pytest.raises(PatternRefused, match="too large"):
        compile_pattern(r"(?:\w{30}\s){30}")


def test_what_matched_is_told_by_its_place_in_the_text() -> None:
    for pattern in (r"d[oö]g", r"\bd[oö]g\b"):
        assert list(compile_pattern(pattern).spans_in(Subject("ein dög, a dog"))) == [(4, 7), (11, 14)]


ATOMS = st.sampled_from(
    [
        *"aé_1 -",
        r"\w",
        r"\W",
        r"\s",
        r"\S",
        r"\d",
        r"\D",
        r"\b",
        r"\B",
        ".",
        "[aé]",
        "[^a]",
        r"[\W_]",
        r"[^\W_]",
        r"[^\s1]",
    ]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map("".join),
        st.tuples(inner, inner).map(lambda both: f"(?:{both[0]}|{both[1]})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "*?"])).map(lambda both: f"(?:{both[0]}.){both[1]}"),
    ),
    max_leaves=8,
)
TEXTS = st.text(alphabet="aAéÉ_1 -\nж", min_size=1, max_size=10)  # of an empty text Python's `\\B` thinks otherwise


@settings(max_examples=500, deadline=None)
@given(pattern=PATTERNS, text=TEXTS)
def test_patterns_match_as_pythons_do_where_both_mean_the_same(pattern: str, text: str) -> None:
    expected = re.search(pattern, text, re.IGNORECASE) is not None
    try:
        assert matches(pattern, text) is expected
    except PatternRefused as refused:
        assume("in a row" not in refused.reason)  # more word boundaries at one place than are written
        raise
