"""What is judged of a request before anything is saved."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.rules import ImageFault, ImageRules
from bot.policy.request import PROMPT_LIMIT, Refusal, RefusalCode, Upload, read_request

RULES = ImageRules()


def upload(
    option: int = 1, *, content_type: str | None = "image/png", size: int = 1_000, side: int | None = 640
) -> Upload:
    return Upload(option=option, content_type=content_type, size=size, width=side, height=side)


def uploads(*options: int) -> list[Upload]:
    return [upload(option) for option in options]


def judged(prompt: str, *options: int) -> RefusalCode | None:
    read = read_request(prompt, uploads(*options), RULES)
    return read.code if isinstance(read, Refusal) else None


@pytest.mark.parametrize("prompt", ["a fox", "🦊", "狐", "x" * PROMPT_LIMIT, "\u200d🦊", "한국", "नृत्य", "?"])
def test_a_prompt_with_anything_to_see_is_taken(prompt: str) -> None:
    assert judged(prompt, 1) is None


@given(st.text(alphabet=" \n\t\u00a0\u3000\u200b\u200d\u2060\u202e\ufeff\u2028\u2800\u3164\u115f\ufe0f\U000f0000"))
def test_a_prompt_with_nothing_to_see_is_blank(prompt: str) -> None:
    assert judged(prompt, 1) is RefusalCode.BLANK_PROMPT


def test_a_prompt_beyond_the_models_limit_is_refused_with_its_length() -> None:
    assert read_request("x" * 2_501, uploads(1), RULES) == Refusal(code=RefusalCode.LONG_PROMPT, number=2_501)


def test_the_first_image_at_fault_is_named_by_its_option() -> None:
    refusal = read_request("a fox", [upload(1), upload(4, size=10_000_001), upload(5, side=1)], RULES)
    assert refusal == Refusal(code=RefusalCode.IMAGE, number=4, fault=ImageFault.TOO_LARGE)


def test_what_has_no_sides_is_no_image() -> None:
    refusal = read_request("a fox", [upload(side=None)], RULES)
    assert refusal == Refusal(code=RefusalCode.IMAGE, number=1, fault=ImageFault.NOT_AN_IMAGE)


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
    refusal = read_request(prompt, uploads(*sorted(options)), RULES)
    assert not isinstance(refusal, Refusal) or refusal.code in RefusalCode


@pytest.mark.parametrize("count", [0, 8])
def test_no_image_and_more_than_the_model_takes_are_refused(count: int) -> None:
    refusal = read_request("a fox", uploads(*range(1, count + 1)), RULES)
    assert refusal == Refusal(code=RefusalCode.IMAGE_COUNT, count=count)


def test_as_many_images_as_the_model_takes_are_taken() -> None:
    assert judged("a fox", *range(1, 8)) is None
