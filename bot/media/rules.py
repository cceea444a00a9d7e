"""What a reference image must be, and what can be told of it before its bytes are here."""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

# Against small files that decode into gigabytes: this many take 256 MB.
MAX_PIXELS = 64_000_000


class ImageFault(StrEnum):
    """The one reason why an image cannot serve as a reference."""

    NOT_AN_IMAGE = "not_an_image"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    TOO_SMALL = "too_small"
    TOO_OBLONG = "too_oblong"
    TOO_MANY_PIXELS = "too_many_pixels"
    BROKEN = "broken"
    GONE = "gone"
    FORBIDDEN_HOST = "forbidden_host"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRules:
    """The limits of the model on one reference image.

    The defaults are Kling O1's, "10 MB" read as the smaller of its two meanings; `max_pixels` is ours.
    A value at its limit is still allowed.
    """

    max_bytes: int = 10_000_000
    min_side: int = 300  # pixels, of the shorter side
    max_ratio: float = 2.5  # longer side to shorter side
    max_pixels: int = MAX_PIXELS
    content_types: frozenset[str] = frozenset({"image/jpeg", "image/png", "image/webp"})


# For pictures that only people look at: whatever decodes.
SHOWABLE: Final = ImageRules(max_bytes=1 << 62, min_side=1, max_ratio=math.inf)


def judge_metadata(
    rules: ImageRules, *, content_type: str | None, size: int, width: int | None, height: int | None
) -> ImageFault | None:
    """Judge an attachment by what Discord says of it; None if nothing speaks against it.

    `size` is in bytes. Discord gives a width and a height only to what it could read itself, videos included.
    A missing content type is left to the decoder.
    """
    if not width or not height:
        return ImageFault.NOT_AN_IMAGE
    if content_type is not None:
        essence = content_type.partition(";")[0].strip().lower()
        if not essence.startswith("image/"):
            return ImageFault.NOT_AN_IMAGE
        if essence not in rules.content_types:
            return ImageFault.WRONG_TYPE
    if size > rules.max_bytes:
        return ImageFault.TOO_LARGE
    return judge_dimensions(rules, width=width, height=height)


def judge_dimensions(rules: ImageRules, *, width: int, height: int) -> ImageFault | None:
    """Judge the sides of an image in pixels; which of them is the width makes no difference."""
    shorter, longer = sorted((width, height))
    if shorter * longer > rules.max_pixels:
        return ImageFault.TOO_MANY_PIXELS
    if shorter < rules.min_side:
        return ImageFault.TOO_SMALL
    if longer > rules.max_ratio * shorter:
        return ImageFault.TOO_OBLONG
    return None
