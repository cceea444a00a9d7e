"""Images that members upload, each decoded once, in a process that can neither slow the bot nor take it along.

What comes out is one clean copy: see `bot.media.images.cleaning`. Nothing else of an upload goes anywhere.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from bot.media.child import IDLE, Child
from bot.media.errors import ChildFailed, ImageRefused
from bot.media.rules import ImageFault, ImageRules

PROCESS: Final = "bot.media.images.process"
TIME_LIMIT: Final = 240.0  # seconds; the slowest that is taken needs some 12 s of a core
COPY_SIDE: Final = 2_560  # pixels, of the longer side
COPY_BYTES: Final = 3_000_000  # seven of them fit a request of 25 MiB


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanImage:
    """The clean copy of an image, and what its file was."""

    path: Path  # of the copy, a JPEG or PNG
    content_type: str  # of the file that was uploaded, by its bytes
    width: int  # pixels of what was uploaded, upright
    height: int
    fingerprint: str  # of what it shows; see bot/media/images/fingerprints.py


class ImageChecker:
    """Cleans one image at a time, the rest waiting their turn."""

    def __init__(self, *, time_limit: float = TIME_LIMIT) -> None:
        self._turns = asyncio.Semaphore(1)
        self._waiting = 0
        self._time_limit = time_limit
        self._spare: asyncio.Task[Child] | None = None

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
        work = {
            "source": source,
            "target": target,
            "rules": asdict(rules),
            "max_side": max_side,
            "max_bytes": max_bytes,
        }
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
            self._spare = asyncio.create_task(Child.start(PROCESS), name="image-process")

    async def aclose(self) -> None:
        """End the process that waits for work, if there is one."""
        spare, self._spare = self._spare, None
        if spare is not None:
            for child in await asyncio.gather(spare, return_exceptions=True):
                if isinstance(child, Child):
                    await child.end()

    async def _run(self, work: Mapping[str, object]) -> CleanImage:
        while True:
            child = await self._child()
            try:
                return _image(await child.outcome(work, time_limit=self._time_limit))
            except ChildFailed as failed:
                if failed.how != IDLE:
                    raise

    async def _child(self) -> Child:
        """Take the process that waits for work, or start one; start the next one for the image that waits already."""
        self.expect()
        assert self._spare is not None  # noqa: S101 - it is expected
        try:
            # A cancellation leaves it the spare one, for the next image or for `aclose` to end.
            child = await asyncio.shield(self._spare)
        except Exception:
            self._spare = None
            raise
        self._spare = None
        if self._waiting:
            self.expect()
        return child


def _image(outcome: dict[str, Any]) -> CleanImage:
    if "fault" in outcome:
        raise ImageRefused(ImageFault(outcome["fault"]))
    if "trouble" in outcome:
        raise OSError(*outcome["trouble"])
    path = Path(outcome.pop("path"))
    return CleanImage(path=path, **outcome)
