"""Files held against what they say of their own length: whole ones, and what is left of a download that was cut."""

import struct
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.media.errors import VideoCut
from bot.media.videos.file_index import check_length, read_index
from bot.media.videos.inspecting import inspect_video
from tests.support.films import Film, turn

FILM = Film(sounds=("aac",))
FRAGMENTS = FILM.but(options={"movflags": "frag_keyframe+empty_moov"}, encoder={"g": "3"})
SEGMENTS = FILM.but(options={"movflags": "dash+global_sidx", "frag_duration": "300000"}, encoder={"g": "3"})
DAMAGE = [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\0\0\x08", b"edts"]
WHOLE = {
    "index in front": FILM,
    "index at the end": FILM.but(options={}),
    "QuickTime": FILM.but(name="a.mov"),
    "fragments": FRAGMENTS,
    "segments": SEGMENTS,
    "Matroska": FILM.but(name="a.mkv"),
    "WebM": FILM.but(name="a.webm", codec="libvpx", sounds=()),
    "AVI": FILM.but(name="a.avi", codec="mpeg4", sounds=()),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_whole_file_is_whole(tmp_path: Path, case: str) -> None:
    assert inspect_video(WHOLE[case].write(tmp_path)).codec in {"h264", "vp8", "mpeg4"}


@pytest.mark.parametrize("part", [0.02, 0.25, 0.5, 0.75, 0.9])
@pytest.mark.parametrize("case", WHOLE)
def test_a_part_of_a_file_is_known_as_one(tmp_path: Path, case: str, part: float) -> None:
    path = WHOLE[case].write(tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: max(64, int(len(content) * part))])
    with pytest.raises(VideoCut):
        inspect_video(path)


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return FILM.write(tmp_path_factory.mktemp("whole")).read_bytes()


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_film_with_its_index_in_front_is_known_as_a_part_wherever_it_is_cut(
    tmp_path: Path, whole: bytes, data: st.DataObject
) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(whole[: data.draw(st.integers(64, len(whole) - 1))])
    with pytest.raises(VideoCut):
        read_index(path)


def patched(content: bytes, kind: bytes, change: Callable[[bytearray, int], None]) -> bytes:
    """Change a box's contents, which begin where `change` is told."""
    copy = bytearray(content)
    change(copy, copy.index(kind) + 4)
    return bytes(copy)


def test_an_index_that_names_more_bytes_than_there_are_is_found_out_though_every_box_is_whole(
    tmp_path: Path, whole: bytes
) -> None:
    start = whole.index(b"mdat")
    kept = whole[: start + 4 + 1_000]
    path = tmp_path / "a.mp4"
    path.write_bytes(kept[: start - 4] + struct.pack(">I", 1_008) + kept[start:])
    with pytest.raises(VideoCut, match="of which"):
        read_index(path)


@pytest.mark.parametrize("kind", [b"stsz", b"stsc", b"stco"])
def test_an_index_of_more_samples_than_it_has_rows_for_is_found_out(tmp_path: Path, whole: bytes, kind: bytes) -> None:
    place = 8 if kind == b"stsz" else 4

    def add(content: bytearray, start: int) -> None:
        content[start + place : start + place + 4] = struct.pack(">I", 0x7FFFFFFF)

    path = tmp_path / "a.mp4"
    path.write_bytes(patched(whole, kind, add))
    with pytest.raises(VideoCut):
        read_index(path)


def test_samples_of_one_size_are_not_counted_one_by_one(tmp_path: Path, whole: bytes) -> None:
    def one_size(content: bytearray, start: int) -> None:
        content[start + 4 : start + 12] = struct.pack(">II", 1, 0xFFFFFFFF)

    path = tmp_path / "a.mp4"
    path.write_bytes(patched(whole, b"stsz", one_size))
    with pytest.raises(VideoCut, match="places"):
        read_index(path)


def test_what_stands_after_the_film_does_not_matter(tmp_path: Path) -> None:
    path = FILM.write(tmp_path)
    whole = path.read_bytes()
    for rest in (b"\0", b"\0" * 5_000, b"junk after the end", struct.pack(">I4s", 99_999, b"free")):
        path.write_bytes(whole + rest)
        assert inspect_video(path).plays


def test_what_the_index_says_of_its_tracks_is_read(tmp_path: Path) -> None:
    path = FILM.write(tmp_path)
    index = read_index(path)
    assert index is not None
    assert (index.brand, index.in_front, index.fragmented) == (b"isom", True, False)
    assert [(each.number, each.upright, each.plainly_edited) for each in index.tracks] == [
        (1, True, True),
        (2, True, True),
    ]
    turned = read_index(turn(path, (0, 1, -1, 0)))
    assert turned is not None
    assert [each.upright for each in turned.tracks] == [False, True]
    fragments = read_index(FRAGMENTS.write(tmp_path))
    assert fragments is not None
    assert fragments.fragmented


@pytest.mark.parametrize("content", [b"", b"no video", b"\x1a\x45\xdf\xa3", b"RIFF", b"\x1a\x45\xdf\xa3\x84abcd"])
def test_other_files_have_no_index_and_state_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    assert read_index(path) is None
    check_length(path)


@given(data=st.data())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_anywhere_in_the_index_ends_in_an_index_or_a_refusal(
    tmp_path: Path, whole: bytes, data: st.DataObject
) -> None:
    content = bytearray(whole)
    end = whole.index(b"mdat")
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, end))
        content[start : start + 4] = data.draw(st.sampled_from(DAMAGE))
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    try:
        index = read_index(path)
    except VideoCut:
        return
    assert index is None or len(index.tracks) <= 2
