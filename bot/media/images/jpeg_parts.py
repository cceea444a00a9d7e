"""Large JPEG files taken apart: each component becomes a gray file of its own.

libjpeg keeps all coefficients of a progressive file in memory, two bytes for each sample of each component: 384 MB for
64 megapixels in 4:4:4. One component after the other takes a third of that. Most scans have a single component and are
copied as they are. The lowest frequencies (DC) of all of them mostly come in one scan: its bits are parted by a regular
expression that is made of the Huffman codes. ITU-T T.81 has the format.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from operator import sub
from pathlib import Path
from typing import Final

BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2  # markers
DHT, SOI, EOI, SOS, DQT, DRI = 0xC4, 0xD8, 0xD9, 0xDA, 0xDB, 0xDD
_TABLES: Final = frozenset({DHT, DQT, DRI})
_OTHER_FRAMES: Final = frozenset(range(0xC3, 0xD0)) - {DHT, 0xC8}
_BARE: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # without contents
_RESTART: Final = re.compile(rb"\xff[\xd0-\xd7]")
_NEXT: Final = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
_PIECE: Final = 1_000_000  # bits that become bytes at once
# Our own table of DC codes: four bits for each number of bits that follow, up to 14.
_OUR_CODES: Final = bytes([0x00, 0, 0, 0, 15, *[0] * 12, *range(15)])


class NotSeparable(Exception):
    """The file's components can't be told apart this way."""


@dataclass(slots=True, kw_only=True)
class Component:
    number: int
    across: int  # blocks in a unit of a scan that has several components
    down: int
    quantization: int
    size: tuple[int, int] = (0, 0)  # pixels
    parts: list[bytes] = field(default_factory=list[bytes])  # tables and scans

    @property
    def blocks(self) -> int:
        return self.across * self.down


@dataclass(slots=True, kw_only=True)
class Jpeg:
    before: list[bytes] = field(default_factory=list[bytes])  # the tables that come before the frame
    components: list[Component] = field(default_factory=list[Component])
    kind: int = 0
    units: tuple[int, int] = (0, 0)  # across and down, of a scan that has several components
    interval: int = 0  # units after which a scan begins again
    codes: dict[int, dict[str, int]] = field(default_factory=dict[int, dict[str, int]])  # of DC: bits that follow

    def grey(self, index: int) -> bytes:
        """Return a file with nothing but one component."""
        one = self.components[index]
        width, height = one.size
        frame = bytes([8, *height.to_bytes(2), *width.to_bytes(2), 1, 1, 0x11, one.quantization])
        parts = [bytes([0xFF, SOI]), *self.before, _segment(self.kind, frame), *one.parts, bytes([0xFF, EOI])]
        return b"".join(parts)


def take_apart(path: Path) -> Jpeg:
    """Read a file; raises NotSeparable, or nearly anything for damaged bytes."""
    jpeg = Jpeg()
    for marker, contents, scan in _segments(path.read_bytes()):
        if marker in _OTHER_FRAMES:
            raise NotSeparable
        if marker in {BASELINE, EXTENDED, PROGRESSIVE}:
            _note_frame(jpeg, marker, contents)
        elif marker in _TABLES:
            _note_table(jpeg, marker, contents)
        elif marker == SOS:
            _add_scan(jpeg, contents, scan)
    return jpeg


def _segments(data: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yield markers, what is in their segments, and what comes after it: the pixels of a scan."""
    at = 0
    while (found := _NEXT.search(data, at)) is not None:
        marker, at = data[found.end() - 1], found.end()
        if marker == EOI:
            return
        if marker in _BARE:
            continue
        begin, at = at + 2, at + int.from_bytes(data[at : at + 2])
        end = at
        if marker == SOS:
            after = _NEXT.search(data, at)
            end = after.start() if after else len(data)
        yield marker, data[begin:at], data[at:end]


