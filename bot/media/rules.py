"""What a reference image must be, and what can be told of it before its bytes are here."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

MAX_UPLOAD: Final = 50 * 1024**2  # bytes; what most members can upload is less

# Pixels that are decoded within the memory that `docs/operators.md` promises, told by the header.
MAX_PIXELS: Final = 64_000_000  # of a JPEG or PNG, which can be shrunk while it is decoded
MAX_HEIC_PIXELS: Final = 49_000_000  # what phones call 48 megapixels has up to 8,064 by 6,048
MAX_OTHER_PIXELS: Final = 25_500_000


# Of kinds that Discord may not count as images.
IMAGE_SUFFIXES: Final = frozenset(
    {
        *(".jpg", ".jpeg", ".jfif", ".png", ".apng", ".webp", ".avif"),
        *(".heic", ".heif", ".hif", ".gif", ".bmp", ".tif", ".tiff"),
    }
)


class ImageFault(StrEnum):
    """The one reason why an image cannot serve as a reference."""

    NOT_AN_IMAGE = "not_an_image"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    TOO_OBLONG = "too_oblong"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_HEIC_PIXELS = "too_many_heic_pixels"
    TOO_MANY_OTHER_PIXELS = "too_many_other_pixels"  # of what is neither JPEG, PNG nor HEIC
    BROKEN = "broken"
    UNUSABLE = "unusable"  # decoding it takes more memory or time than it may
    VIDEO = "video"
    SVG = "svg"
    JXL = "jxl"
    JP2 = "jp2"
    PDF = "pdf"
    PSD = "psd"
    ICO = "ico"
    GONE = "gone"
    FORBIDDEN_HOST = "forbidden_host"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRules:
    """The limits on one reference image: on its file, which is ours, and on its sides, which are the model's.

    The defaults are Kling O1's. A value at its limit is still allowed.
    """

    max_bytes: int = MAX_UPLOAD
    min_side: int = 300  # pixels, of the shorter side
    max_ratio: float = 2.5  # longer side to shorter side


def may_be_image(filename: str, content_type: str | None) -> bool:
    """Return whether a file among others is worth a look as an image, by its name or by what Discord takes it for."""
    is_declared = (content_type or "").startswith("image/")
    return is_declared or PurePosixPath(filename).suffix.lower() in IMAGE_SUFFIXES


def pixel_limit(fault: ImageFault) -> int:
    """Return how many pixels an image may have that has too many of them."""
    limits = {
        ImageFault.TOO_MANY_HEIC_PIXELS: MAX_HEIC_PIXELS,
        ImageFault.TOO_MANY_OTHER_PIXELS: MAX_OTHER_PIXELS,
    }
    return limits.get(fault, MAX_PIXELS)


# For pictures that only people look at: whatever decodes.
SHOWABLE: Final = ImageRules(min_side=1, max_ratio=1e9)


def judge_metadata(rules: ImageRules, *, size: int, width: int | None, height: int | None) -> ImageFault | None:
    """Judge an attachment by what Discord says of it; None if nothing speaks against it.

    `size` is in bytes. Discord gives a width and a height only to what it could read itself; the rest, and what kind
    of file it is, are for the bytes to tell.
    """
    if size > rules.max_bytes:
        return ImageFault.TOO_LARGE
    return judge_dimensions(rules, width=width, height=height) if width and height else None


def judge_dimensions(rules: ImageRules, *, width: int, height: int) -> ImageFault | None:
    """Judge the sides of an image in pixels; which of them is the width makes no difference."""
    shorter, longer = sorted((width, height))
    if shorter * longer > MAX_PIXELS:
        return ImageFault.TOO_MANY_PIXELS
    if shorter < rules.min_side:
        return ImageFault.TOO_SMALL
    if longer > rules.max_ratio * shorter:
        return ImageFault.TOO_OBLONG
    return None
