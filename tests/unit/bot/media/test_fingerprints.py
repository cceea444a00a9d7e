"""A picture is known again however it was copied, and no other picture is taken for it."""

from io import BytesIO
from itertools import combinations
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from bot.media.errors import ImageRefused
from bot.media.fingerprints import are_alike, fingerprint
from bot.media.images import ImageDesk, fingerprint_image
from tests.support.drawings import copies, drawing, encoded

SEEDS = range(12)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_copy_is_known_again(seed: int) -> None:
    original = fingerprint(drawing(seed))
    strangers = [name for name, data in copies(drawing(seed)) if not are_alike(original, fingerprint_image(data))]
    assert strangers == []


def test_different_pictures_are_told_apart() -> None:
    prints = [fingerprint(drawing(seed)) for seed in range(60)]
    assert not [pair for pair in combinations(prints, 2) if are_alike(*pair)]


def test_a_picture_that_lies_in_its_file_is_seen_as_people_see_it() -> None:
    upright = drawing(3)
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # to be turned to the right
    file = BytesIO()
    lying.save(file, "JPEG", exif=exif, quality=95)
    assert are_alike(fingerprint_image(file.getvalue()), fingerprint(upright))


def test_what_is_transparent_is_seen_on_white() -> None:
    shown = drawing(5).convert("RGBA")
    shown.paste((0, 0, 0, 0), (0, 0, 640, 120))
    on_white = Image.new("RGBA", shown.size, "white")
    on_white.alpha_composite(shown)
    assert are_alike(fingerprint_image(encoded(shown)), fingerprint(on_white))


@pytest.mark.parametrize("colour", ["black", "white", "red"])
def test_a_plain_picture_is_like_none_not_even_itself(colour: str) -> None:
    plain = fingerprint(Image.new("RGB", (640, 480), colour))
    assert plain == ""
    assert not are_alike(plain, plain)


@pytest.mark.parametrize("data", [b"", b"<html>", encoded(drawing(1))[:200]], ids=["empty", "no image", "cut off"])
def test_what_does_not_decode_is_refused(data: bytes) -> None:
    with pytest.raises(ImageRefused):
        fingerprint_image(data)


async def test_the_desk_works_in_a_thread(tmp_path: Path) -> None:
    path = tmp_path / "picture"
    path.write_bytes(encoded(drawing(7)))
    assert await ImageDesk().fingerprint(path) == fingerprint(drawing(7))
