"""Finished videos looked into before they are shown: what plays is known by its first picture."""

import asyncio
import errno
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import av
import av.error
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import NotAVideo

MAX_PIXELS = 7680 * 4320
# FFmpeg opens playlists and scripts too, which would read other files and addresses in our name: only
# containers that hold their own pictures are opened, and from our own file object.
_OPTIONS = {"format_whitelist": "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm", "protocol_whitelist": ""}
_FIRST_PACKETS = 256  # a picture that takes more than these to appear is no video to anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoFacts:
    width: int  # pixels, as seen: turned as the container says
    height: int
    duration_seconds: float
    frame_rate: float | None  # frames per second, None where the container does not say
    codec: str  # FFmpeg's name: "h264", "hevc" …
    audio: bool
    size: int  # bytes
    container: str  # FFmpeg's name: "mov,mp4,m4a,3gp,3g2,mj2", "matroska,webm"


def inspect_video(path: Path, *, max_pixels: int = MAX_PIXELS) -> VideoFacts:
    """Open a video, decode its first picture, and say what it is.

    Raises NotAVideo if there is no such picture, or only one of more than `max_pixels`; OSError if the file
    cannot be read.
    """
    with path.open("rb") as file:
        try:
            with open_container(file, max_pixels=max_pixels) as container:
                return _facts(container, max_pixels, path.stat().st_size)
        except (av.error.FFmpegError, ValueError) as error:
            raise NotAVideo(type(error).__name__) from error
        except OSError as error:
            if error.errno != errno.EINVAL:
                raise
            # From our file object, asked to seek where no file has bytes.
            raise NotAVideo("no room for a header") from error


def open_container(file: BinaryIO, *, max_pixels: int = MAX_PIXELS) -> InputContainer:
    """Open a video under guard, to be closed by the caller; raises FFmpeg's errors."""
    # Opening decodes already, with decoders of its own: they are to know the limit too.
    options = _OPTIONS | _decoder_options(max_pixels)
    return av.open(file, mode="r", options=options, metadata_errors="ignore")


def picture_stream(container: InputContainer, *, max_pixels: int = MAX_PIXELS) -> VideoStream:
    """Find the moving pictures, its decoder held to `max_pixels`: the cover of an audio file is a video stream too.

    Raises NotAVideo where there are none. A stream of a codec that nobody knows has, against PyAV's types, no codec
    context.
    """
    for stream in container.streams.video:
        if stream.codec_context and Disposition.attached_pic not in stream.disposition:
            stream.codec_context.options = _decoder_options(max_pixels)
            return stream
    raise NotAVideo("no video stream that can be decoded")


class VideoDesk:
    """The same work for the event loop, in few threads at a time."""

    def __init__(self, *, concurrency: int = 2) -> None:
        self._turns = asyncio.Semaphore(concurrency)

    async def inspect(self, path: Path) -> VideoFacts:
        """See `inspect_video`."""
        async with self._turns:
            return await asyncio.to_thread(inspect_video, path)


def _decoder_options(max_pixels: int) -> dict[str, str]:
    return {"max_pixels": str(max_pixels)}


def _facts(container: InputContainer, max_pixels: int, size: int) -> VideoFacts:
    stream = picture_stream(container, max_pixels=max_pixels)
    frame = _first_frame(container, stream)
    sides = (frame.width, frame.height) if frame.rotation % 180 == 0 else (frame.height, frame.width)
    rate = stream.average_rate or stream.guessed_rate
    return VideoFacts(
        width=sides[0],
        height=sides[1],
        duration_seconds=float(_duration(container, stream)),
        frame_rate=float(rate) if rate else None,
        codec=stream.codec_context.name,
        audio=bool(container.streams.audio),
        size=size,
        container=container.format.name,
    )


def _first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame:
    for packet in islice(container.demux(stream), _FIRST_PACKETS):
        for frame in stream.decode(packet):
            return frame
    raise NotAVideo("no picture")


def _duration(container: InputContainer, stream: VideoStream) -> Fraction:
    """Tell how long the pictures last, in seconds; where the container does not say, by its last packet."""
    time_base = stream.time_base or Fraction(1, av.time_base)
    if stream.duration:
        return stream.duration * time_base
    if container.duration:
        return Fraction(container.duration, av.time_base)
    container.seek(0)
    ends = ((packet.pts or 0) + (packet.duration or 0) for packet in container.demux(stream))
    return max(ends, default=0) * time_base
