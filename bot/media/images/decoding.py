"""Images of every kind decoded to at most a given size, the first frame of an animated one, in bounded memory."""

import importlib
from collections.abc import Callable
from contextlib import suppress
from io import SEEK_CUR, BytesIO
from pathlib import Path
from typing import BinaryIO, Final, SupportsInt

from PIL import ExifTags, Image, ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from bot.media.errors import ImageRefused
from bot.media.images import png
from bot.media.images.canvas import Canvas, Decoded, fitting
from bot.media.rules import MAX_HEIC_PIXELS, MAX_OTHER_PIXELS, MAX_PIXELS, ImageFault

JPEG_MEMORY: Final = 200_000_000  # bytes for the coefficients of a progressive JPEG and its pixels together
PILLOW_AVIF_PIXELS: Final = 8_000_000  # for each of which Pillow takes up to 16 bytes
ENOUGH_ROWS: Final = 0.75  # of a picture whose tail is missing
MISSING: Final = (0, 128)  # the greys that decoders put where nothing came

# Imported when a file needs them: what isn't in the process takes neither memory nor time.
_PLUGINS: Final = {
    "image/gif": ("PIL.GifImagePlugin", "GifImageFile"),
    "image/bmp": ("PIL.BmpImagePlugin", "BmpImageFile"),
    "image/tiff": ("PIL.TiffImagePlugin", "TiffImageFile"),
    "image/avif": ("PIL.AvifImagePlugin", "AvifImageFile"),
}
_MOST_PIXELS: Final = {
    "image/jpeg": (MAX_PIXELS, ImageFault.TOO_MANY_PIXELS),
    "image/png": (MAX_PIXELS, ImageFault.TOO_MANY_PIXELS),
    "image/heic": (MAX_HEIC_PIXELS, ImageFault.TOO_MANY_HEIC_PIXELS),
}


Judged = Callable[[int, int], tuple[int, int]]  # gives the size that a picture becomes


def decode(path: Path, content_type: str, judge: Callable[[int, int], None], most: int) -> Decoded:
    """Decode a file whose longer side becomes at most `most` pixels; `judge` sees its width and height before that.

    Raises what `judge` raises, ImageRefused, MemoryError, or nearly anything that decoders raise for damaged bytes.
    """

    def judged(width: int, height: int) -> tuple[int, int]:
        limit, fault = _MOST_PIXELS.get(content_type, (MAX_OTHER_PIXELS, ImageFault.TOO_MANY_OTHER_PIXELS))
        if width * height > limit:
            raise ImageRefused(fault)
        judge(width, height)
        return fitting(width, height, most)

    match content_type:
        case "image/jpeg":
            return _jpeg(path, judged)
        case "image/png":
            return _png(path, judged)
        case "image/webp":
            return _webp(path, judged)
        case "image/heic":
            return _heic(path, judged)
        case _:
            return _by_pillow(path, content_type, judged)


def _jpeg(path: Path, judged: Judged) -> Decoded:
    """Decode at a half, a quarter or an eighth where that suffices: what follows takes a 64th of the memory."""
    with path.open("rb") as file:
        # Not by `Image.open`, which looks for further pictures, in metadata that may be unsound.
        image = JpegImageFile(file)
        size = image.size
        target = judged(*size)
        drafted = _drafted(image, file, target)
        if drafted is not None:
            image.draft(None, drafted)
            image.load()
    if drafted is None:
        return _jpeg_by_parts(path, image, target)
    if hasattr(image, "_ended"):  # the tail is missing, which Pillow notes there
        _refuse_mostly_missing(image)
    return _shrunk(image, size, target)


