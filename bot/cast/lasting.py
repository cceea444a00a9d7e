"""The images of saved characters in Segmind's storage, brought there when a character is first used.

An upload is no run and costs nothing but a request of the budget. It is repeated only where Segmind said that it did
not take it: what became of one without an answer no one knows, and a repeat would leave a second copy permanently.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cast.model import Picture, StoredPicture
from bot.cast.pictures import CharacterPictures, clean_picture
from bot.cast.store import CastStore
from bot.catalogue.models import CHARACTER_RULES
from bot.jobs.clock import Clock
from bot.jobs.kept_files import Files
from bot.jobs.model import Element
from bot.jobs.ports import ElementGone, Shown, StorageRefused
from bot.media.images.checker import ImageChecker
from bot.media.rules import SHOWABLE
from bot.media.sniffing import sniff
from bot.segmind.client import SegmindClient
from bot.segmind.errors import OperatorMustAct, SegmindError, TryLater

log = structlog.get_logger(__name__)

KEPT_FOR: Final = timedelta(days=30)  # then a copy is made again: how long the storage truly keeps one, no one says
SURELY_NOT_TAKEN: Final = frozenset(
    {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.SERVICE_UNAVAILABLE}
)
MOST_TRIES: Final = 5
FIRST_WAIT: Final = timedelta(seconds=5)  # before the second try; doubled for each further one
LONGEST_WAIT: Final = timedelta(seconds=90)


class LastingImages:
    """What the job engine asks for: see `bot.jobs.ports.Elements`."""

    def __init__(
        self, store: CastStore, segmind: SegmindClient, clock: Clock, images: ImageChecker, folder: Path
    ) -> None:
        """`folder` is for files being worked on."""
        self._images = images
        self._folder = folder
        self._store = store
        self._segmind = segmind
        self._clock = clock
        self._using: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

    async def lasting(self, element: Element) -> Element:
        # Two jobs that use a new character at once need one copy of it.
        async with self._using.setdefault(element.cast_id, asyncio.Lock()):
            stored = await self._clean_pictures(element.cast_id)
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

    async def pictures(self, element: Element, folder: Path) -> Sequence[Shown]:
        async with self._using.setdefault(element.cast_id, asyncio.Lock()):
            stored = [each.picture for each in await self._clean_pictures(element.cast_id)]
        shown: list[Shown] = []
        for place, picture in enumerate(stored):
            path = folder / f"character-{element.cast_id}-{place}"
            await asyncio.to_thread(path.write_bytes, picture.content)
            shown.append(Shown(path=path, fingerprint=picture.fingerprint or ""))
        return shown

    async def keep(self, picture: Path) -> str:
        content = await asyncio.to_thread(picture.read_bytes)
        [url] = await self._upload([Picture(content=content, content_type=sniff(content) or "image/jpeg")])
        return url

    async def _clean_pictures(self, cast_id: int) -> Sequence[StoredPicture]:
        """Read the images of a character, and keep clean copies of those that were saved before there were any."""
        stored = list(await self._store.pictures(cast_id))
        for place, each in enumerate(stored):
            if each.picture.fingerprint is None:
                picture = await clean_picture(
                    self._images, each.picture.content, self._folder / f"cast-{cast_id}", SHOWABLE
                )
                await self._store.replace_picture(cast_id, place, picture)
                stored[place] = StoredPicture(picture=picture, url=None, url_since=None)
        return stored

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
                    raise StorageRefused(error.words) from error
                await self._clock.sleep(self._rest(tries, error.retry_at).total_seconds())
            except SegmindError as error:
                if isinstance(error, OperatorMustAct):
                    log.error("operator_must_act", what=type(error).__name__, error=str(error))  # noqa: TRY400
                raise StorageRefused(error.words) from error

    def _rest(self, tries: int, retry_at: datetime | None) -> timedelta:
        wait = FIRST_WAIT * 2 ** (tries - 1) if retry_at is None else retry_at - self._clock.now()
        return min(max(wait, timedelta()), LONGEST_WAIT)


def _lasts(stored: StoredPicture, now: datetime) -> bool:
    return stored.url_since is not None and now - stored.url_since < KEPT_FOR


def _data_url(picture: Picture) -> str:
    return f"data:{picture.content_type};base64,{base64.b64encode(picture.content).decode()}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    store: CastStore
    pictures: CharacterPictures
    elements: LastingImages


def cast_of(database: AsyncEngine, segmind: SegmindClient, clock: Clock, files: Files) -> Cast:
    store = CastStore(database)
    return Cast(
        store=store,
        pictures=CharacterPictures(files.attachments, files.images, files.work, CHARACTER_RULES),
        elements=LastingImages(store, segmind, clock, files.images, files.work),
    )