def _note_frame(jpeg: Jpeg, kind: int, contents: bytes) -> None:
    if contents[0] != 8 or jpeg.components:  # noqa: PLR2004 - bits a sample
        raise NotSeparable
    height, width = int.from_bytes(contents[1:3]), int.from_bytes(contents[3:5])
    jpeg.kind = kind
    jpeg.components = [
        Component(number=number, across=factors >> 4, down=factors & 15, quantization=table)
        for number, factors, table in zip(contents[6::3], contents[7::3], contents[8::3], strict=True)
    ]
    across, down = max(each.across for each in jpeg.components), max(each.down for each in jpeg.components)
    jpeg.units = -(-width // (8 * across)), -(-height // (8 * down))
    for each in jpeg.components:
        each.size = -(-width * each.across // across), -(-height * each.down // down)


def _note_table(jpeg: Jpeg, marker: int, contents: bytes) -> None:
    for parts in [each.parts for each in jpeg.components] or [jpeg.before]:
        parts.append(_segment(marker, contents))
    if marker == DHT:
        _note_codes(jpeg.codes, contents)
    elif marker == DRI:
        jpeg.interval = int.from_bytes(contents[:2])


def _note_codes(codes: dict[int, dict[str, int]], contents: bytes) -> None:
    at = 0
    while at < len(contents):
        table, counts = contents[at], contents[at + 1 : at + 17]
        at += 17
        code, found = 0, dict[str, int]()
        for length, count in enumerate(counts, start=1):
            for symbol in contents[at : at + count]:
                found[f"{code:0{length}b}"] = symbol
                code += 1
            at += count
            code <<= 1
        if table >> 4 == 0:
            codes[table] = found


def _add_scan(jpeg: Jpeg, contents: bytes, scan: bytes) -> None:
    count = contents[0]
    by_number = {each.number: each for each in jpeg.components}
    members = [(by_number[contents[1 + 2 * at]], contents[2 + 2 * at]) for at in range(count)]
    last = contents[1 + 2 * count :]  # the first and last frequency, and which bits of them
    if count == 1:
        [(one, tables)] = members
        one.parts += [_segment(SOS, bytes([1, 1, tables, *last])), scan]
        return
    if jpeg.kind != PROGRESSIVE or last[0] != 0:
        raise NotSeparable
    is_first = last[2] >> 4 == 0
    sorted_bits = _Sorted(jpeg, [each for each, _ in members], is_first=is_first)
    sorted_bits.read(scan, [jpeg.codes.get(tables >> 4, {}) for _, tables in members])
    for (one, _), bits in zip(members, sorted_bits.outputs, strict=True):
        before = [_segment(DHT, _OUR_CODES)] if is_first else []
        scan_header = _segment(SOS, bytes([1, 1, 0, *last]))
        none, again = (_segment(DRI, each.to_bytes(2)) for each in (0, jpeg.interval))
        one.parts += [*before, none, scan_header, bits.finish(), again]


class _Sorted:
    """The bits of a scan of DC by component, each with its blocks from left to right and from the top down."""

    def __init__(self, jpeg: Jpeg, components: Sequence[Component], *, is_first: bool) -> None:
        self._jpeg = jpeg
        self._components = components
        self._is_first = is_first  # of the scans: it has whole numbers, and later ones a bit more of each
        self.outputs = [_Bits() for _ in components]
        self._units: list[list[int]] = [[] for _ in components]  # numbers of blocks that don't fill a row yet
        self._rows = [0 for _ in components]
        self._latest = [0 for _ in components]
        self._texts = _Texts()

    def read(self, scan: bytes, codes: Sequence[dict[str, int]]) -> None:
        groups = ""
        for each, table in zip(self._components, codes, strict=True):
            one = "|".join(code + "." * more for code, more in table.items()) if self._is_first else "."
            groups += f"({one})" * each.blocks
        pattern = re.compile(groups)
        differences = [_Differences(table) for table in codes]
        total = self._jpeg.units[0] * self._jpeg.units[1]
        for piece in _RESTART.split(scan):
            number = int.from_bytes(b"\1" + piece.replace(b"\xff\0", b"\xff"))
            units = pattern.finditer(f"{number:b}", 1)  # without the bit that keeps zeros in front
            before = [0 for _ in self._components]
            left = min(self._jpeg.interval or total, total)
            while some := [each.groups() for each in islice(units, min(left, self._jpeg.units[0]))]:
                left -= len(some)
                total -= len(some)
                self._take(some, differences, before)

    def _take(self, units: list[tuple[str, ...]], differences: "list[_Differences]", before: list[int]) -> None:
        """Sort some units; `before` has the numbers that the first differences refer to, and gets the last ones."""
        at = 0
        for index, component in enumerate(self._components):
            texts = [text for unit in units for text in unit[at : at + component.blocks]]
            at += component.blocks
            if self._is_first:
                numbers = list(accumulate(map(differences[index].__getitem__, texts), initial=before[index]))
                before[index] = numbers[-1]
                self._units[index] += numbers[1:]
            else:
                self._units[index] += map(int, texts)
            row = self._jpeg.units[0] * component.blocks
            while len(self._units[index]) >= row:
                self._write(index, self._units[index][:row])
                del self._units[index][:row]

    def _write(self, index: int, numbers: list[int]) -> None:
        """Write the rows of blocks that a row of units has, without the blocks that only fill it up."""
        component = self._components[index]
        width, height = (-(-side // 8) for side in component.size)
        for line in range(component.down):
            if self._rows[index] == height:
                return
            self._rows[index] += 1
            row = [0] * (self._jpeg.units[0] * component.across)
            for column in range(component.across):
                row[column :: component.across] = numbers[line * component.across + column :: component.blocks]
            del row[width:]
            if self._is_first:
                row, self._latest[index] = list(map(sub, row, [self._latest[index], *row])), row[-1]
                self.outputs[index].add("".join(map(self._texts.__getitem__, row)))
            else:
                self.outputs[index].add("".join(map(str, row)))


class _Differences(dict[str, int]):
    """What the bits of a difference mean, by a table of codes."""

    def __init__(self, codes: dict[str, int]) -> None:
        super().__init__()
        self._codes = codes

    def __missing__(self, text: str) -> int:
        code = next(each for each in self._codes if text.startswith(each))
        more = text[len(code) :]
        value = int(more, 2) if more else 0
        self[text] = value = value if not more or more[0] == "1" else value - 2 ** len(more) + 1
        return value


class _Texts(dict[int, str]):
    """The bits of a difference, by our own codes."""

    def __missing__(self, difference: int) -> str:
        count = abs(difference).bit_length()
        value = difference if difference >= 0 else difference + 2**count - 1
        self[difference] = text = f"{count:04b}" + (f"{value:0{count}b}" if count else "")
        return text


class _Bits:
    """The pixels of a scan, as they come."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._bits = ""

    def add(self, bits: str) -> None:
        self._bits += bits
        if len(self._bits) >= _PIECE:
            self._keep(len(self._bits) // 8 * 8)

    def finish(self) -> bytes:
        self._bits += "1" * (-len(self._bits) % 8)
        self._keep(len(self._bits))
        return bytes(self._bytes)

    def _keep(self, count: int) -> None:
        if count:
            self._bytes += int(self._bits[:count], 2).to_bytes(count // 8).replace(b"\xff", b"\xff\0")
        self._bits = self._bits[count:]


def _segment(marker: int, contents: bytes) -> bytes:
    return bytes([0xFF, marker]) + (2 + len(contents)).to_bytes(2) + contents
