"""Reference images decoded, for only a decoder knows whether a file is one, and scaled for display."""

import asyncio
import hashlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import ExifTags, Image, ImageOps

from bot.media.errors import ImageRefused
from bot.media.fingerprints import fingerprint
from bot.media.part_file import PartFile
from bot.media.rules import MAX_PIXELS, ImageFault, ImageRules, judge_dimensions

_DECODERS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/gif": "GIF",
    "image/avif": "AVIF",
}
_SIGNATURES = {
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"GIF87a": "image/gif",
    b"GIF89a": "image/gif",
    b"II*\0": "image/tiff",
    b"MM\0*": "image/tiff",
}
_BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"mif1": "image/heif",
}
_LYING_DOWN = frozenset({5, 6, 7, 8})  # EXIF orientations that swap width and height
_JPEG_QUALITIES = (88, 78, 66)
_SHRINK = 0.75  # of each side, when no quality fits
_ENOUGH_TO_TELL = 512  # pixels a side, for what a picture shows
_SMALLEST_SIDE = 16  # pixels, of the longer side: below it, no copy is worth showing


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    format: str  # "JPEG", "PNG", "WEBP" …
    content_type: str
    width: int  # pixels, as seen: turned as EXIF says
    height: int
    size: int  # bytes
    sha256: str  # hex


def inspect_image(path: Path, rules: ImageRules) -> ImageFacts:
    """Decode a whole image, the first frame of an animated one, and say what it is.

    Raises ImageRefused with the first fault found; OSError if the file cannot be read.
    """
    size = path.stat().st_size
    if size > rules.max_bytes:
        raise ImageRefused(ImageFault.TOO_LARGE)
    data = path.read_bytes()
    content_type = sniff(data)
    if content_type is None:
        raise ImageRefused(ImageFault.NOT_AN_IMAGE)
    decoder = _DECODERS.get(content_type)
    if decoder is None or content_type not in rules.content_types:
        raise ImageRefused(ImageFault.WRONG_TYPE)
    with _opened(data, decoder) as image:
        width, height = image.size
        # Before decoding: the header of a few bytes may promise gigabytes.
        if fault := judge_dimensions(rules, width=width, height=height):
            raise ImageRefused(fault)
        # A JPEG may be decoded at an eighth of its size: every byte is still read, in a 64th of the memory.
        image.draft(None, (1, 1))
        image.load()
        if _orientation(image) in _LYING_DOWN:
            width, height = height, width
    return ImageFacts(
        format=decoder,
        content_type=content_type,
        width=width,
        height=height,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
    )


def scaled_copy(path: Path, destination: Path, *, max_bytes: int, max_side: int) -> Path:
    """Write a copy for display, upright, at most `max_side` pixels a side, and of at most `max_bytes` bytes.

    A PNG where the image has transparency and that fits, else a JPEG; the suffix of `destination` is set to
    match, and the path written is returned. Of the original's metadata only the colour profile is kept.
    Raises ImageRefused if the file does not decode or no copy fits.
    """
    data = path.read_bytes()
    content_type = sniff(data)
    decoder = _DECODERS.get(content_type or "")
    if decoder is None:
        raise ImageRefused(ImageFault.WRONG_TYPE if content_type else ImageFault.NOT_AN_IMAGE)
    with _opened(data, decoder) as image:
        if image.width * image.height > MAX_PIXELS:
            raise ImageRefused(ImageFault.TOO_MANY_PIXELS)
        suffix, copy = _fitting_copy(image, max_bytes=max_bytes, max_side=max_side)
    target = destination.with_suffix(suffix)
    _write(target, copy)
    return target


def fingerprint_image(data: bytes) -> str:
    """Hash what an image file shows, however it is turned in it; see `fingerprint`.

    Raises ImageRefused if it does not decode.
    """
    decoder = _DECODERS.get(sniff(data) or "")
    if decoder is None:
        raise ImageRefused(ImageFault.NOT_AN_IMAGE)
    with _opened(data, decoder) as image:
        image.draft(None, (_ENOUGH_TO_TELL, _ENOUGH_TO_TELL))
        return fingerprint(_displayable(ImageOps.exif_transpose(image)))


