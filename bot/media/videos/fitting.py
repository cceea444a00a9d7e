"""Videos made to fit and to play everywhere, each in a process of its own."""

import asyncio
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from bot.media.child import outcome_of
from bot.media.errors import CannotFit, ChildFailed
from bot.media.videos.checker import PROCESS, VideoFacts

log = structlog.get_logger(__name__)

TIME_LIMIT: Final = 600.0  # seconds; 10 s of 1080p take some 25 s of a core that has nothing else to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    facts: VideoFacts
    copied: bool  # its streams are those of the original: it looks and sounds as before


class VideoFitter:
    """Fits one video a core at a time, the rest waiting their turn."""

    def __init__(self, *, concurrency: int | None = None, time_limit: float = TIME_LIMIT) -> None:
        self._turns = asyncio.Semaphore(concurrency or os.cpu_count() or 1)
        self._time_limit = time_limit

    async def fit(self, path: Path, destination: Path, *, max_bytes: int) -> Fit:
        """Write the best version of a video of at most `max_bytes` bytes that plays everywhere to `destination`.

        Sound and frame rate are kept; it is scaled down only when bits run out. A cancellation ends the process.
        Raises CannotFit where there is no such version, or none within the time limit; OSError if the disk does not
        take it.
        """
        async with self._turns:
            # Made and removed here: it takes microseconds, and in a thread a cancellation would lose it.
            folder = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
            try:
                fitted, fit = await self._run(path, folder, max_bytes)
                if fitted.stat().st_size > max_bytes:
                    raise CannotFit("the process didn't keep to the size")
                fitted.replace(destination)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return fit

    async def _run(self, path: Path, folder: Path, max_bytes: int) -> tuple[Path, Fit]:
        def began(pid: int) -> None:
            log.info("fitting_began", pid=pid, max_bytes=max_bytes)

        try:
            work = {"verb": "fit", "source": path, "folder": folder, "max_bytes": max_bytes}
            done = await outcome_of(PROCESS, time_limit=self._time_limit, started=began, **work)
        except ChildFailed as error:
            how = f"not done within {self._time_limit:g} s" if error.how == "timeout" else str(error)
            raise CannotFit(how) from None
        if "path" not in done:
            raise CannotFit(str(done.get("reason") or done.get("cut")))
        return Path(done["path"]), Fit(facts=VideoFacts(**done["facts"]), copied=done["copied"])
