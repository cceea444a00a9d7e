"""Films as models, phones and editors make them, written here by the encoders that PyAV brings along."""

import os
import struct
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream
from PIL import Image, ImageDraw

RATE: Final = 12  # pictures a second
QUICK: Final[Mapping[str, Mapping[str, str]]] = {
    "libx264": {"preset": "ultrafast"},
    "libx265": {"preset": "ultrafast", "x265-params": "log-level=none:pools=none:bframes=0"},
    "libvpx": {"deadline": "realtime", "cpu-used": "8"},
    "libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"},
    "libsvtav1": {"preset": "13", "svtav1-params": "lp=1"},
}
UPRIGHT: Final = (1, 0, 0, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    """What a film is to be made of."""

    name: str = "a.mp4"
    codec: str = "libx264"
    pixels: str = "yuv420p"
    size: tuple[int, int] = (160, 96)
    moments: Sequence[int] = tuple(range(12))  # of its pictures, in 1/12 s
    sounds: Sequence[str] = ()
    channels: str = "stereo"
    pixel_shape: Fraction | None = None
    colors: tuple[int, int, int] | None = None  # primaries, transfer and matrix, by ITU-T H.273
    interlaced: bool = False
    pictures: int = 1  # tracks of them
    cover: bool = False
    data: bool = False
    tags: Mapping[str, str] = field(default_factory=dict[str, str])
    options: Mapping[str, str] = field(default_factory=lambda: {"movflags": "faststart"})
    encoder: Mapping[str, str] = field(default_factory=dict[str, str])

    def but(self, **changes: Any) -> "Film":
        return replace(self, **changes)

    def write(self, folder: Path) -> Path:
        path = folder / self.name
        options = dict(self.options) if path.suffix in {".mp4", ".mov"} else {}
        with _ordinary_priority(), av.open(path, "w", options=options) as output:
            output.metadata.update(self.tags)
            streams = [self._picture(output) for _ in range(self.pictures)]
            if self.cover:
                _add_cover(output)
            sounds = [output.add_stream(codec, rate=48_000, layout=self.channels) for codec in self.sounds]
            output.start_encoding()
            for stream in streams:
                for number in range(len(self.moments)):
                    frame = scene(self.size, number).reformat(format=self.pixels)
                    frame.pts, frame.time_base = self.moments[number], Fraction(1, RATE)
                    output.mux(stream.encode(frame))
                output.mux(stream.encode(None))
            for sound in sounds:
                _add_hum(output, sound, self.moments[-1] + 1)
        return path

    def _picture(self, output: OutputContainer) -> VideoStream:
        stream = output.add_stream(self.codec, rate=RATE, options={**QUICK.get(self.codec, {}), **self.encoder})
        assert isinstance(stream, VideoStream)
        encoder = stream.codec_context
        encoder.width, encoder.height = self.size
        encoder.pix_fmt, encoder.time_base = self.pixels, Fraction(1, RATE)
        if self.pixel_shape is not None:
            encoder.sample_aspect_ratio = self.pixel_shape
        if self.colors is not None:
            encoder.color_primaries, encoder.color_trc, encoder.colorspace = self.colors
        if self.interlaced:
            encoder.options = {**encoder.options, "flags": "+ildct+ilme", "x264-params": "tff=1"}
        return stream


@contextmanager
def _ordinary_priority() -> Generator[None]:
    """Undo what SVT-AV1 does where root encodes: the thread, and each process that it starts, becomes real-time."""
    yield
    if sys.platform == "linux":
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def scene(size: tuple[int, int], number: int = 0) -> VideoFrame:
    """Draw a picture that looks another way when it is turned, mirrored or squeezed: a red corner, a bright half."""
    width, height = size
    picture = Image.new("RGB", size, (40, 60, 60))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, height // 2, width, height), fill=(180, 180, 180))
    draw.rectangle((0, 0, width // 4, height // 4), fill=(220, 30, 30))
    draw.rectangle((width // 2 + number, height // 4, width // 2 + number + 8, height // 4 + 8), fill=(30, 30, 220))
    return VideoFrame.from_image(picture)


def first_picture(path: Path) -> Image.Image:
    """Decode the first picture, as it is stored."""
    with av.open(path) as film:
        return next(film.decode(film.streams.video[0])).to_image()


def moments(path: Path) -> list[float]:
    """Return the moment of each picture, in seconds."""
    with av.open(path) as film:
        return [float(frame.time or 0) for frame in film.decode(film.streams.video[0])]


def turn(path: Path, matrix: tuple[int, int, int, int]) -> Path:
    """Write how players are to turn the picture into the header of its track (ISO/IEC 14496-12, `tkhd`)."""
    content = bytearray(path.read_bytes())
    start = content.index(b"tkhd") + 44
    a, b, c, d = (number * 0x10000 for number in matrix)
    content[start : start + 36] = struct.pack(">9i", a, b, 0, c, d, 0, 0, 0, 0x40000000)
    path.write_bytes(content)
    return path


def edit(path: Path, *rows: tuple[int, int]) -> Path:
    """Give the first track, which has an edit list of one row, another list; the file must end with its index.

    Rows are lengths in 1/1000 s and beginnings in the track's own units.
    """
    content = bytearray(path.read_bytes())
    old = content.index(b"elst") - 4
    length = int.from_bytes(content[old : old + 4])
    box = struct.pack(">I4sII", 16 + 12 * len(rows), b"elst", 0, len(rows))
    box += b"".join(struct.pack(">IiI", seconds, begins, 1 << 16) for seconds, begins in rows)
    content[old : old + length] = box
    for parent in (b"edts", b"trak", b"moov"):
        start = content.rindex(parent, 0, old) - 4
        size = int.from_bytes(content[start : start + 4]) + len(box) - length
        content[start : start + 4] = size.to_bytes(4)
    path.write_bytes(content)
    return path


def with_box(path: Path, kind: bytes, body: bytes) -> Path:
    """Add a box at the end of a file."""
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 8 + len(body), kind) + body)
    return path


def _add_cover(output: OutputContainer) -> None:
    cover = output.add_stream("mjpeg", rate=1)
    assert isinstance(cover, VideoStream)
    cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
    number: Any = Disposition.attached_pic.value  # PyAV's setter takes the number, its types the flag
    cover.disposition = number
    output.mux(cover.encode(VideoFrame.from_image(Image.new("RGB", (64, 64), "gold"))))
    output.mux(cover.encode(None))


def _add_hum(output: OutputContainer, sound: Any, twelfths: int) -> None:
    assert isinstance(sound, AudioStream)
    output.mux(_encoded(sound, _silence(sound, twelfths * 4_000)))


def _silence(sound: AudioStream, samples: int) -> Iterable[AudioFrame | None]:
    for begin in range(0, samples, 1024):
        frame = AudioFrame(format="s16", layout=sound.layout.name, samples=1024)
        for plane in frame.planes:
            plane.update(bytes(plane.buffer_size))
        frame.sample_rate, frame.pts, frame.time_base = 48_000, begin, Fraction(1, 48_000)
        yield frame
    yield None


def _encoded(sound: AudioStream, frames: Iterable[AudioFrame | None]) -> list[Any]:
    return [packet for frame in frames for packet in sound.encode(frame)]