def sniff(data: bytes) -> str | None:
    """Say which image type the first bytes claim, whatever the file's name; None if none that we know."""
    for signature, content_type in _SIGNATURES.items():
        if data.startswith(signature):
            return content_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[:2] == b"BM" and data[6:10] == bytes(4):
        return "image/bmp"
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12])
    return None


class ImageDesk:
    """The same work for the event loop: in threads, few at a time, for each may hold a decoded image."""

    def __init__(self, *, concurrency: int = 2) -> None:
        self._turns = asyncio.Semaphore(concurrency)

    async def inspect(self, path: Path, rules: ImageRules) -> ImageFacts:
        """See `inspect_image`."""
        async with self._turns:
            return await asyncio.to_thread(inspect_image, path, rules)

    async def fingerprint(self, file: Path | bytes) -> str:
        """See `fingerprint_image`."""
        async with self._turns:
            data = file if isinstance(file, bytes) else await asyncio.to_thread(file.read_bytes)
            return await asyncio.to_thread(fingerprint_image, data)

    async def scale(self, path: Path, destination: Path, *, max_bytes: int, max_side: int) -> Path:
        """See `scaled_copy`."""
        async with self._turns:
            return await asyncio.to_thread(scaled_copy, path, destination, max_bytes=max_bytes, max_side=max_side)


@contextmanager
def _opened(data: bytes, decoder: str) -> Generator[Image.Image]:
    """Open an image with one decoder and no other, and turn its complaints into ImageRefused."""
    try:
        with Image.open(BytesIO(data), formats=(decoder,)) as image:
            yield image
    except ImageRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused(ImageFault.TOO_MANY_PIXELS) from error
    except Exception as error:  # on hostile bytes decoders raise nearly anything
        raise ImageRefused(ImageFault.BROKEN) from error


def _orientation(image: Image.Image) -> int:
    """Read the EXIF orientation; a sound picture with unsound EXIF is upright."""
    with suppress(Exception):
        value: object = image.getexif().get(ExifTags.Base.Orientation)
        if isinstance(value, int):
            return value
    return 1


def _displayable(image: Image.Image) -> Image.Image:
    """Bring any mode to 8-bit RGB, or RGBA where there is transparency, without comments and the like."""
    if image.mode.startswith("I"):
        # 16 bits of grey, which Pillow would clip and not scale.
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    picture = image.convert("RGBA" if image.has_transparency_data else "RGB")
    picture.info.clear()
    return picture


def _fitting_copy(image: Image.Image, *, max_bytes: int, max_side: int) -> tuple[str, bytes]:
    """Find the first suffix and bytes that fit, giving way in quality first and in size then."""
    profile: bytes | None = image.info.get("icc_profile") if image.mode in {"RGB", "RGBA"} else None
    image.draft(None, (max_side, max_side))
    picture = _displayable(ImageOps.exif_transpose(image))
    while max_side >= _SMALLEST_SIDE:
        picture.thumbnail((max_side, max_side))
        for suffix, copy in _encodings(picture, profile):
            if len(copy) <= max_bytes:
                return suffix, copy
        max_side = int(max(picture.size) * _SHRINK)
    raise ImageRefused(ImageFault.TOO_LARGE)


def _encodings(picture: Image.Image, profile: bytes | None) -> Iterator[tuple[str, bytes]]:
    """Encode a picture in the ways of display, best first, as suffix and bytes."""
    if picture.mode == "RGBA":
        yield ".png", _encode(picture, "PNG", profile)
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    for quality in _JPEG_QUALITIES:
        yield ".jpg", _encode(picture, "JPEG", profile, quality=quality, progressive=True)


def _encode(picture: Image.Image, encoder: str, profile: bytes | None, **options: int) -> bytes:
    buffer = BytesIO()
    picture.save(buffer, encoder, icc_profile=profile, **options)
    return buffer.getvalue()


def _write(destination: Path, data: bytes) -> None:
    part = PartFile(destination)
    try:
        part.write(data)
        part.commit()
    except BaseException:
        part.discard()
        raise
