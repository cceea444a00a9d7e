"""What a file says of its own length: the index of an MP4 (ISO/IEC 14496-12), the header of other containers.

FFmpeg plays what there is of a file and does not say that the rest is missing, so this reads the index itself.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from bot.media.errors import VideoCut

MOST_INDEX: Final = 64 * 1024**2  # bytes: some 400 hours of pictures and sound
DEEPEST: Final = 8  # how many boxes can stand in one another, and be read
MOST_BOXES: Final = 200_000  # in one box or file; a fragment of a second has two
# What a file can begin with to be one of this family: a download may be cut within the first box.
_FIRST: Final = frozenset({b"ftyp", b"moov", b"mdat", b"moof", b"styp", b"free", b"skip", b"wide", b"pnot"})
_PARENTS: Final = frozenset({b"mdia", b"minf", b"stbl", b"edts", b"mvex"})
UPRIGHT: Final = (1 << 16, 0, 0, 0, 1 << 16, 0)  # of a display matrix: not turned, not mirrored
SLACK: Final = 0.25  # seconds by which a track may be cut short at its end by its edit list
LEAD: Final = 1.0  # seconds that every player skips at the beginning where the edit list says so
XMP: Final = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")  # the id of its box (ISO 16684-3)
MOST_NOTES: Final = 65_536  # bytes
EBML: Final = b"\x1a\x45\xdf\xa3"
SEGMENT: Final = b"\x18\x53\x80\x67"
Box = memoryview
Place = tuple[bytes, int, int]  # of a box: its type, and where its contents begin and end


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    number: int  # FFmpeg's id of the stream
    upright: bool  # nothing has players turn or mirror it
    plainly_edited: bool  # its edit list takes nothing out, and repeats nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Index:
    brand: bytes  # the major one, b"qt  " for QuickTime; empty where the file names none
    in_front: bool
    fragmented: bool
    tracks: tuple[Track, ...]
    notes: bytes = b""  # its XMP box, which may say that an AI made it (IPTC's digital source type)

    def track(self, number: int) -> Track | None:
        return next((each for each in self.tracks if each.number == number), None)


def read_index(path: Path) -> Index | None:
    """Read the index of a file; None if it is of another family.

    Raises `VideoCut` where the index names bytes that the file does not have, or is itself not all there.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if file.read(8)[4:] not in _FIRST:
            return None
        places = list(_top_boxes(file, size))
        order = [kind for kind, _, _ in places]
        brand, moov = _contents(file, places, b"ftyp", size)[:4], memoryview(_contents(file, places, b"moov", size))
        notes = _notes(file, places, size)
        _check_segments(_contents(file, places, b"sidx", size), places, size)
    if not moov:
        raise VideoCut("no index")
    try:
        fragmented = b"moof" in order or any(kind == b"mvex" for kind, _ in _boxes(moov))
        tracks = tuple(_track(body, moov, size) for kind, body in _boxes(moov) if kind == b"trak")
    except (struct.error, LookupError, ZeroDivisionError) as error:
        raise VideoCut("the index can't be read") from error
    if fragmented and places[-1][2] > size:
        raise VideoCut("the last fragment is cut off")
    in_front = b"mdat" not in order or order.index(b"moov") < order.index(b"mdat")
    return Index(brand=brand, in_front=in_front, fragmented=fragmented, tracks=tracks, notes=notes)


def _contents(file: BinaryIO, places: Sequence[Place], kind: bytes, size: int) -> bytes:
    """Read the first box of a type; nothing where there is none."""
    for found, start, end in places:
        if found == kind:
            if end > size or end - start > MOST_INDEX:
                raise VideoCut("the index is cut off")
            file.seek(start)
            return file.read(end - start)
    return b""


def _notes(file: BinaryIO, places: Sequence[Place], size: int) -> bytes:
    """Read the box with an XMP packet; nothing where there is none, or none of a sensible length."""
    for kind, start, end in places:
        if kind == b"uuid" and end <= size and end - start <= MOST_NOTES:
            file.seek(start)
            box = file.read(end - start)
            if box.startswith(XMP):
                return box
    return b""


