"""Finished videos looked into before they are shown, in a process of their own: this one never loads FFmpeg."""

import asyncio
from dataclasses import dataclass
from pathlib import Path

from bot.media.child import outcome_of
from bot.media.errors import NotAVideo, VideoCut

TIME_LIMIT = 120.0  # seconds; it takes one
PROCESS = "bot.media.videos.process"


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
    plays: bool  # as it is, for everyone


class VideoChecker:
    """Has videos looked into for the event loop, one at a time."""

    def __init__(self, *, time_limit: float = TIME_LIMIT) -> None:
        self._turns = asyncio.Semaphore(1)
        self._time_limit = time_limit

    async def inspect(self, path: Path) -> VideoFacts:
        """Say what a video is; raises what `inspect_video` does, and ChildFailed."""
        async with self._turns:
            outcome = await outcome_of(PROCESS, verb="inspect", source=path, time_limit=self._time_limit)
        if "cut" in outcome:
            raise VideoCut(outcome["cut"])
        if "reason" in outcome:
            raise NotAVideo(outcome["reason"])
        return VideoFacts(**outcome)
