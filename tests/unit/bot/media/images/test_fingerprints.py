"""A picture is known again however it was copied, and no other picture is taken for it."""

from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from PIL import ExifTags, Image, ImageCms

from bot.media.images.cleaning import Cleaned, CopyLimits, clean
from bot.media.images.fingerprints import are_alike
from bot.media.rules import SHOWABLE
from tests.support.drawings import copies, drawing, encoded, print_of

SEEDS = range(12)
LIMITS = CopyLimits(max_side=2_560, max_bytes=3_000_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "picture"


def cleaned(path: Path, data: bytes) -> Cleaned:
    path.write_bytes(data)
    return clean(path, SHOWABLE, LIMITS)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_copy_is_known_by_the_fingerprint_that_the_first_version_made(path: Path, seed: int) -> None:
    before = print_of(drawing(seed))
    strangers = [name for name, data in copies(drawing(seed)) if not are_alike(before, cleaned(path, data).fingerprint)]
    assert strangers == []


@pytest.mark.parametrize("seed", SEEDS)
def test_the_clean_copy_is_known_as_its_original(path: Path, seed: int) -> None:
    made = cleaned(path, encoded(drawing(seed), "JPEG", quality=80))
    assert are_alike(cleaned(path, made.copy).fingerprint, made.fingerprint)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("mode", ["P", "CMYK", "L", "RGBA"])
def test_a_colour_profile_makes_no_other_picture_of_it(path: Path, seed: int, mode: str) -> None:
    shown = drawing(seed).convert(mode)
    file = BytesIO()
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    shown.save(file, "TIFF" if mode == "CMYK" else "PNG", icc_profile=profile)
    assert are_alike(cleaned(path, file.getvalue()).fingerprint, print_of(shown))


def test_different_pictures_are_told_apart() -> None:
    prints = [print_of(drawing(seed)) for seed in range(60)]
    assert not [pair for pair in combinations(prints, 2) if are_alike(*pair)]


def test_a_picture_that_lies_in_its_file_is_seen_as_people_see_it(path: Path) -> None:
    upright = drawing(3)
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned to the right
    file = BytesIO()
    lying.save(file, "JPEG", exif=exif, quality=95)
    assert are_alike(cleaned(path, file.getvalue()).fingerprint, print_of(upright))


def test_what_is_transparent_is_seen_on_white(path: Path) -> None:
    shown = drawing(5).convert("RGBA")
    shown.paste((0, 0, 0, 0), (0, 0, 640, 120))
    assert are_alike(cleaned(path, encoded(shown)).fingerprint, print_of(shown))


@pytest.mark.parametrize("colour", ["black", "white", "red"])
def test_a_plain_picture_is_like_none_not_even_itself(path: Path, colour: str) -> None:
    plain = cleaned(path, encoded(Image.new("RGB", (640, 480), colour))).fingerprint
    assert plain == ""
    assert not are_alike(plain, plain)