def check_length(path: Path) -> None:
    """Compare the length in the header of a Matroska, WebM or AVI with the file's; raises `VideoCut`."""
    with path.open("rb") as file:
        head = file.read(4096)
    stated = _matroska_length(head) if head[:4] == EBML else None
    if head[:4] == b"RIFF" and len(head) >= 8:  # noqa: PLR2004 - up to its length
        stated = 8 + struct.unpack_from("<I", head, 4)[0]
    if stated is not None and stated > path.stat().st_size:
        raise VideoCut(f"the header states {stated} bytes, of which {path.stat().st_size} are there")


def _matroska_length(head: bytes) -> int | None:
    """Return where the segment after the EBML header ends (RFC 8794); None where it does not say."""
    header = _ebml_size(head, 4)
    if header is None:
        return None
    segment = header[1] + header[0]
    if head[segment : segment + 4] != SEGMENT:
        return None
    length = _ebml_size(head, segment + 4)
    return None if length is None else length[1] + length[0]


def _ebml_size(head: bytes, at: int) -> tuple[int, int] | None:
    """Read a size and where it ends; None for an unknown one."""
    if at >= len(head) or not head[at]:
        return None
    width = 9 - head[at].bit_length()
    value = int.from_bytes(head[at : at + width]) & ((1 << 7 * width) - 1)
    return None if value == (1 << 7 * width) - 1 else (value, at + width)


def _top_boxes(file: BinaryIO, size: int) -> Iterator[Place]:
    """Yield type, begin and end of the contents of each box; what is no box ends the list."""
    at = 0
    for _ in range(MOST_BOXES):
        file.seek(at)
        header = file.read(16)
        if len(header) < 8:  # noqa: PLR2004 - the header of a box
            return
        length, kind = struct.unpack_from(">I4s", header)
        begin = at + 8
        if length == 1 and len(header) == 16:  # noqa: PLR2004 - with a long size
            length, begin = struct.unpack_from(">Q", header, 8)[0], at + 16
        elif length == 0:  # up to the end
            length = size - at
        if at + length < begin or not kind.isascii():
            return
        yield kind, begin, at + length
        at += length


def _boxes(box: Box, depth: int = 0) -> Iterator[tuple[bytes, Box]]:
    """Yield the boxes within a box, those of its plain parents too, but not what is within tracks."""
    at = 0
    while at + 8 <= len(box):
        length, kind = struct.unpack_from(">I4s", box, at)
        begin = at + 8
        if length == 1 and at + 16 <= len(box):
            length, begin = struct.unpack_from(">Q", box, at + 8)[0], at + 16
        elif length == 0:
            length = len(box) - at
        if at + length < begin:
            return
        body = box[begin : at + length]
        yield kind, body
        if kind in _PARENTS and depth < DEEPEST:
            yield from _boxes(body, depth + 1)
        at += length


def _check_segments(box: bytes, places: Sequence[Place], size: int) -> None:
    """Hold the lengths in a list of segments (`sidx`) against the size of the file."""
    if len(box) < 32:  # noqa: PLR2004 - of one with a segment
        return
    end = next(end for kind, _, end in places if kind == b"sidx")
    form, after = (">QQ", 28) if box[0] else (">II", 20)
    _, gap = struct.unpack_from(form, box, 12)
    lengths = [struct.unpack_from(">I", box, at)[0] & 0x7FFFFFFF for at in range(after + 4, len(box) - 11, 12)]
    if end + gap + sum(lengths) > size:
        raise VideoCut("segments are missing")


