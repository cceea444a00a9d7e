"""Videos made to fit, by the real process: real files in, files that play out."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from random import Random

import av
import pytest
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.child import PROJECT
from bot.media.errors import CannotFit
from bot.media.videos import fitting
from bot.media.videos.checker import VideoFacts
from bot.media.videos.fitting import VideoFitter
from bot.media.videos.inspecting import inspect_video

RATE = 12  # pictures a second
SAMPLES = 48_000  # of sound a second
FRAME = 1_024  # samples, what AAC takes at a time
FAST = {"libx264": {"preset": "ultrafast"}, "libvpx": {"deadline": "realtime", "cpu-used": "8"}}


def noise(size: tuple[int, int], seconds: int) -> Iterator[VideoFrame]:
    """Make pictures that no encoder makes small."""
    random = Random(7)  # noqa: S311 - nobody is to be surprised
    for _ in range(seconds * RATE):
        frame = VideoFrame(*size, "yuv420p")
        for plane in frame.planes:
            plane.update(random.randbytes(plane.buffer_size))
        yield frame


def video(
    path: Path,
    *,
    size: tuple[int, int] = (320, 180),
    seconds: int = 2,
    codec: str = "libx264",
    sound: str | None = None,
) -> Path:
    """Write a film of noise, with hiss under it where a codec for sound is named."""
    with av.open(path, "w") as film:
        picture = film.add_stream(codec, rate=RATE, options=FAST.get(codec, {}))
        assert isinstance(picture, VideoStream)
        picture.width, picture.height, picture.pix_fmt = *size, "yuv420p"
        picture.bit_rate = 4_000_000
        hiss = film.add_stream(sound, rate=SAMPLES, layout="mono") if sound else None
        for frame in noise(size, seconds):
            film.mux(picture.encode(frame))
        film.mux(picture.encode(None))
        if hiss:
            assert isinstance(hiss, AudioStream)
            random = Random(8)  # noqa: S311 - as above
            for number in range(seconds * SAMPLES // FRAME):
                frame = AudioFrame(format="s16", layout="mono", samples=FRAME)
                frame.planes[0].update(random.randbytes(FRAME * 2))
                frame.sample_rate, frame.pts, frame.time_base = SAMPLES, number * FRAME, Fraction(1, SAMPLES)
                film.mux(hiss.encode(frame))
            film.mux(hiss.encode(None))
    return path


@pytest.fixture
def desk() -> VideoFitter:
    return VideoFitter()


async def fitted(desk: VideoFitter, path: Path, max_bytes: int) -> VideoFacts:
    """Fit a video; it must be what was promised, to the last picture."""
    target = path.with_name("fitted.mp4")
    facts = (await desk.fit(path, target, max_bytes=max_bytes)).facts
    assert facts == inspect_video(target)
    assert facts.size <= max_bytes
    assert facts.codec == "h264"
    pictures, before = decoded(target), decoded(path)
    assert len(pictures) == len(before)
    assert [moment - pictures[0] for moment in pictures] == pytest.approx([moment - before[0] for moment in before])
    assert is_index_in_front(target)
    assert names(path.parent) == [path.name, target.name]
    return facts


def names(folder: Path, *, hidden: bool = True) -> list[str]:
    return sorted(each.name for each in folder.iterdir() if hidden or not each.name.startswith("."))


def decoded(path: Path) -> list[float]:
    """Return the moment of each picture, in seconds."""
    with av.open(path) as film:
        return [float(frame.time or 0) for frame in film.decode(video=0)]


def is_index_in_front(path: Path) -> bool:
    content = path.read_bytes()
    return 0 < content.index(b"moov") < content.index(b"mdat")


def sound_packets(path: Path) -> list[bytes]:
    with av.open(path) as film:
        return [bytes(packet) for packet in film.demux(audio=0) if packet.size]


async def test_a_video_is_fitted_with_its_frame_rate_its_size_in_pixels_and_the_very_same_sound(
    desk: VideoFitter, tmp_path: Path
) -> None:
    path = video(tmp_path / "a.mp4", sound="aac")
    limit = path.stat().st_size // 2
    before, after = inspect_video(path), await fitted(desk, path, limit)
    assert (after.width, after.height, after.frame_rate) == (before.width, before.height, before.frame_rate)
    assert sound_packets(tmp_path / "fitted.mp4") == sound_packets(path)
    assert after.duration_seconds == pytest.approx(before.duration_seconds, abs=0.05)


async def test_the_room_is_used(desk: VideoFitter, tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4", seconds=5)
    limit = path.stat().st_size // 2
    assert (await fitted(desk, path, limit)).size > 0.85 * limit


@pytest.mark.parametrize("size", [(640, 360), (360, 640)])
async def test_pixels_go_where_bits_run_out(desk: VideoFitter, tmp_path: Path, size: tuple[int, int]) -> None:
    path = video(tmp_path / "a.mp4", size=size)
    facts = await fitted(desk, path, 25_000)
    assert facts.width < size[0]
    assert facts.width / facts.height == pytest.approx(size[0] / size[1], rel=0.03)


async def test_a_video_that_is_large_for_what_else_it_carries_loses_no_picture(
    desk: VideoFitter, tmp_path: Path
) -> None:
    path = video(tmp_path / "a.mp4", sound="aac")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(2 * size)
    facts = await fitted(desk, path, size + size // 10)
    assert facts.size == pytest.approx(size, rel=0.02)
    assert sound_packets(tmp_path / "fitted.mp4") == sound_packets(path)


@pytest.mark.parametrize(
    "content", [b"", b"no video", b"\0\0\0\x20ftypisom\0\0\2\0isomiso2avc1mp41"], ids=["nothing", "text", "a header"]
)
async def test_what_is_no_video_cannot_be_fitted(desk: VideoFitter, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(content)
    with pytest.raises(CannotFit):
        await desk.fit(path, tmp_path / "fitted.mp4", max_bytes=100_000)
    assert names(tmp_path) == ["a.mp4"]


async def test_so_few_bytes_that_nothing_would_be_seen_are_refused(desk: VideoFitter, tmp_path: Path) -> None:
    with pytest.raises(CannotFit, match="so few bytes"):
        await desk.fit(video(tmp_path / "a.mp4"), tmp_path / "fitted.mp4", max_bytes=6_000)


async def test_a_video_that_takes_too_long_is_given_up(tmp_path: Path) -> None:
    desk = VideoFitter(time_limit=0.001)
    path = video(tmp_path / "a.mp4")
    with pytest.raises(CannotFit, match="within"):
        await desk.fit(path, tmp_path / "fitted.mp4", max_bytes=100_000)
    assert names(tmp_path) == ["a.mp4"]


class Watch:
    """Takes what the desk logs, and holds each process that it tells of still."""

    def __init__(self) -> None:
        self.pids: asyncio.Queue[int] = asyncio.Queue()

    def info(self, event: str, *, pid: int, **_: object) -> None:
        assert event == "fitting_began"
        os.kill(pid, signal.SIGSTOP)
        self.pids.put_nowait(pid)


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watch = Watch()
    monkeypatch.setattr(fitting, "log", watch)
    return watch


async def test_a_process_that_dies_takes_nothing_along(desk: VideoFitter, watch: Watch, tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4")
    fit = asyncio.create_task(desk.fit(path, tmp_path / "fitted.mp4", max_bytes=100_000))
    os.kill(await watch.pids.get(), signal.SIGKILL)
    with pytest.raises(CannotFit, match="SIGKILL"):
        await fit
    assert names(tmp_path) == ["a.mp4"]


async def test_a_cancellation_ends_the_process_and_leaves_nothing_behind(
    desk: VideoFitter, watch: Watch, tmp_path: Path
) -> None:
    path = video(tmp_path / "a.mp4")
    fit = asyncio.create_task(desk.fit(path, tmp_path / "fitted.mp4", max_bytes=100_000))
    pid = await watch.pids.get()
    fit.cancel()
    with pytest.raises(asyncio.CancelledError):
        await fit
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert names(tmp_path) == ["a.mp4"]


async def test_no_more_videos_are_fitted_at_once_than_there_are_places(watch: Watch, tmp_path: Path) -> None:
    desk, path = VideoFitter(concurrency=1), video(tmp_path / "a.mp4")
    one, two = [
        asyncio.create_task(desk.fit(path, tmp_path / name, max_bytes=100_000)) for name in ("one.mp4", "two.mp4")
    ]
    first = await watch.pids.get()
    assert watch.pids.empty()
    os.kill(first, signal.SIGCONT)
    second = await watch.pids.get()
    assert names(tmp_path, hidden=False) == ["a.mp4", "one.mp4"]
    os.kill(second, signal.SIGCONT)
    await asyncio.gather(one, two)


async def test_the_process_ends_with_its_parent_and_gives_way_to_all_others(tmp_path: Path) -> None:
    path = video(tmp_path / "a.mp4")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", MODEST),
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    work = {"verb": "fit", "source": str(path), "folder": str(tmp_path), "max_bytes": 1_000_000}
    process.stdin.write(json.dumps(work).encode() + b"\n")
    assert await process.stdout.readline() == b"19\n"
    process.stdin.close()
    assert await process.wait() == 2


MODEST = """
import os, threading
from bot.media.videos import process as fit_process

def tell(*_):
    print(os.nice(0), flush=True)
    threading.Event().wait()  # as long as any film

fit_process.refit = tell
fit_process.main()
"""
