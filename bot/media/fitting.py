"""Videos made to fit: each in a process of its own, which can neither slow the bot nor take it along."""

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from asyncio.subprocess import DEVNULL, PIPE, Process
from pathlib import Path
from typing import Any, Final

import structlog

from bot.media.errors import CannotFit
from bot.media.videos import VideoDesk, VideoFacts

log = structlog.get_logger(__name__)

PROJECT: Final = Path(__file__).parents[2]
PROGRAM: Final = "import sys; from bot.media.fit_process import main; sys.exit(main(*sys.argv[1:]))"
TIME_LIMIT: Final = 600.0  # seconds; 10 s of 1080p take some 25 s of a core that has nothing else to do


class FittingDesk:
    """Fits one video a core at a time, the rest waiting their turn."""

    def __init__(self, videos: VideoDesk, *, concurrency: int | None = None, time_limit: float = TIME_LIMIT) -> None:
        self._videos = videos
        self._turns = asyncio.Semaphore(concurrency or os.cpu_count() or 1)
        self._time_limit = time_limit

    async def fit(self, path: Path, destination: Path, *, max_bytes: int) -> VideoFacts:
        """Write the best version of a video of at most `max_bytes` bytes to `destination`, an MP4 ready to play.

        Sound and frame rate are kept; it is scaled down only when bits run out. A cancellation ends the process.
        Raises CannotFit where there is no such version, or none within the time limit; OSError if the disk does not
        take it.
        """
        async with self._turns:
            # Made and removed here: it takes microseconds, and in a thread a cancellation would lose it.
            folder = Path(tempfile.mkdtemp(prefix=f".{destination.name}.", dir=destination.parent))
            try:
                fitted = await self._run(path, folder, max_bytes)
                facts = await self._videos.inspect(fitted)
                if facts.size > max_bytes:
                    raise CannotFit("the process did not keep to the size")
                fitted.replace(destination)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
        return facts

    async def _run(self, path: Path, folder: Path, max_bytes: int) -> Path:
        # Nothing of our environment: the secrets in it are no business of a process that reads strangers' files.
        process = await asyncio.create_subprocess_exec(
            *_command(path, folder, max_bytes),
            cwd=PROJECT,
            env={},
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            start_new_session=True,
        )
        log.info("fitting_began", pid=process.pid, max_bytes=max_bytes)
        try:
            async with asyncio.timeout(self._time_limit):
                return _outcome(await _last_words(process), await process.wait())
        except TimeoutError:
            raise CannotFit(f"not done within {self._time_limit:g} s") from None
        finally:
            await _end(process)


def _command(path: Path, folder: Path, max_bytes: int) -> list[str]:
    return [sys.executable, "-c", PROGRAM, str(path.absolute()), str(folder.absolute()), str(max_bytes)]


async def _last_words(process: Process) -> bytes:
    """Read what it prints; its standard input stays open, whose end would end it."""
    assert process.stdout is not None  # noqa: S101 - it is started with a pipe
    return await process.stdout.read()


def _outcome(printed: bytes, status: int) -> Path:
    """Read what the process has printed; raises CannotFit for a reason, and for a process that died."""
    if status != 0:
        raise CannotFit(f"the process ended with {_named(status)}")
    try:
        outcome: dict[str, Any] = json.loads(printed)
    except ValueError:
        raise CannotFit("the process said nothing that can be read") from None
    if "path" not in outcome:
        raise CannotFit(str(outcome.get("reason")))
    return Path(outcome["path"])


def _named(status: int) -> str:
    return signal.Signals(-status).name if status < 0 else f"status {status}"


async def _end(process: Process) -> None:
    """Make sure that the process is gone, whatever happens to the caller meanwhile."""
    if process.returncode is None:
        process.kill()
    await asyncio.shield(asyncio.ensure_future(process.wait()))
    if process.stdin is not None:
        process.stdin.close()
