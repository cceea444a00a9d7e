"""What is judged of a request before anything is saved."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.catalogue.model import Span
from bot.catalogue.models import DEFAULT, MODELS
from bot.jobs.model import Element
from bot.jobs.prompt import as_sent, name_key
from bot.media.rules import ImageFault, ImageRules
from bot.requests.reading import Read, Refusal, RefusalCode, Upload, read_request

FRAMES = MODELS["kling-o1-image-to-video"]
PROMPT_LIMIT = DEFAULT.prompt_limit


def upload(option: int = 1, *, size: int = 1_000, side: int | None = 640) -> Upload:
    return Upload(option=option, size=size, width=side, height=side)


def uploads(*options: int) -> list[Upload]:
    return [upload(option) for option in options]


def judged(prompt: str, *options: int) -> RefusalCode | None:
    read = read_request(prompt, uploads(*options), DEFAULT)
    return read.code if isinstance(read, Refusal) else None


@pytest.mark.parametrize("prompt", ["a fox", "🦊", "狐", "x" * PROMPT_LIMIT, "\u200d🦊", "한국", "नृत्य", "?"])
def test_a_prompt_with_anything_to_see_is_taken(prompt: str) -> None:
    assert judged(prompt, 1) is None


@given(st.text(alphabet=" \n\t\u00a0\u3000\u200b\u200d\u2060\u202e\ufeff\u2028\u2800\u3164\u115f\ufe0f\U000f0000"))
def test_a_prompt_with_nothing_to_see_is_blank(prompt: str) -> None:
    assert judged(prompt, 1) is RefusalCode.BLANK_PROMPT


def test_a_prompt_beyond_the_models_limit_is_refused_with_its_length() -> None:
    assert read_request("x" * 2_501, uploads(1), DEFAULT) == Refusal(
        code=RefusalCode.LONG_PROMPT, number=2_501, limit=2_500
    )


def test_the_first_image_at_fault_is_named_by_its_option() -> None:
    refusal = read_request("a fox", [upload(1), upload(4, size=60_000_000), upload(5, side=1)], DEFAULT)
    assert refusal == Refusal(code=RefusalCode.IMAGE, number=4, fault=ImageFault.TOO_LARGE)


def test_what_discord_could_not_measure_is_taken_until_its_bytes_are_here() -> None:
    assert isinstance(read_request("a fox", [upload(side=None)], DEFAULT), Read)


@pytest.mark.parametrize("prompt", ["@Image1 and @image2", "@IMAGE2", "a fox"])
def test_images_may_be_named_in_any_case_or_not_at_all(prompt: str) -> None:
    assert judged(prompt, 1, 2) is None


@pytest.mark.parametrize("name", ["@Image3", "@image0", "@Image99999999999999999999"])
def test_an_image_that_is_not_there_cannot_be_named(name: str) -> None:
    assert judged(f"@Image1 and {name}", 1, 2) is RefusalCode.UNKNOWN_IMAGE


def test_the_images_of_a_prompt_that_names_some_must_stand_without_a_gap() -> None:
    assert judged("@Image3 waves", 1, 3) is RefusalCode.GAP
    assert judged("@Image2 waves", 1, 3) is RefusalCode.GAP
    assert judged("a fox waves", 1, 3) is None


@given(st.text(max_size=200), st.sets(st.integers(min_value=1, max_value=7), min_size=1))
def test_any_prompt_with_any_images_is_judged(prompt: str, options: set[int]) -> None:
    refusal = read_request(prompt, uploads(*sorted(options)), DEFAULT)
    assert not isinstance(refusal, Refusal) or refusal.code in RefusalCode


@pytest.mark.parametrize(("count", "limit"), [(0, 0), (8, 7)])
def test_no_image_and_more_than_the_model_takes_are_refused(count: int, limit: int) -> None:
    refusal = read_request("a fox", uploads(*range(1, count + 1)), DEFAULT)
    assert refusal == Refusal(code=RefusalCode.IMAGE_COUNT, count=count, limit=limit)


def test_a_refusal_has_the_limits_of_the_model_that_was_asked_for() -> None:
    strict = replace(FRAMES, prompt_limit=10, image_rules=ImageRules(min_side=700))
    assert read_request("a fox that runs", uploads(1), strict) == Refusal(
        code=RefusalCode.LONG_PROMPT, number=15, limit=10
    )
    assert read_request("a fox", uploads(1, 2, 3), strict) == Refusal(code=RefusalCode.IMAGE_COUNT, count=3, limit=2)
    assert read_request("a fox", uploads(1), strict) == Refusal(
        code=RefusalCode.IMAGE, number=1, fault=ImageFault.TOO_SMALL, rules=strict.image_rules
    )


def test_a_model_that_takes_no_characters_says_so_and_not_that_they_are_unknown() -> None:
    refusal = read_request("@mira waves", uploads(1), FRAMES, known=known("mira"))
    assert refusal == Refusal(code=RefusalCode.NO_ELEMENTS, count=1, name=FRAMES.title)


def test_a_model_that_needs_more_images_says_how_many() -> None:
    both = replace(FRAMES, images=Span(least=2, most=2))
    assert read_request("a fox", uploads(1), both) == Refusal(code=RefusalCode.TOO_FEW_IMAGES, count=1, limit=2)
    assert read_request("a fox", [], FRAMES) == Refusal(code=RefusalCode.TOO_FEW_IMAGES, limit=1)
    assert isinstance(read_request("a fox", uploads(1, 2), both), Read)


def test_where_each_image_has_its_role_none_may_be_left_out_before_another() -> None:
    assert read_request("a fox", uploads(2), FRAMES) == Refusal(code=RefusalCode.GAP, count=1, name=FRAMES.title)
    assert isinstance(read_request("a fox", uploads(1), FRAMES), Read)


def test_as_many_images_as_the_model_takes_are_taken() -> None:
    assert judged("a fox", *range(1, 8)) is None


def element(name: str, cast_id: int = 1) -> Element:
    return Element(cast_id=cast_id, owner_id=30, name=name)


def known(*names: str) -> dict[str, Element]:
    return {name_key(name): element(name, number) for number, name in enumerate(names, start=1)}


def test_every_name_gets_its_one_spelling() -> None:
    read = read_request("image 2 of @MIRA, @1 by @element1", uploads(1, 2), DEFAULT, known=known("Mira"))
    assert read == Read(prompt="@Image2 of @Mira, @Image1 by @Mira", elements=(element("Mira"),))


def test_without_an_image_one_character_fewer_can_play() -> None:
    names = [f"n{number}" for number in range(7)]
    prompt = " ".join(f"@{name}" for name in names)
    assert read_request(prompt, [], DEFAULT, known=known(*names)) == Refusal(
        code=RefusalCode.INPUT_COUNT, count=7, limit=6
    )
    assert isinstance(read_request(prompt[4:], [], DEFAULT, known=known(*names)), Read)


def test_a_prompt_that_grows_too_long_for_the_model_by_its_names_is_refused() -> None:
    prompt = ("@a " * 500).strip()
    assert read_request(prompt, [], DEFAULT, known=known("a")) == Refusal(
        code=RefusalCode.LONG_PROMPT, number=4_999, limit=2_500
    )


def test_two_characters_of_one_name_cannot_be_told_apart() -> None:
    refusal = read_request("a fox", [], DEFAULT, chosen=[element("mira"), element("Mira", 2)])
    assert refusal == Refusal(code=RefusalCode.SAME_NAME, names=("mira",))


PIECES = st.sampled_from(["@mira", "@Mo", "@美咲", "@1", "@image 2", "Bild 1", "@element1", "-x", "が", " ", "é", "@"])


@settings(max_examples=500)
@given(
    st.lists(PIECES | st.text(max_size=4), max_size=25).map("".join),
    st.integers(min_value=0, max_value=7),
    st.booleans(),
)
def test_what_was_read_is_read_the_same_once_more(prompt: str, images: int, chosen: bool) -> None:
    cast = known("mira", "Mo", "美咲")
    options = uploads(*range(1, images + 1))
    read = read_request(prompt, options, DEFAULT, chosen=[cast["mo"]] if chosen else [], known=cast)
    if isinstance(read, Refusal):
        assert read.code is not RefusalCode.SAME_NAME
        return
    assert len(as_sent(read.prompt, [each.name for each in read.elements])) <= PROMPT_LIMIT
    assert read_request(read.prompt, options, DEFAULT, chosen=read.elements) == read
