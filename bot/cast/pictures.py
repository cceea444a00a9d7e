"""A member's uploads become the images of a character: fetched, cleaned, and scaled to what is kept."""

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot.cast.model import Picture
from bot.jobs.model import Reference
from bot.media.errors import ChildFailed, FetchError, ImageRefused, image_fault
from bot.media.fetch import Fetcher
from bot.media.images.checker import CleanImage, ImageChecker
from bot.media.rules import SHOWABLE, ImageFault, ImageRules
from bot.media.sniffing import HEAD, sniff

KEPT_BYTES: Final = 800_000  # of one image; a character has at most four, and a member few characters
KEPT_SIDE: Final = 1_536  # pixels, of the longer side: more than the model makes of it


class UnusablePicture(Exception):
    """One of the images cannot serve; `number` is 1 for the first."""

    def __init__(self, number: int, fault: ImageFault) -> None:
        super().__init__(f"picture {number}: {fault.value}")
        self.number = number
        self.fault = fault


class CharacterPictures:
    def __init__(self, fetcher: Fetcher, images: ImageChecker, folder: Path, rules: ImageRules) -> None:
        """`folder` is for files being worked on."""
        self._fetcher = fetcher
        self._images = images
        self._folder = folder
        self._rules = rules

    async def take(self, work_id: int, uploads: Sequence[Reference]) -> Sequence[Picture]:
        """Bring uploads here, in order, all at once; raises `UnusablePicture` for the first that cannot serve."""
        folder = await self._made(work_id)
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

    async def fingerprint(self, work_id: int, upload: Reference) -> str:
        """Tell what an upload of any size shows; raises `UnusablePicture`."""
        folder = await self._made(work_id)
        try:
            return (await self._clean(folder / "1", 1, upload, SHOWABLE)).fingerprint
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _take(self, path: Path, number: int, upload: Reference) -> Picture:
        return await _read(await self._clean(path, number, upload, self._rules))

    async def _clean(self, path: Path, number: int, upload: Reference, rules: ImageRules) -> CleanImage:
        self._images.expect()
        try:
            await self._fetcher.fetch(upload.url, path, max_bytes=rules.max_bytes)
            return await _clean(self._images, path, rules)
        except ImageRefused as refused:
            raise UnusablePicture(number, refused.fault) from refused
        except ChildFailed as failed:
            raise UnusablePicture(number, ImageFault.UNUSABLE) from failed
        except FetchError as error:
            raise UnusablePicture(number, image_fault(error)) from error

    async def _made(self, work_id: int) -> Path:
        folder = self._folder / f"cast-{work_id}"
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        return folder


async def clean_picture(images: ImageChecker, content: bytes, folder: Path, rules: ImageRules) -> Picture:
    """Make what is kept of an image; raises ImageRefused or ChildFailed. `folder` is made, and removed again."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    try:
        path = folder / "saved"
        await asyncio.to_thread(path.write_bytes, content)
        return await _read(await _clean(images, path, rules))
    finally:
        await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


async def _clean(images: ImageChecker, path: Path, rules: ImageRules) -> CleanImage:
    target = path.with_name(f"{path.name}-kept")
    return await images.clean(path, target, rules, max_side=KEPT_SIDE, max_bytes=KEPT_BYTES)


async def _read(clean: CleanImage) -> Picture:
    content = await asyncio.to_thread(clean.path.read_bytes)
    return Picture(content=content, content_type=sniff(content[:HEAD]) or "", fingerprint=clean.fingerprint)
