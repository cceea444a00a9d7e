"""Whether the models on offer are still there, as Segmind's public catalog says: finding out costs no run."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from bot.catalogue.model import VideoModel
from bot.catalogue.schema_check import unmet
from bot.jobs.clock import Clock
from bot.operator.notices import NoticeKind, OperatorNotices
from bot.segmind.client import SegmindClient
from bot.segmind.errors import SegmindError
from bot.segmind.models import CatalogEntry

log = structlog.get_logger(__name__)

READ_EVERY: Final = timedelta(days=1)
READ_AGAIN: Final = timedelta(minutes=10)  # after trouble: what could not be read, or a run that was refused

Note = Callable[[NoticeKind, str, str], Awaitable[None]]


class ModelWatch:
    """Reads the catalog when the process begins, daily, and soon after a refusal."""

    def __init__(
        self, segmind: SegmindClient, models: Sequence[VideoModel], notices: OperatorNotices, clock: Clock
    ) -> None:
        self._segmind = segmind
        self._models = models
        self._notices = notices
        self._clock = clock
        self._next_at: float | None = None  # monotonic
        self._soonest: float | None = None

    async def look(self, note: Note, *, refused: bool) -> None:
        """Read the catalog if it is time to, and note what the operator has to know of the models on offer."""
        now = self._clock.monotonic()
        due = self._soonest if refused else self._next_at
        if due is not None and now < due:
            return
        self._soonest = now + READ_AGAIN.total_seconds()
        try:
            entries = await self._segmind.catalog()
        except SegmindError as error:
            self._next_at = self._soonest
            log.info("catalog_not_read", error=type(error).__name__)
            return
        self._next_at = now + READ_EVERY.total_seconds()
        for model in self._models:
            await self._compare(model, find_entry(entries, model), note)

    async def _compare(self, model: VideoModel, entry: CatalogEntry | None, note: Note) -> None:
        slug = model.slug
        if entry is None or entry.retired:
            await note(NoticeKind.MODEL, slug, slug)
            return
        await self._notices.over(NoticeKind.MODEL, about=slug)
        if changed := unmet(model, entry.schema):
            await note(NoticeKind.SCHEMA, slug, f"{slug}: {', '.join(changed)}")
        else:
            await self._notices.over(NoticeKind.SCHEMA, about=slug)


def find_entry(entries: Sequence[CatalogEntry], model: VideoModel) -> CatalogEntry | None:
    """Find a model in the catalog; of several entries one that is not retired."""
    found = [entry for entry in entries if entry.slug.lower() == model.slug.lower()]
    return min(found, key=lambda entry: entry.retired, default=None)
