"""Pictures that show something, each seed another one, and the copies that people make of them."""

import io
import random
from collections.abc import Iterator

from PIL import Image, ImageDraw

from bot.media.images.fingerprints import SIDE, fingerprint


def drawing(seed: int, *, size: tuple[int, int] = (640, 480)) -> Image.Image:
    """Draw shapes at random; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - a picture is no secret
    width, height = size
    picture = Image.new("RGB", size, _colour(chance))
    pen = ImageDraw.Draw(picture)
    for _ in range(40):
        left, top = chance.randrange(-width // 4, width), chance.randrange(-height // 4, height)
        box = (left, top, left + chance.randrange(20, width // 2), top + chance.randrange(20, height // 2))
        chance.choice((pen.ellipse, pen.rectangle))(box, fill=_colour(chance))
    return picture


def encoded(picture: Image.Image, kind: str = "PNG", **options: int) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def copies(picture: Image.Image) -> Iterator[tuple[str, bytes]]:
    """Yield a picture as it comes back after others have had it, each named by what they did to it."""
    width, height = picture.size
    yield "the same file", encoded(picture)
    yield "half the size", encoded(picture.resize((width // 2, height // 2)))
    yield "larger", encoded(picture.resize((width * 17 // 10, height * 17 // 10)))
    yield "poor JPEG", encoded(picture, "JPEG", quality=25)
    yield "small and poor JPEG", encoded(picture.resize((320, 320 * height // width)), "JPEG", quality=30)
    yield "WebP", encoded(picture, "WEBP", quality=50)
    yield "grey", encoded(picture.convert("L"))
    yield "64 colours", encoded(picture.quantize(64))
    yield "squeezed", encoded(picture.resize((width, height * 4 // 5)))


def print_of(picture: Image.Image) -> str:
    """Return a picture's fingerprint as the first version made it: of its file's own pixels, on white."""
    if picture.mode == "RGBA":
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
    return fingerprint(picture.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS).tobytes())


def _colour(chance: random.Random) -> tuple[int, int, int]:
    return chance.randrange(256), chance.randrange(256), chance.randrange(256)
