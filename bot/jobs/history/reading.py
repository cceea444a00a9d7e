"""Segmind's request history: the one witness of what was really submitted.

It lists every request of the account, also other programs'. Ids are compared in one normal form. A request counts as a
job's own only when no job owns it, its whole body is the one that the job saved, and it was created, by Segmind's own
clock, no earlier than the job's submit.
"""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final, cast
from urllib.parse import urlsplit

import structlog

from bot.catalogue.model import VideoModel
from bot.jobs.clock import Clock
from bot.jobs.model import Job, hash_body, normal_id, spellings
from bot.jobs.ports import reference_name
from bot.jobs.segmind_terms import request_body
from bot.jobs.storage.jobs import JobStore
from bot.segmind.budget import Claim, Rank
from bot.segmind.client import SegmindClient
from bot.segmind.errors import RecordGone
from bot.segmind.models import HistoryRow

log = structlog.get_logger(__name__)

CLOCK_SLACK: Final = timedelta(minutes=2)  # rows this much older than Segmind's clock at submit still count
UNKNOWN_CLOCK_SLACK: Final = timedelta(minutes=15)  # the same where Segmind's clock was never seen
MOST_PAGES: Final = 1_000  # a hundred requests each
OUT_OF_ORDER: Final = timedelta(hours=1)  # by which a row may stand among younger ones
LONGEST_SPAN: Final = timedelta(days=30)  # Segmind answers for 31 days at the most
NEVER: Final = float("-inf")


class HistoryTooLong(Exception):
    """There are more requests than we read; what was not read may matter."""


async def history_pages(
    segmind: SegmindClient, *, since: datetime, model: str | None, rank: Rank
) -> AsyncGenerator[Sequence[HistoryRow]]:
    """Yield every request since a moment, each once, a page at a time, as Segmind gives them: newest first.

    Segmind is asked by the day, so some from before come along. Raises `SegmindError` or `HistoryTooLong`.
    """
    seen: set[str] = set()
    order = _NewestFirst(since - OUT_OF_ORDER)
    for number in range(1, MOST_PAGES + 1):
        page = await segmind.history(page=number, since=since, model=model, claim=Claim(rank=rank))
        fresh = [row for row in page.rows if row.request_id not in seen]
        seen.update(row.request_id for row in fresh)
        yield fresh
        if not page.more or order.has_passed(fresh):
            return
    raise HistoryTooLong


class _NewestFirst:
    """Knows whether pages have reached requests older than a moment, if the pages are sorted."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment
        self._last: datetime | None = None
        self._falls = False
        self._is_sorted = True

    def has_passed(self, rows: Sequence[HistoryRow]) -> bool:
        for row in rows:
            if row.created_at is None or (self._last is not None and row.created_at > self._last):
                self._is_sorted = False
                return False
            self._falls |= self._last is not None and row.created_at < self._last
            self._last = row.created_at
        return self._is_sorted and self._falls and self._last is not None and self._last < self._moment


async def unowned(store: JobStore, segmind: SegmindClient, rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Keep the requests that belong to no job, the oldest first.

    The history may have ids of its own. So a request whose id no job has is an accepted job's if it has its body, was
    made when it was submitted, and the history knows none by the job's own id; then its id is saved with the job.
    Raises `SegmindError` where that cannot be found out.
    """
    owned = await store.owned([row.request_id for row in rows])
    strange = [row for row in rows if row.request_id not in owned]
    strange.sort(key=lambda row: (row.created_at is None, row.created_at and row.created_at.timestamp()))
    made = [row.created_at for row in strange if row.created_at is not None]
    if not made:
        return strange
    hashes = {each for row in strange if (each := _hash_of(row)) is not None}
    since, until = min(made) - UNKNOWN_CLOCK_SLACK, max(made) + UNKNOWN_CLOCK_SLACK
    seen = {normal_id(each): each for each in owned}
    unseen: list[Job] = []
    for job in await store.unseen(hashes, since=since, until=until):
        if (own := seen.get(job.history_key or "")) is None:
            unseen.append(job)
        else:
            await store.seen_as(job.id, own)
    nobodys: list[HistoryRow] = []
    for row in strange:
        owner = await _find_owner(store, segmind, unseen, row)
        if owner is None or not await store.seen_as(owner.id, row.request_id):
            nobodys.append(row)
    # Another process may have found the owner of one meanwhile.
    found = await store.owned([row.request_id for row in nobodys]) if nobodys else set[str]()
    return [row for row in nobodys if row.request_id not in found]


async def _find_owner(store: JobStore, segmind: SegmindClient, unseen: list[Job], row: HistoryRow) -> Job | None:
    """Find the accepted job that a request of another id is of, and take it from the `unseen`."""
    for job in [each for each in unseen if _was_accepted_as(row, each)]:
        unseen.remove(job)
        known = await look_up(segmind, job)
        if known is None:
            return job
        await store.seen_as(job.id, known.request_id)
    return None


