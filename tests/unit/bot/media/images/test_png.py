"""The reader of PNG files a strip at a time shows what Pillow shows, for every mode, and in little memory."""

import struct
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from benchmarks.pngs import chunk, png_of
from bot.media.images import png
from bot.media.images.canvas import Canvas

PALETTE = chunk(b"PLTE", bytes(range(256)) * 3)
KINDS = [
    *[(0, depth) for depth in (1, 2, 4, 8, 16)],
    *[(2, depth) for depth in (8, 16)],
    *[(3, depth) for depth in (1, 2, 4, 8)],
    *[(4, depth) for depth in (8, 16)],
    *[(6, depth) for depth in (8, 16)],
]


def before(colour: int, *, clear: bool) -> bytes:
    """Make the palette and the transparency of a kind."""
    transparency = {0: b"\0\0", 2: bytes(6), 3: bytes(range(2))}.get(colour)
    return (PALETTE if colour == 3 else b"") + (chunk(b"tRNS", transparency) if clear and transparency else b"")


def shown(path: Path, data: bytes, target: tuple[int, int]) -> Image.Image:
    path.write_bytes(data)
    return png.decode(path, png.read_header(path), target).convert("RGBA")


def expected(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as image:
        if image.mode != "I;16":
            return image.convert("RGBA")
        grey = Image.frombytes("L", image.size, image.tobytes()[1::2])
        if "transparency" in image.info:
            grey.info["transparency"] = int(image.info["transparency"]) >> 8
        return grey.convert("RGBA")


def differ(one: Image.Image, other: Image.Image) -> bool:
    """Compare what is seen: the colour of what is wholly transparent doesn't matter."""
    grounds = [Image.new("RGBA", one.size, "teal") for _ in range(2)]
    seen = [Image.alpha_composite(ground, each) for ground, each in zip(grounds, (one, other), strict=True)]
    return ImageChops.difference(*seen).getbbox() is not None


@pytest.mark.parametrize("interlaced", [False, True])
@pytest.mark.parametrize("clear", [False, True])
@pytest.mark.parametrize(("colour", "depth"), KINDS)
@pytest.mark.parametrize("size", [(1, 1), (9, 5), (137, 61)])
def test_every_mode_is_read_as_pillow_reads_it(
    tmp_path: Path, size: tuple[int, int], colour: int, depth: int, *, clear: bool, interlaced: bool
) -> None:
    data = png_of(*size, depth=depth, colour=colour, interlaced=interlaced, before=before(colour, clear=clear))
    assert not differ(shown(tmp_path / "a.png", data, size), expected(data))


@pytest.mark.parametrize(("colour", "depth"), KINDS)
def test_strips_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, colour: int, depth: int) -> None:
    monkeypatch.setattr("bot.media.images.canvas.STRIP_PIXELS", 7 * 137)
    data = png_of(137, 61, depth=depth, colour=colour, before=before(colour, clear=False))
    assert not differ(shown(tmp_path / "a.png", data, (137, 61)), expected(data))


def test_a_picture_is_shrunk_while_it_is_read(tmp_path: Path) -> None:
    assert shown(tmp_path / "a.png", png_of(1_000, 800, colour=6), (250, 200)).size == (250, 200)


def test_of_a_large_interlaced_picture_the_finest_whole_pass_stands_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(png, "WHOLE_INTERLACED", 0)
    picture = Image.linear_gradient("L").resize((300, 300))
    target = shown(tmp_path / "a.png", interlaced(picture), (300, 300)).convert("L")
    assert max(ImageChops.difference(target, picture).tobytes()) <= 6


def interlaced(picture: Image.Image) -> bytes:
    """Write a grey picture in Adam7's seven passes, which Pillow cannot."""
    width, height = picture.size
    rows = b""
    for left, top, across, down in png._PASSES:
        for line in range(top, height, down):
            row = picture.crop((0, line, width, line + 1)).tobytes()
            rows += b"\0" + row[left::across]
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 1)
    return png.SIGNATURE + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


@pytest.mark.parametrize("data", [b"", png.SIGNATURE, png.SIGNATURE + chunk(b"IDAT", b""), png_of(1, 1)[:20]])
def test_what_has_no_header_is_no_png(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(data)
    with pytest.raises(png.BadPng):
        png.read_header(path)


def test_a_picture_of_which_a_quarter_is_missing_is_shown_and_of_more_is_not(tmp_path: Path) -> None:
    assert shown(tmp_path / "a.png", png_of(50, 100, rows=80), (50, 100)).size == (50, 100)
    with pytest.raises(png.BadPng):
        shown(tmp_path / "a.png", png_of(50, 100, rows=70), (50, 100))


def test_a_canvas_takes_strips_whose_last_has_fewer_rows() -> None:
    canvas = Canvas(width=10, height=7, target=(5, 3))
    canvas.add(Image.new("RGB", (10, 4), "red"))
    canvas.add(Image.new("RGB", (10, 3), "red"))
    assert canvas.rows == 7
    assert canvas.finish().getextrema() == ((255, 255), (0, 0), (0, 0))
