import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.rules import ImageFault, ImageRules, judge_dimensions, judge_metadata

RULES = ImageRules()


def judge(
    *,
    content_type: str | None = "image/png",
    size: int = 1000,
    width: int | None = 640,
    height: int | None = 480,
    rules: ImageRules = RULES,
) -> ImageFault | None:
    return judge_metadata(rules, content_type=content_type, size=size, width=width, height=height)


@pytest.mark.parametrize("content_type", ["image/jpeg", "image/png", "image/webp", "IMAGE/PNG", None])
def test_an_ordinary_picture_has_no_fault(content_type: str | None) -> None:
    assert judge(content_type=content_type) is None


def test_parameters_of_a_content_type_do_not_matter() -> None:
    assert judge(content_type="image/png; charset=binary") is None


@pytest.mark.parametrize(("width", "height"), [(None, None), (640, None), (None, 480), (0, 0)])
def test_what_has_no_sides_is_no_image(width: int | None, height: int | None) -> None:
    assert judge(width=width, height=height) is ImageFault.NOT_AN_IMAGE


def test_a_video_is_no_image_although_it_has_sides() -> None:
    assert judge(content_type="video/mp4") is ImageFault.NOT_AN_IMAGE


def test_an_image_of_another_type_is_told_apart() -> None:
    assert judge(content_type="image/gif") is ImageFault.WRONG_TYPE


def test_the_largest_allowed_size_is_allowed_and_a_byte_more_is_not() -> None:
    assert judge(size=RULES.max_bytes) is None
    assert judge(size=RULES.max_bytes + 1) is ImageFault.TOO_LARGE


@pytest.mark.parametrize(
    ("width", "height", "fault"),
    [
        (300, 300, None),
        (299, 1000, ImageFault.TOO_SMALL),
        (1, 1, ImageFault.TOO_SMALL),
        (750, 300, None),
        (300, 750, None),
        (751, 300, ImageFault.TOO_OBLONG),
        (1000, 300, ImageFault.TOO_OBLONG),
        (8000, 8000, None),
        (8001, 8000, ImageFault.TOO_MANY_PIXELS),
    ],
)
def test_sides_are_judged_to_the_pixel(width: int, height: int, fault: ImageFault | None) -> None:
    assert judge(width=width, height=height) is fault


def test_a_setting_loosens_each_limit() -> None:
    loose = ImageRules(
        max_bytes=20_000_000, min_side=1, max_ratio=100, content_types=frozenset({"image/gif"}), max_pixels=10**9
    )
    assert judge(rules=loose, content_type="image/gif", size=15_000_000, width=20_000, height=200) is None


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_turning_an_image_does_not_change_its_judgement(width: int, height: int) -> None:
    upright = judge_dimensions(RULES, width=width, height=height)
    assert upright is judge_dimensions(RULES, width=height, height=width)
