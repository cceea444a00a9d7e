"""Looks into the history that jobs in doubt share: many that ask at about the same time cost one reading."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.jobs.clock import Clock
from bot.jobs.history import CLOCK_SLACK, LONGEST_SPAN, history_pages, unowned
from bot.jobs.storage.jobs import JobStore
from bot.segmind.budget import Rank
from bot.segmind.client import SegmindClient
from bot.segmind.models import HistoryRow

NEVER: Final = float("-inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The requests of one model since a moment that no job owned; `began` is monotonic, in seconds.

    `shown_until` is when the newest request of all was created, by Segmind's clock: so far the history has caught up.
    """

    began: float
    since: datetime
    rows: Sequence[HistoryRow]
    shown_until: datetime | None


class SharedHistory:
    """Reads the history for one asker at a time; whoever waited meanwhile takes what was read, if it serves."""

    def __init__(self, store: JobStore, segmind: SegmindClient, clock: Clock) -> None:
        self._store = store
        self._segmind = segmind
        self._clock = clock
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wanted: defaultdict[str, list[datetime]] = defaultdict(list)  # by those who wait
        self._last: dict[str, Reading] = {}

    async def read(self, model: str, *, since: datetime, not_before: float) -> Reading:
        """Read every unowned request of a model since a moment, the oldest first.

        The reading may be another's that began no earlier than `not_before`, in monotonic seconds. Raises
        `SegmindError` or `HistoryTooLong`.
        """
        now = self._clock.now()
        since = max(since, (self._segmind.server_time(now) or now) - LONGEST_SPAN)
        wanted = self._wanted[model]
        wanted.append(since)
        try:
            async with self._turns[model]:
                last = self._last.get(model)
                if last is None or last.began < not_before or last.since > since:
                    last = self._last[model] = await self._read(model, min(wanted))
                return last
        finally:
            wanted.remove(since)

    async def _read(self, model: str, since: datetime) -> Reading:
        began = self._clock.monotonic()
        rows: list[HistoryRow] = []
        times: list[datetime] = []
        async for page in history_pages(self._segmind, since=since, model=model, rank=Rank.SUBMIT):
            times += [row.created_at for row in page if row.created_at is not None]
            rows += await unowned(self._store, self._segmind, page)
        now = self._clock.now()
        # A time that has not come yet is read wrongly, such as one of another zone.
        latest = (self._segmind.server_time(now) or now) + CLOCK_SLACK
        shown_until = max((each for each in times if each <= latest), default=None)
        return Reading(began=began, since=since, rows=rows, shown_until=shown_until)