def _track(trak: Box, moov: Box, size: int) -> Track:
    parts = dict(reversed(list(_boxes(trak))))
    reach = _reach(parts)
    if reach > size:
        raise VideoCut(f"the index names {reach} bytes, of which {size} are there")
    tkhd = parts[b"tkhd"]
    movie_scale = _time_scale(dict(_boxes(moov)).get(b"mvhd", Box(b"")))[0]
    return Track(
        number=struct.unpack_from(">I", tkhd, 20 if tkhd[0] else 12)[0],
        upright=_is_upright(tkhd),
        plainly_edited=_is_plainly_edited(parts, movie_scale),
    )


def _reach(parts: dict[bytes, Box]) -> int:
    """Return where the last byte of a track's samples is, by its tables."""
    offsets = _chunk_offsets(parts)
    sizes = _SampleSizes(parts)
    runs = _numbers(parts.get(b"stsc"), ">III")  # first chunk, samples in each, description
    reach = sample = 0
    for place, (first, each, _) in enumerate(runs):
        after = runs[place + 1][0] if place + 1 < len(runs) else len(offsets) + 1
        for chunk in range(max(1, first), min(after, len(offsets) + 1)):
            taken = min(each, sizes.count - sample)
            reach = max(reach, offsets[chunk - 1] + sizes.total(sample, taken))
            sample += taken
    if sample < sizes.count:
        raise VideoCut(f"the index places {sample} of {sizes.count} samples")
    return reach


def _chunk_offsets(parts: dict[bytes, Box]) -> list[int]:
    if b"co64" in parts:
        return [offset for (offset,) in _numbers(parts[b"co64"], ">Q")]
    return [offset for (offset,) in _numbers(parts.get(b"stco"), ">I")]


class _SampleSizes:
    def __init__(self, parts: dict[bytes, Box]) -> None:
        box = parts.get(b"stsz", Box(b""))
        self._each, self.count = struct.unpack_from(">II", box, 4) if len(box) else (1, 0)
        self._table: list[int] = []
        if not self._each:
            self._table = [size for (size,) in _numbers(box[4:], ">I")]

    def total(self, first: int, count: int) -> int:
        return self._each * count or sum(self._table[first : first + count])


def _numbers(box: Box | None, form: str) -> list[tuple[int, ...]]:
    """Read a table: after version and flags, how many rows there are, and then the rows."""
    if box is None:
        return []
    count = struct.unpack_from(">I", box, 4)[0]
    length = count * struct.calcsize(form)
    if 8 + length > len(box):
        raise VideoCut("the index has fewer rows than it says")
    return list(struct.iter_unpack(form, box[8 : 8 + length]))


def _time_scale(box: Box) -> tuple[int, int]:
    """Read the units a second and the length in them of `mvhd` or `mdhd`."""
    if box[0]:
        return struct.unpack_from(">IQ", box, 20)  # pyright: ignore[reportReturnType] - two numbers
    return struct.unpack_from(">II", box, 12)  # pyright: ignore[reportReturnType]


def _is_upright(tkhd: Box) -> bool:
    # a, b, u, c, d, v, and then where it stands on a canvas that no player draws.
    return struct.unpack_from(">6i", tkhd, 52 if tkhd[0] else 40) == UPRIGHT


def _is_plainly_edited(parts: dict[bytes, Box], movie_scale: int) -> bool:
    """Return whether the edit list says only when the track begins, and which of its first moments to skip."""
    box = parts.get(b"elst")
    rows = _numbers(box, ">QqI" if box[0] else ">IiI") if box else []
    if not rows:
        return True
    *pauses, (length, begins, rate) = rows
    scale, media_length = _time_scale(parts[b"mdhd"])
    # The delay of B-frames, which the first picture's own offset tells, is no cut.
    lead = max(LEAD * scale, _first_offset(parts))
    is_whole = not length or length / movie_scale >= (media_length - begins) / scale - SLACK
    return all(row[1] == -1 for row in pauses) and rate == 1 << 16 and 0 <= begins <= lead and is_whole


def _first_offset(parts: dict[bytes, Box]) -> int:
    rows = _numbers(parts.get(b"ctts"), ">II")
    return rows[0][1] if rows else 0
