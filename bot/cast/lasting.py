"""The images of saved characters in Segmind's storage, brought there when a character is first used.

An upload is no run and costs nothing but a request of the budget. It is repeated only where Segmind said that it did
not take it: what became of one without an answer nobody knows, and a repeat would leave a second copy for good.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import structlog

from bot.cast.model import Picture, StoredPicture
from bot.cast.store import CastStore
from bot.jobs.clock import Clock
from bot.jobs.model import Element
from bot.jobs.ports import ElementGone, StorageRefused
from bot.media.images import sniff
from bot.segmind.client import SegmindClient
from bot.segmind.errors import OperatorMustAct, SegmindError, TryLater

log = structlog.get_logger(__name__)

KEPT_FOR: Final = timedelta(days=30)  # then a copy is made anew: how long the storage truly keeps one, nobody says
SURELY_NOT_TAKEN: Final = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
)
MOST_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=5)  # before the second try; doubled for each further one
LONGEST_WAIT: Final = timedelta(seconds=90)


class LastingImages:
    """What the job engine asks for: see `bot.jobs.ports.Elements`."""

    def __init__(self, store: CastStore, segmind: SegmindClient, clock: Clock) -> None:
        self._store = store
        self._segmind = segmind
        self._clock = clock
        self._uploading: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def lasting(self, element: Element) -> Element:
        # Two jobs that use a new character at once need one copy of it.
        async with self._uploading.setdefault(element.cast_id, asyncio.Lock()):
            stored = await self._store.pictures(element.cast_id)
            if not stored:
                if element.frontal_url:
                    return element  # removed since; the request keeps what it was made with
                raise ElementGone(element.name)
            now = self._clock.now()
            urls = [each.url for each in stored if each.url is not None and _lasts(each, now)]
            if len(urls) < len(stored):
                urls = await self._upload([each.picture for each in stored])
                await self._store.keep_urls(element.cast_id, urls, self._clock.now())
        frontal, *references = urls
        return replace(element, frontal_url=frontal, reference_urls=tuple(references))

    async def pictures(self, element: Element, folder: Path) -> Sequence[Path]:
        paths: list[Path] = []
        for place, stored in enumerate(await self._store.pictures(element.cast_id)):
            path = folder / f"character-{element.cast_id}-{place}"
            await asyncio.to_thread(path.write_bytes, stored.picture.content)
            paths.append(path)
        return paths

    async def keep(self, picture: Path) -> str:
        content = await asyncio.to_thread(picture.read_bytes)
        content_type = sniff(content) or "image/jpeg"
        [url] = await self._upload([Picture(content=content, content_type=content_type)])
        return url

    async def _upload(self, pictures: Sequence[Picture]) -> list[str]:
        data_urls = [await asyncio.to_thread(_data_url, each) for each in pictures]
        tries = 0
        while True:
            try:
                return list(await self._segmind.upload(data_urls))
            except TryLater as error:
                tries += 1
                if tries == MOST_TRIES or error.status not in SURELY_NOT_TAKEN:
                    log.warning("pictures_not_stored", error=str(error))
                    raise StorageRefused(str(error)) from error
                await self._clock.sleep(self._rest(tries, error.retry_at).total_seconds())
            except SegmindError as error:
                if isinstance(error, OperatorMustAct):
                    log.error("operator_must_act", what=type(error).__name__, error=str(error))  # noqa: TRY400
                raise StorageRefused(str(error)) from error

    def _rest(self, tries: int, retry_at: datetime | None) -> timedelta:
        wait = FIRST_WAIT * 2 ** (tries - 1) if retry_at is None else retry_at - self._clock.now()
        return min(max(wait, timedelta()), LONGEST_WAIT)


def _lasts(stored: StoredPicture, now: datetime) -> bool:
    return stored.url_since is not None and now - stored.url_since < KEPT_FOR


def _data_url(picture: Picture) -> str:
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"
