"""PNG files of every kind, in few bytes."""

import struct
import zlib

_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def png_of(
    width: int,
    height: int,
    *,
    depth: int = 8,
    colour: int = 2,
    interlaced: bool = False,
    rows: int | None = None,
    before: bytes = b"",
) -> bytes:
    """Make a picture of a repeating pattern, with a filter of each kind; `rows` are all that it has, if given.

    `before` stands before the pixels: see `chunk`.
    """
    compressor = zlib.compressobj(1)
    pixels = bytearray()
    passes = _PASSES if interlaced else ((0, 0, 1, 1),)
    for left, top, across, down in passes:
        columns, lines = -(-(width - left) // across), -(-(height - top) // down)
        if columns <= 0 or lines <= 0:
            continue
        row_bytes = -(-columns * _CHANNELS[colour] * depth // 8)
        pattern = [bytes([line % 5]) + _row(row_bytes, line) for line in range(10)]
        for line in range(lines if rows is None else min(lines, rows)):
            pixels += compressor.compress(pattern[line % 10])
    pixels += compressor.flush()
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + chunk(b"IDAT", bytes(pixels)) + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _row(length: int, seed: int) -> bytes:
    unit = bytes((31 * at + 7 * seed) % 256 if at % 13 == seed else 0 for at in range(260))
    return (unit * (length // 260 + 1))[:length]
