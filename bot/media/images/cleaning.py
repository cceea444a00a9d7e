"""One clean copy of whatever image a member uploads. It runs in a process of its own: see `bot.media.images.process`.

The copy is upright, sRGB, 8 bits a sample, flattened, of the first frame, and without metadata.
"""

import warnings
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageCms, ImageFile, ImageOps

from bot.media.errors import ImageRefused
from bot.media.images.canvas import Decoded
from bot.media.images.decoding import decode, orientation_of
from bot.media.images.fingerprints import SIDE, fingerprint
from bot.media.rules import ImageFault, ImageRules, judge_dimensions
from bot.media.sniffing import HEAD, fault_of, sniff

QUALITIES: Final = (92, 85, 75, 60)  # of JPEG, best first
WHOLE_COLOUR: Final = 90  # the quality from which on colors keep their whole resolution
SHRINK: Final = 0.75  # of each side, where no quality fits
SMALLEST_SIDE: Final = 16  # pixels, of the longer side
FEW_COLOURS: Final = 4_096  # with more of them, lossless isn't smaller
WHITE: Final = "#ffffff"
GREY: Final = "#707070"  # for what would not be seen on white
LIGHT: Final = 215  # of 255: so light is too light for white
HALF: Final = 128
MOSTLY: Final = 0.6  # of what is opaque

_MODES: Final = {"GRAY": "L", "RGB ": "RGB", "CMYK": "CMYK", "Lab ": "LAB"}  # by the space of a profile
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_LYING: Final = frozenset({5, 6, 7, 8})


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLimits:
    """What a copy keeps to."""

    max_side: int
    max_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What an image was, what it shows, and its copy's bytes."""

    content_type: str
    width: int  # pixels, upright
    height: int
    fingerprint: str
    suffix: str  # of the copy: ".jpg" or ".png"
    copy: bytes


def clean(path: Path, rules: ImageRules, limits: CopyLimits) -> Cleaned:
    """Decode an image once; raises ImageRefused with the first fault found, or OSError if it can't be read."""
    with path.open("rb") as file:
        content_type = sniff(file.read(HEAD))
    if (fault := fault_of(content_type)) is not None or content_type is None:
        raise ImageRefused(fault or ImageFault.NOT_AN_IMAGE)

    def judge(width: int, height: int) -> None:
        if (fault := judge_dimensions(rules, width=width, height=height)) is not None:
            raise ImageRefused(fault)

    with _pillow_lenient(), warnings.catch_warnings(action="ignore"):
        try:
            decoded = decode(path, content_type, judge, limits.max_side)
        except (ImageRefused, MemoryError):
            raise
        except Exception as error:  # on hostile bytes decoders raise nearly anything
            raise ImageRefused(ImageFault.BROKEN) from error
        orientation = _orientation(decoded)
    picture = _upright(_srgb(decoded.image, decoded.profile), orientation)
    shown = _on(picture, WHITE)
    seen = fingerprint(shown.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS).tobytes())
    if _is_lost_on_white(picture):
        shown = _on(picture, GREY)
    suffix, copy = _fitting(shown, limits)
    width, height = decoded.width, decoded.height
    return Cleaned(
        content_type=content_type,
        width=height if orientation in _LYING else width,
        height=width if orientation in _LYING else height,
        fingerprint=seen,
        suffix=suffix,
        copy=copy,
    )


@contextmanager
def _pillow_lenient() -> Generator[None]:
    """Have Pillow decode what is cut off, of any size; what it does otherwise is as before afterwards."""
    before = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS
    ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = True, None  # the size is judged by ours instead
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = before


def _orientation(decoded: Decoded) -> int:
    if not decoded.exif:
        return decoded.orientation
    bare = Image.new("1", (1, 1))
    bare.info["exif"] = decoded.exif
    return orientation_of(bare)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def _srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert to RGB, or RGBA where there is transparency, by the profile where it is a sound one for the picture."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    if alpha is not None:
        image = image.convert("RGB")
    converted = _by_profile(image, profile) if profile else None
    image = converted or image.convert("RGB")
    if alpha is not None:
        image.putalpha(alpha)
    return image


def _by_profile(image: Image.Image, profile: bytes) -> Image.Image | None:
    with suppress(Exception):  # a profile that can't be used is dropped like one that can
        source = ImageCms.getOpenProfile(BytesIO(profile))
        mode = _MODES[str(source.profile.xcolor_space)]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType] - the stubs name the file
        if mode != image.mode and {mode, image.mode} != {"L", "RGB"}:
            return None
        srgb = ImageCms.createProfile("sRGB")  # pyright: ignore[reportUnknownVariableType] - a type that has no stubs
        target = ImageCms.ImageCmsProfile(srgb)  # pyright: ignore[reportUnknownArgumentType]
        return ImageCms.profileToProfile(image.convert(mode), source, target, outputMode="RGB")
    return None


def _on(picture: Image.Image, colour: str) -> Image.Image:
    """Lay a picture on a plain background."""
    if picture.mode != "RGBA":
        return picture
    ground = Image.new("RGB", picture.size, colour)
    ground.paste(picture, mask=picture.getchannel("A"))
    return ground


def _is_lost_on_white(picture: Image.Image) -> bool:
    """Return whether most of what is opaque is so light, and enough transparent, that white would swallow it."""
    if picture.mode != "RGBA":
        return False
    alpha = picture.getchannel("A")
    opaque = alpha.point([255 * (value >= HALF) for value in range(256)])
    seen = picture.convert("L").histogram(opaque)
    return 0 < sum(seen) < picture.width * picture.height and sum(seen[LIGHT:]) > MOSTLY * sum(seen)


def _fitting(picture: Image.Image, limits: CopyLimits) -> tuple[str, bytes]:
    """Find the first suffix and bytes that fit, giving way in quality first and in size then."""
    lossless = picture.getcolors(FEW_COLOURS) is not None
    while max(picture.size) >= SMALLEST_SIDE:
        for suffix, copy in _encodings(picture, lossless=lossless):
            if len(copy) <= limits.max_bytes:
                return suffix, copy
        picture = ImageOps.scale(picture, SHRINK, Image.Resampling.LANCZOS)
    raise ImageRefused(ImageFault.UNUSABLE)


def _encodings(picture: Image.Image, *, lossless: bool) -> Iterator[tuple[str, bytes]]:
    for quality in QUALITIES:
        jpeg = _encoded(picture, "JPEG", quality=quality, subsampling=0 if quality >= WHOLE_COLOUR else 2)
        if lossless:
            lossless, png = False, _encoded(picture, "PNG")
            if len(png) < len(jpeg):
                yield ".png", png
        yield ".jpg", jpeg


def _encoded(picture: Image.Image, encoder: str, **options: int) -> bytes:
    buffer = BytesIO()
    picture.info = {}  # encoders write what they find there
    picture.save(buffer, encoder, **options)
    return buffer.getvalue()
