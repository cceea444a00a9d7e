import io

import pytest
from PIL import Image

from sandbox.segmind.films.images import objection, shape_of


def encoded(size: tuple[int, int], form: str = "PNG") -> bytes:
    data = io.BytesIO()
    Image.new("RGB", size, "teal").save(data, form)
    return data.getvalue()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_an_image_of_a_known_format_is_taken(form: str) -> None:
    assert objection(encoded((400, 300), form)) is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"just text", "not a valid image"),
        (b"", "not a valid image"),
        (encoded((400, 300))[:-200], "not a valid image"),
        (encoded((400, 300), "GIF"), "not a valid image"),
        (encoded((400, 299)), "under 300 pixels"),
        (encoded((800, 310)), "aspect ratio"),
    ],
)
def test_what_the_model_would_not_take_is_named(data: bytes, words: str) -> None:
    assert words in (objection(data) or "")


def test_a_gigantic_image_is_refused_before_it_is_decoded() -> None:
    bomb = encoded((9000, 6000))
    assert objection(bomb) == "it has too many pixels"


def test_the_shape_of_an_image_is_the_one_that_is_seen() -> None:
    turned, data = Image.new("RGB", (500, 400)), io.BytesIO()
    exif = turned.getexif()
    exif[0x0112] = 6  # a quarter turn
    turned.save(data, "JPEG", exif=exif)
    assert shape_of(encoded((400, 320))) == "400:320"
    assert shape_of(data.getvalue()) == "400:500"
