"""Is it a film? Every frame is decoded to know."""

import io
from dataclasses import dataclass

import av
from av.error import FFmpegError


@dataclass(frozen=True, slots=True, kw_only=True)
class Film:
    width: int  # pixels
    height: int
    seconds: float
    frames: int
    codec: str


def check_film(data: bytes) -> Film:
    """Decode a whole film; raises `ValueError` if it is none, or has no picture."""
    try:
        with av.open(io.BytesIO(data), "r") as container:
            if not container.streams.video:
                raise ValueError("it has no frames")
            stream = container.streams.video[0]
            frames = sum(1 for _ in container.decode(stream))
            if frames == 0 or stream.duration is None or stream.time_base is None:
                raise ValueError("it has no frames")
            return Film(
                width=stream.width,
                height=stream.height,
                seconds=float(stream.duration * stream.time_base),
                frames=frames,
                codec=stream.codec_context.name,
            )
    except FFmpegError as error:
        raise ValueError(f"it can't be played: {error.strerror}") from error
