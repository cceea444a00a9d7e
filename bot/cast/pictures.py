"""A member's uploads become the pictures of a character: fetched, checked, and scaled to what is kept."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.cast.model import Picture
from bot.jobs.model import Reference
from bot.media.errors import FetchError, ImageRefused, image_fault
from bot.media.fetch import Fetcher
from bot.media.images import ImageDesk
from bot.media.rules import ImageFault, ImageRules

KEPT_BYTES: Final = 800_000  # of one picture; a character has at most four, and a member few characters
KEPT_SIDE: Final = 1_536  # pixels, of the longer side: more than the model makes of it


class UnusablePicture(Exception):
    """One of the pictures cannot serve; `number` is 1 for the first."""

    def __init__(self, number: int, fault: ImageFault) -> None:
        super().__init__(f"picture {number}: {fault.value}")
        self.number = number
        self.fault = fault


class PictureDesk:
    def __init__(self, fetcher: Fetcher, images: ImageDesk, folder: Path, rules: ImageRules) -> None:
        """`folder` is for files being worked on."""
        self._fetcher = fetcher
        self._images = images
        self._folder = folder
        self._rules = rules

    async def take(self, work_id: int, uploads: Sequence[Reference]) -> Sequence[Picture]:
        """Bring uploads here, in order, all at once; raises `UnusablePicture` for the first that cannot serve."""
        folder = self._folder / f"cast-{work_id}"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        try:
            taken = await asyncio.gather(
                *(self._take(folder / str(number), number, upload) for number, upload in enumerate(uploads, start=1)),
                return_exceptions=True,
            )
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        for each in taken:
            if isinstance(each, BaseException):
                raise each
        return [each for each in taken if isinstance(each, Picture)]

    async def _take(self, path: Path, number: int, upload: Reference) -> Picture:
        try:
            await self._fetcher.fetch(upload.url, path, max_bytes=self._rules.max_bytes)
            await self._images.inspect(path, self._rules)
            kept = await self._images.scale(path, path.with_suffix(".kept"), max_bytes=KEPT_BYTES, max_side=KEPT_SIDE)
            facts = await self._images.inspect(kept, self._rules)
            return Picture(content=await asyncio.to_thread(kept.read_bytes), content_type=facts.content_type)
        except ImageRefused as refused:
            raise UnusablePicture(number, refused.fault) from refused
        except FetchError as error:
            raise UnusablePicture(number, image_fault(error)) from error
