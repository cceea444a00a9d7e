"""Images that members upload, each decoded once, in a process that can neither slow the bot nor take it along.

What comes out is one clean copy: see `bot.media.cleaning`. Nothing else of an upload goes anywhere.
"""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.media.errors import ChildFailed, ImageRefused
from bot.media.rules import ImageFault, ImageRules

PROJECT: Final = Path(__file__).parents[2]
PROGRAM: Final = "import sys; from bot.media.image_process import main; sys.exit(main())"
TIME_LIMIT: Final = 120.0  # seconds; the slowest that is taken needs some 10 s of a core
NO_WORK: Final = 3  # the exit status of a process that was given nothing to do
COPY_SIDE: Final = 2_560  # pixels, of the longer side
COPY_BYTES: Final = 3_000_000  # seven of them fit a request of 25 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanImage:
    """The clean copy of an image, and what its file was."""

    path: Path  # of the copy, a JPEG or PNG
    content_type: str  # of the file that was uploaded, by its bytes
    width: int  # pixels of what was uploaded, upright
    height: int
    fingerprint: str  # of what it shows; see bot/media/fingerprints.py


class ImageDesk:
    """Cleans one image at a time, the rest waiting their turn."""

    def __init__(self, *, time_limit: float = TIME_LIMIT) -> None:
        self._turns = asyncio.Semaphore(1)
        self._waiting = 0
        self._time_limit = time_limit
        self._spare: asyncio.Task[Process] | None = None

    async def clean(
        self,
        source: Path,
        target: Path,
        rules: ImageRules,
        *,
        max_side: int = COPY_SIDE,
        max_bytes: int = COPY_BYTES,
    ) -> CleanImage:
        """Write the clean copy of an image to `target` with the suffix that fits.

        A cancellation ends the process. Raises ImageRefused for what can't be used, ChildFailed where the process
        ended without an answer, and OSError where it can't be started or the disk doesn't take the copy.
        """
        work = _work(source, target, rules, max_side, max_bytes)
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._run(work)
        finally:
            self._turns.release()

    def expect(self) -> None:
        """Start the process for the next image already: its bytes are on their way. It ends when nothing comes."""
        if self._spare is None:
            self._spare = asyncio.create_task(_start(), name="image-process")

    async def aclose(self) -> None:
        """End the process that waits for work, if there is one."""
        spare, self._spare = self._spare, None
        if spare is not None:
            for process in await asyncio.gather(spare, return_exceptions=True):
                if isinstance(process, Process):
                    await _end(process)

    async def _run(self, work: bytes) -> CleanImage:
        while True:
            process = await self._process()
            try:
                async with asyncio.timeout(self._time_limit):
                    printed = await _answer(process, work)
                    status = await process.wait()
            except TimeoutError:
                raise ChildFailed("timeout") from None
            finally:
                await _end(process)
            if status != NO_WORK:
                return _outcome(printed, status)

    async def _process(self) -> Process:
        """Take the process that waits for work, or start one; start the next one for whoever waits already."""
        spare, self._spare = self._spare, None
        process = await (spare or _start())
        if self._waiting:
            self.expect()
        return process


def _work(source: Path, target: Path, rules: ImageRules, max_side: int, max_bytes: int) -> bytes:
    work = {
        "source": str(source.absolute()),
        "target": str(target.absolute()),
        "rules": asdict(rules),
        "max_side": max_side,
        "max_bytes": max_bytes,
    }
    return json.dumps(work).encode() + b"\n"


async def _start() -> Process:
    # Nothing of our environment: the secrets in it are no business of a process that reads strangers' files.
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM),
        cwd=PROJECT,
        env={"MALLOC_ARENA_MAX": "1"},
        stdin=PIPE,
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,
    )


async def _answer(process: Process, work: bytes) -> bytes:
    """Hand over the work and read what is printed; the standard input stays open, whose end would end the process."""
    assert process.stdin is not None  # noqa: S101 - it is started with pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(work)
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it has ended already, which its status tells
    return await process.stdout.read()


def _outcome(printed: bytes, status: int) -> CleanImage:
    if status != 0:
        raise ChildFailed(signal.Signals(-status).name if status < 0 else f"status {status}")
    try:
        outcome: dict[str, Any] = json.loads(printed)
    except ValueError:
        raise ChildFailed("no answer") from None
    if "fault" in outcome:
        raise ImageRefused(ImageFault(outcome["fault"]))
    if "trouble" in outcome:
        raise OSError(outcome["trouble"])
    path = Path(outcome.pop("path"))
    return CleanImage(path=path, **outcome)


async def _end(process: Process) -> None:
    """Make sure that the process is gone, whatever happens to the caller meanwhile."""
    if process.returncode is None:
        process.kill()
    await asyncio.shield(asyncio.ensure_future(process.wait()))
    if process.stdin is not None:
        process.stdin.close()