def _drafted(image: JpegImageFile, file: BinaryIO, target: tuple[int, int]) -> tuple[int, int] | None:
    """Say to how few pixels a JPEG may be shrunk, to `target` or to half of it; None if that takes too much memory."""
    width, height = image.size
    # Pillow has read the header of the first scan. Where that has not all components, all coefficients are kept.
    length = 6 + 2 * len(image.layer)
    file.seek(-length, SEEK_CUR)
    if "progressive" not in image.info and file.read(3) == bytes([0, length, len(image.layer)]):
        return target
    most_across = max(across for _, across, _, _ in image.layer)
    most_down = max(down for _, _, down, _ in image.layer)
    samples = sum(width * across * height * down / (most_across * most_down) for _, across, down, _ in image.layer)
    room = JPEG_MEMORY - 2 * samples
    scales = (each for each in (1, 2, 4, 8) if width // each >= target[0] // 2)
    scale = next((each for each in scales if 4 * width * height / each**2 <= room), None)
    return None if scale is None else (min(target[0], width // scale), min(target[1], height // scale))


def _jpeg_by_parts(path: Path, image: JpegImageFile, target: tuple[int, int]) -> Decoded:
    """Decode one component after the other."""
    from bot.media.images import jpeg_parts  # noqa: PLC0415 - which few files need

    try:
        parts = jpeg_parts.take_apart(path)
    except jpeg_parts.NotSeparable:
        raise ImageRefused(ImageFault.UNUSABLE) from None
    shown: list[Image.Image] = []
    for number in range(len(parts.components)):
        grey = JpegImageFile(BytesIO(parts.grey(number)))
        grey.draft(None, target)
        grey.load()
        canvas = Canvas(width=grey.width, height=grey.height, target=target)
        canvas.add_whole(grey)
        shown.append(canvas.finish().resize(target))
    profile: bytes = image.info.get("icc_profile") or b""
    return Decoded(
        image=_merged(image, shown),
        width=image.width,
        height=image.height,
        profile=profile,
        orientation=orientation_of(image),
    )


def _merged(image: JpegImageFile, parts: list[Image.Image]) -> Image.Image:
    """Put components together as libjpeg and Pillow do."""
    transform: int | None = image.info.get("adobe_transform")
    names = bytes(number for number, _, _, _ in image.layer)
    match parts:
        case [grey]:
            return grey
        case [_, _, _] if transform == 0 or (transform is None and "jfif" not in image.info and names == b"RGB"):
            return Image.merge("RGB", parts)
        case [_, _, _]:
            return Image.merge("YCbCr", parts).convert("RGB")
        case [*colours, black] if len(colours) == 3 and transform == 2:  # noqa: PLR2004 - Adobe's own
            return Image.merge("CMYK", (*Image.merge("YCbCr", colours).convert("RGB").split(), _inverted(black)))
        case [_, _, _, _]:
            return Image.merge("CMYK", [_inverted(each) for each in parts])
        case _:
            raise ImageRefused(ImageFault.UNUSABLE)


def _inverted(image: Image.Image) -> Image.Image:
    return image.point([255 - value for value in range(256)])


def _png(path: Path, judged: Judged) -> Decoded:
    header = png.read_header(path)
    size = (header.width, header.height)
    image = png.decode(path, header, judged(*size))
    return Decoded(image=image, width=size[0], height=size[1], profile=header.profile, exif=header.exif)


def _webp(path: Path, judged: Judged) -> Decoded:
    from bot.media.images import webp  # noqa: PLC0415 - with FFmpeg, which few files need

    file = webp.read(path)
    size = (file.width, file.height)
    target = judged(*size)
    image = webp.decode(file, target)
    canvas = Canvas(width=image.width, height=image.height, target=target)
    canvas.add_whole(image)
    return Decoded(image=canvas.finish(), width=size[0], height=size[1], profile=file.profile, exif=file.exif)


def _heic(path: Path, judged: Judged) -> Decoded:
    from bot.media.images import heic  # noqa: PLC0415 - with libheif, which few files need

    file = heic.read(path)
    size = file.image.size
    image = file.decode(judged(*size))
    return Decoded(image=image, width=size[0], height=size[1], profile=file.profile)


def _by_pillow(path: Path, content_type: str, judged: Judged) -> Decoded:
    module, name = _PLUGINS[content_type]
    plugin: type[ImageFile.ImageFile] = getattr(importlib.import_module(module), name)
    with path.open("rb") as file:
        image = plugin(file)
        size = image.size
        target = judged(*size)
        if content_type == "image/avif" and (decoded := _large_avif(path, image, target)) is not None:
            return decoded
        image.load()
    return _shrunk(image, size, target, turned=content_type == "image/tiff")


def _large_avif(path: Path, image: ImageFile.ImageFile, target: tuple[int, int]) -> Decoded | None:
    """Decode a large AVIF without several whole copies; None for one that is small, or a grid."""
    width, height = image.size
    if width * height <= PILLOW_AVIF_PIXELS:
        return None
    from bot.media.images import frames  # noqa: PLC0415 - with FFmpeg, which few files need

    try:
        shown = frames.avif_frame(path, image.size, target)
    except frames.NoFrame:
        return None
    profile: bytes = image.info.get("icc_profile") or b""
    return Decoded(image=shown, width=width, height=height, profile=profile, orientation=orientation_of(image))


def _shrunk(
    image: ImageFile.ImageFile, size: tuple[int, int], target: tuple[int, int], *, turned: bool = False
) -> Decoded:
    """Shrink a loaded picture; `turned` says that it is upright already."""
    orientation = 1 if turned else orientation_of(image)
    profile: bytes = image.info.get("icc_profile") or b""
    canvas = Canvas(width=image.width, height=image.height, target=target)
    canvas.add_whole(image)
    return Decoded(image=canvas.finish(), width=size[0], height=size[1], profile=profile, orientation=orientation)


def orientation_of(image: Image.Image) -> int:
    """Read the orientation from EXIF; a sound picture with unsound EXIF is upright."""
    with suppress(Exception):
        value: object = image.getexif().get(ExifTags.Base.Orientation)
        if isinstance(value, SupportsInt) and not isinstance(value, str | bytes):
            return int(value)
    return 1


def _refuse_mostly_missing(image: Image.Image) -> None:
    """Refuse a picture of which more than a quarter of the rows never came; decoders leave them in one gray."""
    below = image.convert("RGB").crop((0, int(image.height * ENOUGH_ROWS), image.width, image.height))
    if below.getextrema() in [((grey, grey),) * 3 for grey in MISSING]:
        raise ImageRefused(ImageFault.BROKEN)
