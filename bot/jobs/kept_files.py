"""A process's files: where they come from, where they are worked on, and those kept as long as moderators need them."""

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.media.fetch import Fetcher
from bot.media.images.checker import ImageChecker


class KeptFiles:
    """A folder for each job. Another machine does not have it: callers that find nothing here look elsewhere, too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def keep(self, job_id: int, files: Mapping[str, Path]) -> None:
        """Copy files under these names, which have no suffix; a copy is whole or not there."""
        await asyncio.to_thread(self._keep, job_id, files)

    async def get(self, job_id: int) -> Mapping[str, Path]:
        """Return a job's files by name."""
        return await asyncio.to_thread(self._get, job_id)

    async def forget(self, job_id: int) -> None:
        await asyncio.to_thread(shutil.rmtree, self._folder / str(job_id), ignore_errors=True)

    async def jobs(self) -> Sequence[int]:
        """Return the ids of the jobs that have files here."""
        return await asyncio.to_thread(self._jobs)

    def _keep(self, job_id: int, files: Mapping[str, Path]) -> None:
        folder = self._folder / str(job_id)
        folder.mkdir(parents=True, exist_ok=True)
        for name, path in files.items():
            part = folder / f"{name}.part"
            shutil.copyfile(path, part)
            part.replace(folder / name)

    def _get(self, job_id: int) -> Mapping[str, Path]:
        folder = self._folder / str(job_id)
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return {path.name: path for path in found if not path.suffix}  # others are parts, or copies made for a message

    def _jobs(self) -> Sequence[int]:
        if not self._folder.is_dir():
            return []
        return [int(path.name) for path in self._folder.iterdir() if path.name.isdecimal()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    attachments: Fetcher  # what members upload
    outputs: Fetcher  # what Segmind makes
    images: ImageChecker
    data_dir: Path

    @property
    def work(self) -> Path:
        """The folder of files that jobs work on; safe to lose."""
        return self.data_dir / "work"

    @property
    def hidden(self) -> KeptFiles:
        """The videos that were taken off their posts."""
        return KeptFiles(self.data_dir / "hidden")
