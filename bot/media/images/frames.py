"""Still pictures by FFmpeg, scaled while colors convert: Pillow's own decoders would hold several whole copies."""

from pathlib import Path
from typing import Final

import av
import av.error
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.reformatter import ColorRange, Colorspace
from PIL import Image

_WEBP_WITH_ALPHA: Final = frozenset({"yuva420p", "argb"})  # FFmpeg's formats

_LIKE_709: Final = frozenset({1, 9, 10})  # FFmpeg's numbers: BT.709, and BT.2020, which is nearer to it


class NoFrame(Exception):
    """FFmpeg makes no picture of it."""


def webp_frame(data: bytes, size: tuple[int, int]) -> Image.Image:
    """Decode a still WebP to `size`; raises NoFrame."""
    try:
        decoder = av.CodecContext.create("webp", "r")
        assert isinstance(decoder, VideoCodecContext)  # noqa: S101 - FFmpeg's WebP is
        [frame] = decoder.decode(av.Packet(data))
        image = _scaled(frame, size)
    except (av.error.FFmpegError, ValueError) as error:
        raise NoFrame from error
    return image if frame.format.name in _WEBP_WITH_ALPHA else image.convert("RGB")


def avif_frame(path: Path, whole: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    """Decode the one image of an AVIF file, which is `whole` in pixels, to `size`; raises NoFrame for a grid."""
    try:
        with av.open(str(path), format="mov", options={"protocol_whitelist": "file"}) as container:
            pictures = [_first(container, index, whole, size) for index in range(len(container.streams.video))]
    except (av.error.FFmpegError, ValueError, OSError) as error:
        raise NoFrame from error
    match pictures:
        case [image]:
            return image.convert("RGB")
        case [image, alpha]:
            image.putalpha(alpha.getchannel("G"))
            return image
        case _:
            raise NoFrame


def _first(container: InputContainer, index: int, whole: tuple[int, int], size: tuple[int, int]) -> Image.Image:
    container.seek(0)
    stream = container.streams.video[index]
    stream.codec_context.thread_count = 1
    frame = next(container.decode(stream))
    if (frame.width, frame.height) != whole:
        raise NoFrame
    return _scaled(frame, size)


def _scaled(frame: VideoFrame, size: tuple[int, int]) -> Image.Image:
    # Named, because FFmpeg's scaler takes what it doesn't know for something else.
    matrix = Colorspace.ITU709 if frame.colorspace in _LIKE_709 else Colorspace.ITU601
    scaled = frame.reformat(
        *size,
        "rgba",
        src_colorspace=matrix,
        interpolation="AREA",
        src_color_range=frame.color_range,
        dst_color_range=ColorRange.JPEG,
    )
    plane = scaled.planes[0]
    return Image.frombuffer("RGBA", size, bytes(plane), "raw", "RGBA", plane.line_size, 1)
