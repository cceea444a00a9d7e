"""What prompts call their images and characters: every way that members write it, and nothing else."""

from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.jobs.prompt import NAME_LIMIT, Kind, as_name, as_sent, mentions, name_key, possible_keys, rewritten

NAMES = ("mira", "mira-x", "美咲", "미라", "नृत्य", "ça_va")
KEYS = {name_key(name) for name in NAMES}
# What prompts are made of where it matters: marks, names and their parts, digits, ends of words.
PIECES = st.sampled_from(
    [*NAMES, *"@＠-_.,# \n'<>!&1230x", "image", "Image", "@Image1", "@element2", "Bild", "画像", "が", "é", "\u0301"]  # noqa: RUF001
)
PROMPTS = st.lists(PIECES | st.text(max_size=3), max_size=30).map("".join)


def found(prompt: str) -> list[tuple[str, str]]:
    return [(mention.kind.name, prompt[mention.start : mention.end]) for mention in mentions(prompt, KEYS)]


def images(prompt: str) -> list[int]:
    return [mention.number for mention in mentions(prompt, KEYS) if mention.kind is Kind.IMAGE]


@pytest.mark.parametrize(
    "name",
    ["@Image1", "@image1", "@IMAGE 1", "@image-1", "@img1", "@1", "@pic 1", "@photo1", "@Bild 1", "@imagen1", "@画像1"],
)
def test_an_image_is_named_in_many_ways(name: str) -> None:
    assert images(f"in {name}, at dusk") == [1]


@pytest.mark.parametrize(
    "prompt", ["image 1 waves", "the Image #1.", "この画像1の猫", "l'image 1", "Bild 1!", "image1"]
)
def test_a_bare_word_before_one_digit_is_an_image_too(prompt: str) -> None:
    assert images(prompt) == [1]


@pytest.mark.parametrize(
    "prompt",
    [
        "picture 12 dogs",
        "image 1.5 times",
        "image1.png",
        "reimage 1",
        "imagine 1",
        "image 1st",
        "@everyone @here",
        "@ 1",
    ],
)
def test_prose_names_no_image(prompt: str) -> None:
    assert found(prompt) == []


@pytest.mark.parametrize("prompt", ["mail me@image1.com", "<@123456789012345678> waves", "<@!1> <@&2>", "a @- b"])
def test_what_is_an_address_or_a_ping_is_no_name(prompt: str) -> None:
    assert found(prompt) == []


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("@Mira's dog", ["@Mira"]),
        ("@MIRA-X and @mira-y", ["@MIRA-X", "@mira"]),
        ("(@mira) @mira, @mira.", ["@mira"] * 3),
        ("@美咲が歩く", ["@美咲"]),
        ("@miraが", ["@mira"]),
        ("@미라가 춤춘다", ["@미라"]),
        ("@नृत्य", ["@नृत्य"]),
        ("＠ｍｉｒａ", ["＠ｍｉｒａ"]),  # noqa: RUF001
        ("x@mira", ["@mira"]),
    ],
)
def test_a_name_ends_where_another_word_begins(prompt: str, names: list[str]) -> None:
    assert found(prompt) == [("NAME", name) for name in names]


@pytest.mark.parametrize("prompt", ["@miranda", "@mirá", "@7pm", "@Image1x"])
def test_a_longer_word_is_somebody_else(prompt: str) -> None:
    assert found(prompt) == [("UNKNOWN", prompt)]


def test_a_character_may_be_called_by_the_models_word() -> None:
    assert [(each.kind, each.number) for each in mentions("@element 2", KEYS)] == [(Kind.ELEMENT, 2)]


def test_an_endless_number_is_read_in_no_time() -> None:
    assert images("@Image" + "9" * 2_000) == [999_999_999]


def test_a_prompt_is_sent_with_the_models_words_for_its_characters() -> None:
    assert as_sent("@美咲 and @Mira in @Image1", ["Mira", "美咲"]) == "@Element2 and @Element1 in @Image1"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (" Mira ", "Mira"),
        ("ＭＩＲＡ", "MIRA"),  # noqa: RUF001
        ("e\u0301va", "éva"),
        ("Image-x", "Image-x"),
        ("1up", "1up"),
        ("한국", "한국"),
        ("ﷺ", None),
        ("two words", None),
        ("a\u0301\u0301\u0301\u0301\u0301\u0301", None),
        ("mi\u200dra", None),
        ("\u3164", None),
        ("x" * NAME_LIMIT, "x" * NAME_LIMIT),
        ("x" * (NAME_LIMIT + 1), None),
        ("", None),
    ],
)
def test_a_name_has_letters_digits_hyphens_and_underscores(text: str, name: str | None) -> None:
    assert as_name(text) == name


@pytest.mark.parametrize("text", ["image", "Image1", "bild_2", "img-3", "element1", "42", "1-up", "Everyone", "here"])
def test_what_means_something_else_in_a_prompt_is_no_name(text: str) -> None:
    assert as_name(text) is None


@settings(max_examples=500)
@given(st.text(max_size=40))
@example("ß")
@example("İ")
def test_whatever_is_typed_as_a_name_is_refused_or_found_again_in_a_prompt(text: str) -> None:
    name = as_name(text)
    if name is None:
        return
    assert as_name(name) == name
    assert 1 <= len(name) <= NAME_LIMIT
    assert not set(name) & set("`*~|<>@:\\[]()#\n ")
    key = name_key(name)
    for written in (name, name.upper(), name.lower()):
        if name_key(written) == key:
            prompt = f"@{written}, waves"
            assert [(each.kind, each.key) for each in mentions(prompt, {key})] == [(Kind.NAME, key)]
            assert key in possible_keys(prompt)


@settings(max_examples=500)
@given(PROMPTS)
def test_any_prompt_is_read_in_order_and_changed_in_nothing_else(prompt: str) -> None:
    spans = [(mention.start, mention.end) for mention in mentions(prompt, KEYS)]
    assert all(0 <= start < end <= len(prompt) for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert rewritten(prompt, KEYS, lambda _: None) == prompt
    named = {mention.key for mention in mentions(prompt, KEYS) if mention.kind is Kind.NAME}
    assert named <= possible_keys(prompt)
