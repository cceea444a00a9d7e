"""PNG files read a strip at a time, so that 64 megapixels of any mode fit in little memory.

Pillow needs the whole picture at up to four bytes a pixel. Here the rows are inflated one strip after the other, and
Pillow's own decoder takes each strip as a small picture: its first row is the last one of the strip before, which the
filters refer to. Of 16 bits a sample the lower 8 are left out first; no filter mixes them with the upper ones.
"""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from PIL import Image

from bot.media.images.canvas import Canvas

SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
PIECE: Final = 65_536  # bytes that are read, and inflated, at once
MOST_KEPT: Final = 16_000_000  # bytes of a color profile
MOST_TEXT: Final = 1_000_000
ENOUGH_ROWS: Final = 0.75  # of a picture whose tail is missing or damaged
WHOLE_INTERLACED: Final = 24_000_000  # pixels that are decoded at once, where they are interlaced

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
_CHANNELS: Final = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
_DEPTHS: Final = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
_EIGHT_BITS: Final = {1: "L", 2: "LA", 3: "RGB", 4: "RGBA"}
# Adam7's passes: where each begins, and how far apart its pixels are.
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
_COARSEST: Final = 4  # the first pass that has enough pixels to stand for the picture


class BadPng(Exception):
    """The file is no PNG that can be read."""


