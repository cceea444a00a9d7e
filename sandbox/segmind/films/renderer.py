"""Films made one at a time beside the event loop, each distinct one only once."""

import asyncio
import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from sandbox.segmind.films.film import RenderQuality, render


class Renderer:
    """Renders into `folder`; the work runs in one thread, and Pillow and x264 release the GIL there."""

    def __init__(self, folder: Path, quality: RenderQuality) -> None:
        self._folder = folder
        self._quality = quality
        self._worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="render")
        self._films: dict[str, asyncio.Future[Path]] = {}
        self._closing = threading.Event()

    async def film(self, images: Sequence[bytes], *, aspect_ratio: str, seconds: int) -> Path:
        """Give the film of these images, rendered now or before. The caller must not change the file."""
        key = _key(images, aspect_ratio, seconds)
        if key not in self._films:
            work = partial(self._render, key, images, aspect_ratio, seconds)
            self._films[key] = asyncio.get_running_loop().run_in_executor(self._worker, work)
        return await asyncio.shield(self._films[key])

    async def close(self) -> None:
        """Stop what is being rendered and wait for the thread to end."""
        self._closing.set()
        self._worker.shutdown(wait=False, cancel_futures=True)
        await asyncio.gather(*self._films.values(), return_exceptions=True)

    def _render(self, key: str, images: Sequence[bytes], aspect_ratio: str, seconds: int) -> Path:
        path = self._folder / f"{key}.mp4"
        render(
            path,
            images,
            aspect_ratio=aspect_ratio,
            seconds=seconds,
            quality=self._quality,
            cancelled=self._closing.is_set,
        )
        return path


def _key(images: Sequence[bytes], aspect_ratio: str, seconds: int) -> str:
    digest = hashlib.sha256(f"{aspect_ratio} {seconds}".encode())
    for image in images:
        digest.update(hashlib.sha256(image).digest())
    return digest.hexdigest()[:32]
