import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.rules import (
    MAX_HEIC_PIXELS,
    MAX_OTHER_PIXELS,
    MAX_PIXELS,
    ImageFault,
    ImageRules,
    judge_dimensions,
    judge_metadata,
    may_be_image,
    pixel_limit,
)

RULES = ImageRules()


def judge(
    *, size: int = 1000, width: int | None = 640, height: int | None = 480, rules: ImageRules = RULES
) -> ImageFault | None:
    return judge_metadata(rules, size=size, width=width, height=height)


@pytest.mark.parametrize(("width", "height"), [(640, 480), (None, None), (640, None), (None, 480), (0, 0)])
def test_what_discord_could_not_measure_is_left_to_its_bytes(width: int | None, height: int | None) -> None:
    assert judge(width=width, height=height) is None


def test_the_largest_allowed_size_is_allowed_and_a_byte_more_is_not() -> None:
    assert judge(size=RULES.max_bytes) is None
    assert judge(size=RULES.max_bytes + 1) is ImageFault.TOO_LARGE
    assert judge(size=RULES.max_bytes + 1, width=None) is ImageFault.TOO_LARGE


def test_every_upload_that_discord_takes_of_an_ordinary_member_is_small_enough() -> None:
    assert judge(size=10 * 1024**2) is None


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
    loose = ImageRules(max_bytes=90_000_000, min_side=1, max_ratio=100)
    assert judge(rules=loose, size=80_000_000, width=20_000, height=200) is None


@given(st.integers(1, 100_000), st.integers(1, 100_000))
def test_turning_an_image_does_not_change_its_judgement(width: int, height: int) -> None:
    upright = judge_dimensions(RULES, width=width, height=height)
    assert upright is judge_dimensions(RULES, width=height, height=width)


def test_each_kind_of_too_many_pixels_has_its_limit() -> None:
    assert pixel_limit(ImageFault.TOO_MANY_PIXELS) == MAX_PIXELS
    assert pixel_limit(ImageFault.TOO_MANY_HEIC_PIXELS) == MAX_HEIC_PIXELS
    assert pixel_limit(ImageFault.TOO_MANY_OTHER_PIXELS) == MAX_OTHER_PIXELS


@pytest.mark.parametrize(
    ("filename", "content_type", "expected"),
    [
        ("fox.png", "image/png", True),
        ("IMG_0001.HEIC", None, True),
        ("IMG_0001.HEIC", "application/octet-stream", True),
        ("fox", "image/pjpeg", True),
        ("notes.txt", "text/plain", False),
        ("fox.mp4", "video/mp4", False),
    ],
)
def test_among_other_files_images_are_known_by_name_or_declaration(
    filename: str, content_type: str | None, *, expected: bool
) -> None:
    assert may_be_image(filename, content_type) is expected
