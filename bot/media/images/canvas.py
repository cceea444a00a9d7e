"""Pictures shrunk strip by strip: what comes in large is never converted as a whole."""

from dataclasses import dataclass, field
from typing import Final

from PIL import Image

STRIP_PIXELS: Final = 1_000_000
# Modes that can be averaged as they are, and that color profiles are made for; others become RGB or RGBA first.
_AVERAGED: Final = frozenset({"L", "LA", "RGB", "RGBA", "CMYK", "LAB"})


def fitting(width: int, height: int, most: int) -> tuple[int, int]:
    """Return the size of a picture whose longer side is at most `most` pixels; none is enlarged."""
    longer = max(width, height)
    if longer <= most:
        return width, height
    return max(1, round(width * most / longer)), max(1, round(height * most / longer))


@dataclass(slots=True, kw_only=True)
class Decoded:
    """A picture in mode L, RGB, RGBA, CMYK or LAB, and what is still to be done to it."""

    image: Image.Image
    width: int  # of the file, in pixels
    height: int
    profile: bytes = b""  # ICC
    exif: bytes = b""
    orientation: int = 1  # as in EXIF, where it isn't read from `exif`


@dataclass(slots=True, kw_only=True)
class Canvas:
    """A picture of `target` pixels made of strips of one of `width` by `height`, from the top down."""

    width: int
    height: int
    target: tuple[int, int]
    rows: int = 0  # of the original that are there
    _image: Image.Image | None = field(default=None, init=False)

    @property
    def factors(self) -> tuple[int, int]:
        """Return how many pixels become one in each direction; the last resize does the rest."""
        return max(1, self.width // self.target[0]), max(1, self.height // self.target[1])

    @property
    def strip_rows(self) -> int:
        """Return how many rows a strip should have: all but the last have a multiple of the vertical factor."""
        step = self.factors[1]
        return max(1, STRIP_PIXELS // self.width // step) * step

    def add(self, strip: Image.Image) -> None:
        """Add the next strip, of the same mode as those before."""
        strip, rows, (across, down) = averaged_mode(strip), strip.height, self.factors
        if self._image is None:
            size = (-(-self.width // across), -(-self.height // down))
            self._image = Image.new(strip.mode, size)
        self._image.paste(strip.reduce((across, down)), (0, self.rows // down))
        self.rows += rows

    def add_whole(self, image: Image.Image) -> None:
        """Add all of a picture that is in memory."""
        if self.factors == (1, 1) and image.mode in _AVERAGED and "transparency" not in image.info:
            self._image, self.rows = image, self.height
            return
        for top in range(0, self.height, self.strip_rows):
            self.add(image.crop((0, top, self.width, min(top + self.strip_rows, self.height))))

    def finish(self) -> Image.Image:
        """Return the picture, and forget it."""
        assert self._image is not None  # noqa: S101 - it has strips
        image, self._image = self._image, None
        if image.size != self.target:
            # By less than half, at which Lanczos takes more than twice the time for no visible difference.
            image = image.resize(self.target, Image.Resampling.HAMMING)
        return image.convert("RGBA") if image.mode == "LA" else image


def averaged_mode(image: Image.Image) -> Image.Image:
    """Bring a strip to a mode of 8 bits whose pixels can be averaged."""
    if image.mode.startswith("I;16"):
        image = Image.frombytes("L", image.size, image.convert("I;16").tobytes()[1::2])
    elif image.mode in {"I", "F"}:
        image = _of_32_bits(image)
    if image.mode in _AVERAGED and "transparency" not in image.info:
        return image
    return image.convert("RGBA" if image.has_transparency_data else "RGB")


def _of_32_bits(image: Image.Image) -> Image.Image:
    """Bring 32 bits to 8: floats up to 1, or integers that are used up to 8, 16 or more bits."""
    image = image.convert("F")
    highest = float(image.getextrema()[1])  # pyright: ignore[reportArgumentType] - one band, one pair
    most = next((each for each in (1.0, 255.0, 65_535.0) if highest <= each), highest)
    return image.point(lambda value: value * (255 / most) + 0.0).convert("L")
