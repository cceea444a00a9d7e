"""A real MP4 made of still images: H.264 in yuv420p, the index in front, a soft chord under it."""

import io
import math
import struct
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.plane import VideoPlane
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from sandbox.segmind.films.motion import Box, views

SAMPLE_RATE = 44_100  # Hz
CHORD = (110, 165, 220, 275)  # Hz, all multiples of 5, so that 0.2 s of it repeats without a seam
AUDIO_FRAME = 1024  # samples, what AAC takes at a time
HEADROOM = (0.5, 0.35)  # where a cut is centred: faces stand above the middle
BT601, LIMITED_RANGE = 6, 1  # FFmpeg's numbers for the matrix and range that `_planes` produces


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderQuality:
    """How much work a film is: the longer side in pixels, and x264's own terms.

    `padded_to` fills the file up to that many bytes, for tests of large videos at no cost.
    """

    long_side: int = 1280
    frames_per_second: int = 24
    preset: str = "superfast"
    crf: int = 26
    sound: bool = True
    padded_to: int = 0

    def size(self, aspect_ratio: str) -> tuple[int, int]:
        """Width and height, both even, of a ratio such as `16:9`."""
        across, down = (int(side) for side in aspect_ratio.split(":"))
        longest = self.long_side if across != down else self.long_side * 3 // 4
        scale = longest / max(across, down)
        return round(across * scale / 2) * 2, round(down * scale / 2) * 2


STANDARD = RenderQuality()
TINY = RenderQuality(long_side=320, frames_per_second=12, preset="ultrafast", sound=False)


class RenderCancelledError(Exception):
    """The film is not wanted any more."""


def render(
    path: Path,
    images: Sequence[bytes],
    *,
    aspect_ratio: str,
    seconds: int,
    quality: RenderQuality,
    cancelled: Callable[[], bool] = lambda: False,
) -> None:
    """Write a film of the encoded `images` to `path`. Raises RenderCancelledError once `cancelled()`."""
    size = quality.size(aspect_ratio)
    stills = [_planes(data, size) for data in images]
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as film:
        picture = _picture_stream(film, size, quality)
        sound = film.add_stream("aac", rate=SAMPLE_RATE, layout="mono") if quality.sound else None
        for number in range(seconds * quality.frames_per_second):
            if cancelled():
                raise RenderCancelledError
            moment = number / quality.frames_per_second
            film.mux(picture.encode(_frame(stills, moment, seconds, size)))
        film.mux(picture.encode(None))
        if sound is not None:
            _play_chord(film, sound, seconds)
    _pad(path, quality.padded_to)


def _picture_stream(film: OutputContainer, size: tuple[int, int], quality: RenderQuality) -> VideoStream:
    options = {"preset": quality.preset, "crf": str(quality.crf), "threads": "1"}
    stream = film.add_stream("libx264", rate=quality.frames_per_second, options=options)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.colorspace = BT601
    stream.codec_context.color_range = LIMITED_RANGE
    return stream


def _planes(data: bytes, size: tuple[int, int]) -> list[Image.Image]:
    """Decode an image, cut it to the film's ratio and split it into Y, Cb and Cr (half size).

    Moving three planes costs about half of moving RGB and converting every frame.
    """
    with Image.open(io.BytesIO(data)) as opened:
        picture = ImageOps.exif_transpose(opened).convert("RGB")
    oversize = (size[0] * 9 // 8, size[1] * 9 // 8)
    cut = ImageOps.fit(picture, oversize, Image.Resampling.BILINEAR, centering=HEADROOM)
    luma, blue, red = cut.convert("YCbCr").split()
    squeezed = luma.point([16 + round(value * 219 / 255) for value in range(256)])
    chroma = [16 + round(value * 224 / 255) for value in range(256)]
    return [squeezed, blue.reduce(2).point(chroma), red.reduce(2).point(chroma)]


def _frame(stills: list[list[Image.Image]], moment: float, seconds: int, size: tuple[int, int]) -> av.VideoFrame:
    shown = views(images=len(stills), moment=moment, seconds=seconds)
    frame = av.VideoFrame(*size, "yuv420p")
    for index, plane in enumerate(frame.planes):
        extent = size if index == 0 else (size[0] // 2, size[1] // 2)
        mixed = _window(stills[shown[0].image][index], shown[0].box, extent)
        for view in shown[1:]:
            mixed = Image.blend(mixed, _window(stills[view.image][index], view.box, extent), view.weight)
        _fill(plane, mixed)
    return frame


def _window(plane: Image.Image, box: Box, extent: tuple[int, int]) -> Image.Image:
    width, height = plane.size
    corners = (box[0] * width, box[1] * height, box[2] * width, box[3] * height)
    return plane.resize(extent, Image.Resampling.BILINEAR, box=corners)


def _fill(plane: VideoPlane, picture: Image.Image) -> None:
    """Copy a picture into a plane, whose lines may be longer than the picture is wide."""
    if plane.line_size != picture.width:
        lines = Image.new("L", (plane.line_size, picture.height))
        lines.paste(picture)
        picture = lines
    plane.update(picture.tobytes())


def _play_chord(film: OutputContainer, stream: AudioStream, seconds: int) -> None:
    """Encode the chord for the whole film, fading in and out so that it does not click."""
    loop = _chord()
    frames = seconds * SAMPLE_RATE // AUDIO_FRAME
    for number in range(frames):
        start = number * AUDIO_FRAME % len(loop)
        samples = (loop + loop)[start : start + AUDIO_FRAME]
        gain = min(1.0, (number + 1) / 20, (frames - number) / 40)
        if gain < 1:
            samples = array("h", [int(sample * gain) for sample in samples])
        frame = av.AudioFrame(format="s16", layout="mono", samples=AUDIO_FRAME)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts = SAMPLE_RATE, number * AUDIO_FRAME
        film.mux(stream.encode(frame))
    film.mux(stream.encode(None))


@lru_cache(maxsize=1)
def _chord() -> "array[int]":
    """One seamless period of the chord, as signed 16-bit samples, quiet."""
    waves = [
        sum(math.sin(2 * math.pi * pitch * sample / SAMPLE_RATE) for pitch in CHORD)
        for sample in range(SAMPLE_RATE // 5)
    ]
    return array("h", [int(1_200 * wave) for wave in waves])


def _pad(path: Path, size: int) -> None:
    """Bring the file to `size` bytes with a `free` box, which players skip (ISO/IEC 14496-12)."""
    missing = size - path.stat().st_size
    if missing >= 8:
        with path.open("ab") as file:
            file.write(struct.pack(">I4s", missing, b"free"))
            file.truncate(size)
