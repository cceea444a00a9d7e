"""What a finished video is, told by its first picture; runs in the process that `bot.media.videos.checker` starts."""

import errno
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import BinaryIO

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.errors import NotAVideo
from bot.media.videos.checker import VideoFacts
from bot.media.videos.file_index import Index, check_length, read_index
from bot.media.videos.playable import container_plays, picture_plays, sound_plays

MAX_PIXELS = 7680 * 4320
# FFmpeg opens playlists and scripts too, which would read other files and addresses in our name: only
# containers that hold their own pictures are opened, and from our own file object.
_FORMATS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,mpeg,flv,asf,ogg,gif,apng"
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": ""}
_FIRST_PACKETS = 256  # a picture that takes more than these to appear is no video to anyone


def inspect_video(path: Path, *, max_pixels: int = MAX_PIXELS) -> VideoFacts:
    """Open a video, decode its first picture, and say what it is.

    Raises NotAVideo if there is no such picture, or only one of more than `max_pixels`, VideoCut if a part of the file
    is missing; OSError if it cannot be read.
    """
    check_length(path)
    index = read_index(path)
    with path.open("rb") as file:
        try:
            with open_container(file, max_pixels=max_pixels) as container:
                return _facts(container, index, max_pixels, path.stat().st_size)
        except (av.error.FFmpegError, ValueError, IndexError) as error:  # the last of a stream that turns up late
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

    Of several the one that is marked as the default, else the first. Raises NotAVideo where there are none. A stream of
    a codec that no one knows has, against PyAV's types, no codec context.
    """
    streams = [
        each
        for each in container.streams.video
        if each.codec_context and Disposition.attached_pic not in each.disposition
    ]
    if not streams:
        raise NotAVideo("no video stream that can be decoded")
    stream = min(streams, key=lambda each: Disposition.default not in each.disposition)
    stream.codec_context.options = _decoder_options(max_pixels)
    return stream


def sound_stream(container: InputContainer) -> AudioStream | None:
    """Find the sound, of several that which is marked as the default; None where there is none that can be decoded."""
    streams = [each for each in container.streams.audio if each.codec_context]
    return min(streams, key=lambda each: Disposition.default not in each.disposition, default=None)


def _decoder_options(max_pixels: int) -> dict[str, str]:
    return {"max_pixels": str(max_pixels)}


def _facts(container: InputContainer, index: Index | None, max_pixels: int, size: int) -> VideoFacts:
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
        plays=_plays(container, index, stream, frame),
    )


def _plays(container: InputContainer, index: Index | None, stream: VideoStream, frame: VideoFrame) -> bool:
    if index is None or not container_plays(container, index):
        return False
    sound = sound_stream(container)
    return picture_plays(stream, frame, index.track(stream.id)) and (
        sound is None or sound_plays(sound, index.track(sound.id))
    )


def _first_frame(container: InputContainer, stream: VideoStream) -> VideoFrame:
    for packet in islice(container.demux(stream), _FIRST_PACKETS):
        for frame in stream.decode(packet):
            return frame
    raise NotAVideo("no picture")


def _duration(container: InputContainer, stream: VideoStream) -> Fraction:
    """Return how long the pictures last, in seconds; where the container does not say, by its last packet."""
    time_base = stream.time_base or Fraction(1, av.time_base)
    if stream.duration:
        return stream.duration * time_base
    if container.duration:
        return Fraction(container.duration, av.time_base)
    container.seek(0)
    ends = ((packet.pts or 0) + (packet.duration or 0) for packet in container.demux(stream))
    return max(ends, default=0) * time_base