@dataclass(slots=True, kw_only=True)
class Png:
    """What stands before the pixels of a PNG file."""

    width: int
    height: int
    depth: int  # bits a sample
    colour: int
    interlaced: bool
    palette: bytes = b""
    transparency: bytes = b""
    profile: bytes = b""  # ICC
    exif: bytes = b""

    @property
    def channels(self) -> int:
        return _CHANNELS[self.colour]

    def row_bytes(self, width: int) -> int:
        return -(-width * self.channels * self.depth // 8)


def read_header(path: Path) -> Png:
    """Read what stands before the pixels; chunks that aren't needed may be unsound. Raises BadPng."""
    png: Png | None = None
    with path.open("rb") as file:
        for kind, length in _chunks(file):
            if kind == b"IDAT":
                break
            if png is None:
                png = _first_chunk(kind, file.read(min(length, 13)))
            elif kind in {b"PLTE", b"tRNS", b"iCCP", b"eXIf", b"zTXt", b"tEXt"} and length <= MOST_KEPT:
                _note(png, kind, file.read(length))
    if png is None or (png.colour == PALETTE and not png.palette):
        raise BadPng
    return png


def decode(path: Path, png: Png, target: tuple[int, int]) -> Image.Image:
    """Return the picture at `target` size in mode L, RGB or RGBA. Raises BadPng where too little of it is there."""
    if png.interlaced:
        return _interlaced(path, png, target)
    canvas = Canvas(width=png.width, height=png.height, target=target)
    rows = _add_rows(_Pixels(path), png, canvas)
    if rows < ENOUGH_ROWS * png.height:
        raise BadPng
    return canvas.finish()


def _interlaced(path: Path, png: Png, target: tuple[int, int]) -> Image.Image:
    """Decode a small one at once. Of a large one, or one that is cut off, the finest whole pass stands for it."""
    if png.width * png.height <= WHOLE_INTERLACED:
        try:
            image = _at_once(path, png)
        except ValueError:
            pass  # the tail is missing
        else:
            canvas = Canvas(width=png.width, height=png.height, target=target)
            canvas.add_whole(_coloured(image, png))
            return canvas.finish()
    pixels, finest = _Pixels(path), None
    for number, (left, top, across, down) in enumerate(_PASSES):
        width, height = -(-(png.width - left) // across), -(-(png.height - top) // down)
        if width <= 0 or height <= 0:
            continue
        canvas = Canvas(width=width, height=height, target=target)
        if _add_rows(pixels, png, canvas) < height:
            break
        if number >= _COARSEST:
            finest = canvas
    if finest is None:
        raise BadPng
    return finest.finish().resize(target, Image.Resampling.LANCZOS)


def _at_once(path: Path, png: Png) -> Image.Image:
    mode, raw = {
        (GREY, 1): ("1", "1"),
        (GREY, 2): ("L", "L;2"),
        (GREY, 4): ("L", "L;4"),
        (GREY, 16): ("I;16", "I;16B"),
        (RGB, 16): ("RGB", "RGB;16B"),
        (GREY_ALPHA, 16): ("RGBA", "LA;16B"),
        (RGBA, 16): ("RGBA", "RGBA;16B"),
        (PALETTE, 1): ("P", "P;1"),
        (PALETTE, 2): ("P", "P;2"),
        (PALETTE, 4): ("P", "P;4"),
        (PALETTE, 8): ("P", "P"),
    }.get((png.colour, png.depth), (_EIGHT_BITS[png.channels],) * 2)
    data = b"".join(_compressed(path))
    image = Image.frombytes(mode, (png.width, png.height), data, "zip", raw, 1)
    if mode == "I;16":
        return Image.frombytes("L", image.size, image.tobytes()[1::2])
    return image.convert("L") if mode == "1" else image


def _add_rows(pixels: "_Pixels", png: Png, canvas: Canvas) -> int:
    """Decode the rows of a picture or pass; return how many there were."""
    row = png.row_bytes(canvas.width)
    kept = row // 2 if png.depth == 16 else row  # noqa: PLR2004 - PNG's own
    mode = _EIGHT_BITS[png.channels]
    columns = kept // png.channels  # where several pixels share a byte, that byte is a column
    before, done = bytes(kept), 0
    while done < canvas.height:
        lines = min(canvas.strip_rows, canvas.height - done)
        data = pixels.take(lines * (row + 1))
        count = len(data) // (row + 1)
        if count == 0:
            break
        if kept != row:
            starts = range(0, count * (row + 1), row + 1)
            data = b"".join(data[at : at + 1] + data[at + 1 : at + 1 + row : 2] for at in starts)
        stream = zlib.compress(b"\0" + before + data[: count * (kept + 1)], 0)
        try:
            decoded = Image.frombytes(mode, (columns, count + 1), stream, "zip", mode)
        except ValueError:
            break  # there is no such filter: what follows is damaged
        before = decoded.crop((0, count, columns, count + 1)).tobytes()
        canvas.add(_coloured(_unpacked(decoded.crop((0, 1, columns, count + 1)), png, canvas.width), png))
        done += count
    return done


def _unpacked(strip: Image.Image, png: Png, width: int) -> Image.Image:
    """Take apart the pixels that share bytes."""
    if png.depth >= 8:  # noqa: PLR2004 - bits of a byte
        return strip
    mode = "P" if png.colour == PALETTE else "1" if png.depth == 1 else "L"
    raw = mode if mode == "1" else f"{mode};{png.depth}"
    unpacked = Image.frombytes(mode, (width, strip.height), strip.tobytes(), "raw", raw)
    return unpacked.convert("L") if mode == "1" else unpacked


def _coloured(image: Image.Image, png: Png) -> Image.Image:
    """Apply palette and transparency."""
    shift, scale = (8, 1) if png.depth == 16 else (0, 255 // (2**png.depth - 1))  # noqa: PLR2004 - PNG's own
    if png.colour == PALETTE:
        if image.mode != "P":
            image = Image.frombytes("P", image.size, image.tobytes())
        colours = png.palette.ljust(768, b"\0")
        alphas = png.transparency.ljust(256, b"\xff")
        table = b"".join(colours[3 * index : 3 * index + 3] + alphas[index : index + 1] for index in range(256))
        image.putpalette(table, "RGBA")
        return image.convert("RGBA" if png.transparency else "RGB")
    if png.colour == GREY and len(png.transparency) >= 2:  # noqa: PLR2004 - a sample
        clear = (int.from_bytes(png.transparency[:2], "big") >> shift) * scale
        image = Image.merge("LA", (image, image.point([255 * (value != clear) for value in range(256)])))
    elif png.colour == RGB and len(png.transparency) >= 6:  # noqa: PLR2004 - three samples
        samples = [int.from_bytes(png.transparency[at : at + 2], "big") >> shift for at in (0, 2, 4)]
        image.info["transparency"] = tuple(samples)
        image = image.convert("RGBA")
    return image


class _Pixels:
    """The inflated pixel data of a file, as far as it is there and sound."""

    def __init__(self, path: Path) -> None:
        self._compressed = _compressed(path)
        self._inflater = zlib.decompressobj()
        self._ready = bytearray()

    def take(self, count: int) -> bytes:
        """Return the next `count` bytes, or fewer where they end."""
        while len(self._ready) < count:
            piece = self._inflater.unconsumed_tail or next(self._compressed, b"")
            if not piece:
                break
            try:
                self._ready += self._inflater.decompress(piece, 16 * PIECE)
            except zlib.error:
                self._compressed = iter(())
                break
        taken = bytes(self._ready[:count])
        del self._ready[:count]
        return taken


def _compressed(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for kind, length in _chunks(file):
            left = length if kind == b"IDAT" else 0
            while left and (piece := file.read(min(left, PIECE))):
                left -= len(piece)
                yield piece


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int]]:
    """Yield the kind and length of each chunk, with the file at its data. Checksums don't matter."""
    if file.read(8) != SIGNATURE:
        raise BadPng
    at = 8
    while len(head := file.read(8)) == 8:  # noqa: PLR2004 - PNG's own
        length = int.from_bytes(head[:4], "big")
        yield head[4:], length
        at += 12 + length
        file.seek(at)


def _first_chunk(kind: bytes, data: bytes) -> Png:
    if kind != b"IHDR" or len(data) < 13:  # noqa: PLR2004 - PNG's own
        raise BadPng
    depth, colour = data[8], data[9]
    png = Png(
        width=int.from_bytes(data[:4], "big"),
        height=int.from_bytes(data[4:8], "big"),
        depth=depth,
        colour=colour,
        interlaced=data[12] == 1,
    )
    if not png.width or not png.height or depth not in _DEPTHS.get(colour, ()):
        raise BadPng
    return png


def _note(png: Png, kind: bytes, data: bytes) -> None:
    match kind:
        case b"PLTE":
            png.palette = data[:768]
        case b"tRNS":
            png.transparency = data[:256]
        case b"iCCP":
            png.profile = _inflated(data.partition(b"\0")[2][1:], MOST_KEPT)
        case b"eXIf":
            png.exif = data
        case _ if data.startswith(b"Raw profile type exif\0") and not png.exif and len(data) <= MOST_TEXT:
            text = data.partition(b"\0")[2]
            png.exif = _hex_profile(text if kind == b"tEXt" else _inflated(text[1:], MOST_TEXT))
        case _:
            pass


def _inflated(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most)
    except zlib.error:
        return b""


def _hex_profile(text: bytes) -> bytes:
    """Read ImageMagick's form of metadata: a name, a length, and hex digits, a line each."""
    try:
        return bytes.fromhex("".join(text.decode("ascii", "ignore").split("\n")[3:]))
    except ValueError:
        return b""