async def look_up(segmind: SegmindClient, job: Job) -> HistoryRow | None:
    """Ask the history for a job's request by the ids that are known of it. Raises `SegmindError`."""
    known_as = job.history_id or job.request_id
    for request_id in spellings(known_as) if known_as else ():
        with contextlib.suppress(RecordGone):
            return await segmind.history_row(request_id)
    return None


async def find(store: JobStore, segmind: SegmindClient, job: Job) -> HistoryRow | None:
    """Find an accepted job's request in the history, by its id or by what was sent; None where it surely is not there.

    Raises `SegmindError` or `HistoryTooLong`.
    """
    if (row := await look_up(segmind, job)) is not None:
        return row
    since = earliest_submit(job)
    async for page in history_pages(segmind, since=since, model=job.request.model, rank=Rank.BACKGROUND):
        await unowned(store, segmind, page)
        newest = await store.get(job.id)
        keys = {each.history_key for each in (job, newest) if each is not None}
        found = next((row for row in page if normal_id(row.request_id) in keys), None)
        if found is not None:
            return found
    return None


def _hash_of(row: HistoryRow) -> str | None:
    try:
        return None if row.body is None else hash_body(row.body)
    except (ValueError, TypeError, RecursionError):
        return None


def _was_accepted_as(row: HistoryRow, job: Job) -> bool:
    """Return whether a request can be the one that was accepted of a job, by its body and the time."""
    if row.created_at is None or row.model != job.request.model:
        return False
    if job.body is not None and row.body != job.body:
        return False
    slack = UNKNOWN_CLOCK_SLACK if job.segmind_time is None else CLOCK_SLACK
    submitted = job.segmind_time or job.submitted_at or job.created_at
    return abs(row.created_at - submitted) <= slack


def earliest_submit(job: Job) -> datetime:
    """Return the time by Segmind's clock before which no request can be this job's."""
    if job.segmind_time is not None:
        return job.segmind_time - CLOCK_SLACK
    return (job.submitted_at or job.created_at) - UNKNOWN_CLOCK_SLACK


def is_submit_of(row: HistoryRow, job: Job) -> bool:
    """Return whether a request can be the one that this job, its body saved, sent."""
    if job.body is None or row.body != job.body:
        return False
    return row.created_at is None or row.created_at >= earliest_submit(job)


def is_same_request(row: HistoryRow, job: Job, model: VideoModel) -> bool:
    """Return whether a request asks for what this job asks for, although the job has no body saved.

    A copy of an image is known by its channel and name on the card, or by its name where only moderators see it. What
    was sent by earlier versions has the upload's own path, under whatever signature.
    """
    body, request = row.body, job.request
    if body is None or (row.created_at is not None and row.created_at < job.created_at - UNKNOWN_CLOCK_SLACK):
        return False
    images = {f"image://{job.id}/{number}": number for number in range(1, len(request.references) + 1)}
    ours = request_body(model, request, list(images))
    if not all(_is_nothing(value) for name, value in body.items() if name not in ours):
        return False
    return all(_is_same(body.get(name), value, job, images) for name, value in ours.items())


def _is_nothing(value: object) -> bool:
    """Return whether a field that we do not send may be Segmind's own, and is no image and no character."""
    return not value or not isinstance(value, list | dict | str) or (isinstance(value, str) and "://" not in value)


def _is_same(theirs: object, ours: object, job: Job, images: Mapping[str, int]) -> bool:
    """Compare a field of two bodies. Of ours, a saved character that has no address yet can be any."""
    if isinstance(ours, dict):
        own = cast("Mapping[str, object]", ours)
        if not isinstance(theirs, dict):
            return False
        found = cast("Mapping[str, object]", theirs)
        return "" in own.values() or all(_is_same(found.get(name), value, job, images) for name, value in own.items())
    if isinstance(ours, list):
        own_list = cast("list[object]", ours)
        found_list = cast("list[object]", theirs) if isinstance(theirs, list) else []
        pairs = zip(found_list, own_list, strict=False)
        return len(found_list) == len(own_list) and all(_is_same(each, mine, job, images) for each, mine in pairs)
    number = images.get(ours) if isinstance(ours, str) else None
    if number is None:
        return ours == "" or str(theirs) == str(ours)
    return isinstance(theirs, str) and _is_copy(theirs, job, number)


def _is_copy(url: str, job: Job, number: int) -> bool:
    """Return whether a URL leads to a reference of a job, wherever its copy was."""
    reference, path = job.request.references[number - 1], PurePosixPath(urlsplit(url).path)
    on_card = str(job.request.channel_id) in path.parts and path.name == reference.card_name
    before_moderators = not job.shows_contents and path.stem == reference_name(number)
    return on_card or before_moderators or str(path) == urlsplit(reference.url).path or url == reference.lasting_url


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
    """Reads the history for one caller at a time; callers that waited share what was read, if it serves them."""

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
