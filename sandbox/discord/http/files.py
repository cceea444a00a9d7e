"""Uploaded files on disk, what Discord tells about them, and the signed addresses they are served at."""

import asyncio
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import av
from av.error import FFmpegError
from PIL import Image, UnidentifiedImageError

from sandbox.discord.http.signed_urls import UrlSigner
from sandbox.discord.world.world import Attachment, World

_WEBP = ".webp"  # newer than the standard library's table
CHUNK = 256 * 1024  # bytes
INTERACTION_LIFETIME = 24 * 60 * 60.0  # seconds; Discord promises no time, and no URL outlives a day

CDN = "https://cdn.discordapp.com"


class ByteStream(Protocol):
    """Where an upload comes from: a part of a multipart body, or anything that is read in pieces."""

    async def read_chunk(self, size: int = CHUNK) -> bytes: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A received file that no message owns yet; `size` counts what came in, kept or not."""

    file: Path
    filename: str
    content_type: str | None
    size: int


class FileStore:
    """Keeps every uploaded file below one directory and knows the URL of each attachment."""

    def __init__(self, root: Path, world: World, signer: UrlSigner) -> None:
        self._root = root
        self._world = world
        self._signer = signer
        self._served: dict[str, Attachment] = {}
        self._perishable: dict[str, float] = {}  # when each attachment of an interaction came
        self.cdn_url = ""
        self.interaction_lifetime = INTERACTION_LIFETIME

    async def receive(self, source: ByteStream, *, filename: str, content_type: str | None, limit: int) -> Upload:
        """Write an upload to disk; beyond `limit` bytes the rest is counted but not kept."""
        target = self._root / str(self._world.mint())
        size = 0
        with target.open("wb") as file:
            while chunk := await source.read_chunk(CHUNK):
                size += len(chunk)
                if size <= limit:
                    file.write(chunk)
        name = safe_filename(filename)
        return Upload(file=target, filename=name, content_type=_content_type(name, content_type), size=size)

    async def attach(
        self, upload: Upload, *, folder: str, ephemeral: bool = False, description: str | None = None
    ) -> Attachment:
        """Give an upload an id and an address below `folder`, and read its width and height if it has any."""
        width, height = await asyncio.to_thread(_dimensions, upload.file)
        attachment_id = self._world.mint()
        attachment = Attachment(
            id=attachment_id,
            filename=upload.filename,
            size=upload.size,
            content_type=upload.content_type,
            width=width,
            height=height,
            path=f"/{folder}/{attachment_id}/{upload.filename}",
            file=upload.file,
            description=description,
            spoiler=upload.filename.startswith("SPOILER_"),
            ephemeral=ephemeral,
        )
        self._served[attachment.path] = attachment
        return attachment

    async def attach_to_interaction(self, upload: Upload) -> Attachment:
        """Keep an upload of an interaction, which ends after `interaction_lifetime` seconds."""
        folder = f"ephemeral-attachments/{self._world.application_id}"
        attachment = await self.attach(upload, folder=folder, ephemeral=True)
        self._perishable[attachment.path] = self._world.clock()
        return attachment

    def here(self, url: str) -> str:
        """Give the address at this CDN, which stands for Discord's, of what is at Discord's."""
        return self.cdn_url + url.removeprefix(CDN) if url.startswith(f"{CDN}/") else url

    def url(self, attachment: Attachment) -> str:
        """Return an address of the file that is good from now on for the signer's lifetime."""
        return self.cdn_url + self._signer.sign(attachment.path)

    def served(self, path: str) -> Attachment | None:
        """Find the attachment behind a CDN path, `None` once it was removed."""
        since = self._perishable.get(path)
        if since is not None and self._world.clock() - since >= self.interaction_lifetime:
            self.remove(self._served[path])
        return self._served.get(path)

    def remove(self, attachment: Attachment) -> None:
        """Delete a file for good, as Discord does with what no message holds any more."""
        self._served.pop(attachment.path, None)
        self._perishable.pop(attachment.path, None)
        attachment.file.unlink(missing_ok=True)


def safe_filename(name: str) -> str:
    """Return a file name as Discord stores it: letters, digits, `.`, `_` and `-` only."""
    kept = re.sub(r"[^A-Za-z0-9._-]+", "_", name.rsplit("/", 1)[-1]).strip(".")
    return kept or "unknown"


def _content_type(filename: str, declared: str | None) -> str | None:
    guessed = "image/webp" if filename.lower().endswith(_WEBP) else mimetypes.guess_type(filename)[0]
    found = guessed or declared
    return f"{found}; charset=utf-8" if found and found.startswith("text/") and ";" not in found else found


def _dimensions(file: Path) -> tuple[int | None, int | None]:
    """Return the width and height of an image or a video; `None` twice for any other file."""
    return _image_dimensions(file) or _video_dimensions(file) or (None, None)


def _image_dimensions(file: Path) -> tuple[int, int] | None:
    try:
        with Image.open(file) as image:
            return image.size
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError):
        return None


def _video_dimensions(file: Path) -> tuple[int, int] | None:
    try:
        with av.open(str(file)) as container:
            streams = container.streams.video
            return (streams[0].width, streams[0].height) if streams else None
    except (FFmpegError, ValueError, OSError):
        return None
