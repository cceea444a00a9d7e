"""What plays everywhere as it is: H.264 of 8 bits in 4:2:0 with AAC or no sound, in an MP4 with its index in front."""

import math
import struct
from typing import Final

from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from bot.media.videos.file_index import Index, Track

MOST_PIXELS: Final = 4096 * 2304  # of one picture: what level 5.1 takes, and so nearly every player
PIXEL_FORMATS: Final = frozenset({"yuv420p", "yuvj420p"})
AAC_PROFILES: Final = frozenset({"LC", "HE-AAC", "HE-AACv2"})
# By the numbers of ITU-T H.273: PQ and HLG; BT.2020's primaries and matrices.
HDR_TRANSFERS: Final = frozenset({16, 18})
WIDE_PRIMARIES: Final = 9
WIDE_MATRICES: Final = frozenset({9, 10})
_TAGS: Final = frozenset({"avc1", "mp4a"})


def picture_plays(stream: VideoStream, frame: VideoFrame, track: Track | None) -> bool:
    """Return whether every player decodes the pictures, of which `frame` is the first, and shows them as intended.

    `track` is what the index of an MP4 says of them.
    """
    decoder = stream.codec_context
    shape = stream.sample_aspect_ratio or 1
    return (
        decoder.name == "h264"
        and frame.format.name in PIXEL_FORMATS
        and frame.width % 2 == frame.height % 2 == 0
        and frame.width * frame.height <= MOST_PIXELS
        and not frame.interlaced_frame
        and not is_wide(decoder)
        and orientation(frame) == (0, False)
        and (track is None or (track.upright and track.plainly_edited))
        and shape == (decoder.sample_aspect_ratio or 1)  # else it is lost where the stream is copied
    )


def orientation(frame: VideoFrame) -> tuple[int, bool]:
    """Return by how many degrees counterclockwise players turn a picture, and if they then mirror it left to right."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return 0, False
    a, b, _, c, d = struct.unpack_from("5i", bytes(matrix))
    is_mirrored = a * d - b * c < 0
    if is_mirrored:
        a, c = -a, -c
    turned = round(math.degrees(math.atan2(c, a)) / 90) * 90 % 360
    return turned, is_mirrored


def is_wide(decoder: VideoCodecContext) -> bool:
    """Return whether the pictures are HDR, or of more colors than BT.709 has."""
    return (
        decoder.color_trc in HDR_TRANSFERS
        or decoder.color_primaries == WIDE_PRIMARIES
        or decoder.colorspace in WIDE_MATRICES
    )


def sound_plays(stream: AudioStream, track: Track | None) -> bool:
    decoder = stream.codec_context
    edited = track is not None and not track.plainly_edited
    return decoder.name == "aac" and decoder.profile in AAC_PROFILES and not edited


def container_plays(container: InputContainer, index: Index | None) -> bool:
    """Return whether a file is an MP4 ready to play, with one track of pictures, at most one of sound, and no other."""
    streams = container.streams
    return (
        index is not None
        and index.in_front
        and not index.fragmented
        and bool(index.brand)
        and not index.brand.startswith((b"qt", b"3g"))
        and len(streams) == len(index.tracks) == len(streams.video) + len(streams.audio)
        and len(streams.video) == 1
        and len(streams.audio) <= 1
        and not any(Disposition.attached_pic in stream.disposition for stream in streams.video)
        and all(stream.codec_context and stream.codec_context.codec_tag in _TAGS for stream in streams)
    )
