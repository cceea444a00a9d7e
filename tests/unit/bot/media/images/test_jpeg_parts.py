"""A large progressive JPEG is decoded one component after the other, and shows what libjpeg makes of it as a whole."""

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from bot.media.errors import ImageRefused
from bot.media.images import decoding
from bot.media.images.jpeg_parts import NotSeparable, take_apart
from bot.media.rules import ImageFault
from tests.support.drawings import drawing

KINDS: dict[str, dict[str, Any]] = {
    "4:4:4": {"subsampling": "4:4:4"},
    "4:2:2": {"subsampling": "4:2:2"},
    "4:2:0": {"subsampling": "4:2:0"},
    "its own codes": {"subsampling": "4:2:0", "optimize": True},
    "restarts": {"subsampling": "4:2:0", "restart_marker_blocks": 7},
    "restarts with each row": {"subsampling": "4:4:4", "restart_marker_rows": 1},
    "RGB": {"subsampling": "4:4:4", "keep_rgb": True},
}


def written(path: Path, picture: Image.Image, **options: Any) -> Path:
    picture.save(path, "JPEG", quality=95, progressive=True, **options)
    return path


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(640, 480), (333, 75), (17, 130)])
def test_the_first_component_is_that_of_the_whole_to_the_bit(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    path = written(tmp_path / "a.jpg", drawing(1).resize(size), **KINDS[kind])
    with Image.open(path) as whole:
        whole.draft(None if kind == "RGB" else "YCbCr", size)
        first = whole.getchannel(0)
    with Image.open(io.BytesIO(take_apart(path).grey(0))) as grey:
        assert ImageChops.difference(grey, first).getbbox() is None


def shown(path: Path, monkeypatch: pytest.MonkeyPatch, *, memory: int) -> Image.Image:
    monkeypatch.setattr(decoding, "JPEG_MEMORY", memory)
    return decoding.decode(path, "image/jpeg", lambda *_: None, 2_560).image


@pytest.mark.parametrize("mode", ["RGB", "CMYK", "L"])
@pytest.mark.parametrize("kind", KINDS)
def test_its_colours_are_those_of_the_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, mode: str
) -> None:
    options = {**KINDS[kind]}
    if mode != "RGB":
        options.pop("keep_rgb", None)
    path = written(tmp_path / "a.jpg", drawing(1).convert(mode), **options)
    whole, parts = (shown(path, monkeypatch, memory=memory) for memory in (10**9, 0))
    assert parts.mode == whole.mode
    assert max(ImageStat.Stat(ImageChops.difference(parts, whole)).mean) < 3


def separate_scans(picture: Image.Image) -> bytes:
    """Write a sequential file whose components have a scan each."""
    files = []
    for part in picture.convert("YCbCr").split():
        buffer = io.BytesIO()
        part.save(buffer, "JPEG", quality=95)
        files.append(buffer.getvalue())
    frame, scan = files[0].index(b"\xff\xc0"), files[0].index(b"\xff\xda")
    width, height = picture.size
    header = bytes([8, *height.to_bytes(2), *width.to_bytes(2), 3, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0])
    scans = b"".join(
        b"\xff\xda\0\x08\1" + bytes([number]) + file[scan + 6 : -2] for number, file in enumerate(files, start=1)
    )
    return files[0][:frame] + b"\xff\xc0\0\x11" + header + files[0][frame + 13 : scan] + scans + b"\xff\xd9"


def test_components_with_scans_of_their_own_count_as_much_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(separate_scans(drawing(1)))
    asked: list[Path] = []
    take = take_apart
    monkeypatch.setattr("bot.media.images.jpeg_parts.take_apart", lambda path: asked.append(path) or take(path))
    whole, parts = (shown(path, monkeypatch, memory=memory) for memory in (10**9, 0))
    assert asked == [path]
    assert max(ImageStat.Stat(ImageChops.difference(parts, whole)).mean) < 3


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_an_ordinary_jpeg_is_decoded_as_a_whole_whatever_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    drawing(1).convert(mode).save(tmp_path / "a.jpg", "JPEG")
    monkeypatch.delattr("bot.media.images.jpeg_parts.take_apart")
    assert shown(tmp_path / "a.jpg", monkeypatch, memory=0).size == (640, 480)


@pytest.mark.parametrize("marker", [b"\xff\xca", b"\xff\xc9", b"\xff\xc3"])
def test_a_kind_that_cannot_be_taken_apart_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, marker: bytes
) -> None:
    path = written(tmp_path / "a.jpg", drawing(1))
    path.write_bytes(path.read_bytes().replace(b"\xff\xc2", marker, 1))
    with pytest.raises(NotSeparable):
        take_apart(path)
    monkeypatch.setattr("bot.media.images.jpeg_parts.take_apart", lambda _: (_ for _ in ()).throw(NotSeparable))
    with pytest.raises(ImageRefused) as refused:
        shown(written(tmp_path / "b.jpg", drawing(1)), monkeypatch, memory=0)
    assert refused.value.fault is ImageFault.UNUSABLE
