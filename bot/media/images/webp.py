"""WebP files, of animated ones the first frame, in less memory than Pillow's decoder of animations takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image
from PIL.WebPImagePlugin import WebPImageFile

from bot.media.errors import ImageRefused
from bot.media.images.frames import NoFrame, webp_frame
from bot.media.rules import ImageFault

PILLOW_PIXELS: Final = 6_000_000  # for each of which Pillow takes some 16 bytes
MOST_BY_PILLOW: Final = 14_000_000
ENOUGH: Final = 0.75  # of the bytes of a picture whose tail is missing
_FRAME_HEADER: Final = 16  # bytes before the chunks of a frame


class BadWebp(Exception):
    """The file is no WebP that can be read."""


@dataclass(slots=True, kw_only=True)
class Webp:
    """What a WebP file says of itself, and its first frame as a file of its own."""

    width: int = 0
    height: int = 0
    frame: bytes = b""
    frame_at: tuple[int, int] = (0, 0)
    frame_size: tuple[int, int] = (0, 0)
    profile: bytes = b""  # ICC
    exif: bytes = b""
    cut_off: bool = False


def read(path: Path) -> Webp:
    """Read a file up to its first frame, and what else is needed of it. Raises BadWebp."""
    data = path.read_bytes()
    webp = Webp()
    alpha = b""
    for kind, chunk, missing in _chunks(data[12:]):
        match kind:
            case b"VP8X" if len(chunk) >= 10:  # noqa: PLR2004 - WebP's own
                webp.width, webp.height = 1 + _little(chunk[4:7]), 1 + _little(chunk[7:10])
            case b"ALPH":
                alpha = chunk
            case b"VP8 " | b"VP8L" if not webp.frame:
                _note_frame(webp, [(b"ALPH", alpha)] if alpha else [], (kind, chunk), missing)
            case b"ANMF" if not webp.frame and len(chunk) > _FRAME_HEADER:
                webp.frame_at = (2 * _little(chunk[:3]), 2 * _little(chunk[3:6]))
                parts = list(_chunks(chunk[_FRAME_HEADER:]))
                before = [(b"ALPH", each) for name, each, _ in parts if name == b"ALPH"]
                pixels = next((each for each in parts if each[0] in {b"VP8 ", b"VP8L"}), (b"", b"", 0))
                _note_frame(webp, before, pixels[:2], pixels[2])
            case b"ICCP":
                webp.profile = chunk
            case b"EXIF":
                webp.exif = chunk
            case _:
                pass
    if not webp.frame:
        raise BadWebp
    if not webp.width:
        webp.width, webp.height = webp.frame_size
    return webp


def decode(webp: Webp, target: tuple[int, int]) -> Image.Image:
    """Return the first frame on its canvas, at `target` size or larger; raises BadWebp or NoFrame."""
    pixels = webp.width * webp.height
    if pixels <= PILLOW_PIXELS and not webp.cut_off:
        frame, size = _by_pillow(webp), (webp.width, webp.height)
    else:
        width = max(1, webp.frame_size[0] * target[0] // webp.width)
        height = max(1, webp.frame_size[1] * target[1] // webp.height)
        try:
            frame, size = webp_frame(webp.frame, (width, height)), target
        except NoFrame as error:  # FFmpeg before 8.1 can't read some sound ones
            if webp.cut_off:
                raise
            if pixels > MOST_BY_PILLOW:
                raise ImageRefused(ImageFault.UNUSABLE) from error
            frame, size = _by_pillow(webp), (webp.width, webp.height)
    if frame.size == size:
        return frame
    canvas = Image.new("RGBA", size)
    left, top = webp.frame_at
    canvas.paste(frame, (left * size[0] // webp.width, top * size[1] // webp.height))
    return canvas


def _by_pillow(webp: Webp) -> Image.Image:
    frame = WebPImageFile(BytesIO(webp.frame))
    frame.load()
    return frame


def _note_frame(webp: Webp, before: list[tuple[bytes, bytes]], pixels: tuple[bytes, bytes], missing: int) -> None:
    kind, data = pixels
    if missing and len(data) < ENOUGH * (len(data) + missing):
        raise BadWebp
    if kind == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        size = (_little(data[6:8]) & 0x3FFF, _little(data[8:10]) & 0x3FFF)
    elif kind == b"VP8L" and data[:1] == b"\x2f":
        bits = _little(data[1:5])
        size = (1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    else:
        raise BadWebp
    chunks = [*before, pixels]
    if before:
        sides = b"".join((side - 1).to_bytes(3, "little") for side in size)
        chunks.insert(0, (b"VP8X", b"\x10\0\0\0" + sides))
    body = b"".join(name + len(each).to_bytes(4, "little") + each + b"\0" * (len(each) % 2) for name, each in chunks)
    webp.frame = b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body
    webp.frame_size, webp.cut_off = size, missing > 0


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield the kind of each chunk, its bytes, and how many of them are missing at the end of the file."""
    at = 0
    while len(data) - at >= 8:  # noqa: PLR2004 - RIFF's own
        length = _little(data[at + 4 : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        yield data[at : at + 4], chunk, length - len(chunk)
        at += 8 + length + length % 2


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
