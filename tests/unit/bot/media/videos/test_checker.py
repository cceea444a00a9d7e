from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Any

import av
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from bot.media.errors import NotAVideo
from bot.media.videos.checker import VideoChecker, VideoFacts
from bot.media.videos.inspecting import inspect_video

FRAME_RATE = 24
SAMPLE_RATE = 48_000


def frames(seconds: float, size: tuple[int, int]) -> Iterator[VideoFrame]:
    for number in range(int(seconds * FRAME_RATE)):
        yield VideoFrame.from_image(Image.new("RGB", size, (number % 256, 80, 160)))


def encode(container: OutputContainer, stream: VideoStream, pictures: Iterator[VideoFrame]) -> None:
    for picture in pictures:
        container.mux(stream.encode(picture))
    container.mux(stream.encode())


def encode_silence(container: OutputContainer, stream: AudioStream, seconds: float) -> None:
    """Add silence, which is sound all the same."""
    for number in range(int(seconds * SAMPLE_RATE) // 1024):
        frame = AudioFrame(format="fltp", layout="stereo", samples=1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate = SAMPLE_RATE
        frame.pts = number * 1024
        container.mux(stream.encode(frame))
    container.mux(stream.encode())


def video(
    path: Path,
    *,
    seconds: float = 1,
    size: tuple[int, int] = (128, 72),
    codec: str = "libx264",
    sound: bool = False,
    options: dict[str, str] | None = None,
) -> Path:
    with av.open(path, "w", options=options) as container:
        stream = container.add_stream(codec, rate=FRAME_RATE)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        voice = container.add_stream("aac", rate=SAMPLE_RATE) if sound else None
        encode(container, stream, frames(seconds, size))
        if voice:
            encode_silence(container, voice, seconds)
    return path


def test_a_video_is_told_in_full(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", seconds=2, sound=True)
    assert inspect_video(path) == VideoFacts(
        width=128,
        height=72,
        duration_seconds=2,
        frame_rate=FRAME_RATE,
        codec="h264",
        audio=True,
        size=path.stat().st_size,
        container="mov,mp4,m4a,3gp,3g2,mj2",
        plays=False,  # its index is at the end
    )


def test_a_video_without_sound_says_so(tmp_path: Path) -> None:
    assert not inspect_video(video(tmp_path / "a.mp4")).audio


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("a.mp4", "libx264", {"movflags": "faststart"}),
        ("a.mov", "mpeg4", {}),
        ("a.webm", "libvpx-vp9", {}),
        ("a.webm", "libvpx-vp9", {"live": "1"}),
        ("a.mkv", "libx264", {}),
        ("a.avi", "mpeg4", {}),
        ("a.ts", "mpeg2video", {}),
    ],
)
def test_other_containers_and_codecs_are_read(tmp_path: Path, name: str, codec: str, options: dict[str, str]) -> None:
    facts = inspect_video(video(tmp_path / name, codec=codec, options=options))
    assert (facts.width, facts.height) == (128, 72)
    assert facts.duration_seconds == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("page.mp4", b"<!doctype html><html><body>Not found</body></html>"),
        ("text.mp4", b"text " * 1000),
        ("empty.mp4", b""),
        ("short.mp4", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"),
        ("zeros.mp4", bytes(10_000)),
        ("playlist.mp4", b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nreal.mp4\n#EXT-X-ENDLIST\n"),
        ("script.mp4", b"ffconcat version 1.0\nfile real.mp4\n"),
        ("flash.mp4", b"FLV\1\5\0\0\0\x09\0\0\0\0" + bytes(1_000)),
        ("media.mp4", bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c") + bytes(1_000)),
        ("ogg.mp4", b"OggS\0\2" + bytes(1_000)),
        ("program.mp4", b"\0\0\1\xba" + bytes(1_000)),
    ],
)
def test_what_is_no_video_is_refused_whatever_its_name(tmp_path: Path, name: str, data: bytes) -> None:
    video(tmp_path / "real.mp4")
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(NotAVideo):
        inspect_video(path)


def test_a_picture_is_no_video(tmp_path: Path) -> None:
    Image.new("RGB", (128, 72)).save(tmp_path / "a.png")
    with pytest.raises(NotAVideo):
        inspect_video(tmp_path / "a.png")


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    with av.open(tmp_path / "a.m4a", "w") as container:
        encode_silence(container, container.add_stream("aac", rate=SAMPLE_RATE), 1)
    with pytest.raises(NotAVideo, match="no video stream"):
        inspect_video(tmp_path / "a.m4a")


def test_a_video_cut_in_half_is_no_video(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(NotAVideo):
        inspect_video(path)


def test_a_video_without_a_picture_that_decodes_is_none(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4")
    data = path.read_bytes()
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    path.write_bytes(data[:start] + bytes(end - start) + data[end:])
    with pytest.raises(NotAVideo):
        inspect_video(path)


def test_a_video_of_an_unknown_codec_is_none(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4")
    data = path.read_bytes()
    codec = data.index(b"avc1", data.index(b"stsd"))
    path.write_bytes(data[:codec] + b"zzz1" + data[codec + 4 :])
    with pytest.raises(NotAVideo):
        inspect_video(path)


def test_the_cover_of_a_song_is_no_video(tmp_path: Path) -> None:
    with av.open(tmp_path / "a.mp4", "w") as container:
        cover = container.add_stream("mjpeg", rate=1)
        assert isinstance(cover, VideoStream)
        cover.width, cover.height, cover.pix_fmt = 128, 72, "yuvj420p"
        number: Any = Disposition.attached_pic.value  # PyAV's setter takes the number, its types the flag
        cover.disposition = number
        voice = container.add_stream("aac", rate=SAMPLE_RATE)
        encode(container, cover, islice(frames(1, (128, 72)), 1))
        encode_silence(container, voice, 1)
    with pytest.raises(NotAVideo):
        inspect_video(tmp_path / "a.mp4")


@pytest.fixture(scope="session")
def originals(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("originals")
    return [video(folder / name, seconds=0.25) for name in ("a.mp4", "a.mkv")]


@given(data=st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_damage_anywhere_ends_in_facts_or_in_a_refusal(originals: list[Path], data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(originals))
    content = bytearray(original.read_bytes())
    start = data.draw(st.integers(0, len(content)))
    content[start : start + data.draw(st.integers(0, 16))] = data.draw(st.binary(max_size=16))
    damaged = original.with_suffix(".damaged")
    damaged.write_bytes(content)
    with suppress(NotAVideo):
        assert inspect_video(damaged).size == len(content)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.webm", "libvpx-vp9")])
def test_a_video_of_too_many_pixels_is_not_decoded(tmp_path: Path, name: str, codec: str) -> None:
    path = video(tmp_path / name, codec=codec, size=(128, 80))
    assert inspect_video(path, max_pixels=128 * 80).width == 128
    with pytest.raises(NotAVideo):
        inspect_video(path, max_pixels=128 * 80 - 1)


def test_a_video_that_cannot_be_read_is_not_called_none(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        inspect_video(tmp_path / "missing.mp4")


async def test_the_desk_does_the_same_for_the_event_loop(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4")
    assert await VideoChecker().inspect(path) == inspect_video(path)
