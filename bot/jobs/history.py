"""Segmind's request history: the one witness of what was really submitted.

It lists every request of the account, whoever made it. A request is taken for a job's own only when no job owns it, its
whole body is the one that the job saved, and it was created, by Segmind's own clock, no earlier than the job's submit.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, cast
from urllib.parse import urlsplit

import structlog

from bot.catalogue.model import VideoModel
from bot.jobs.model import Job, VideoRequest
from bot.jobs.request_body import request_body
from bot.jobs.store import JobStore
from bot.segmind.budget import Claim, Rank
from bot.segmind.client import SegmindClient
from bot.segmind.models import HistoryRow

log = structlog.get_logger(__name__)

CLOCK_SLACK: Final = timedelta(minutes=2)  # rows this much older than Segmind's clock at submit still count
UNKNOWN_CLOCK_SLACK: Final = timedelta(minutes=15)  # the same where Segmind's clock was never seen
MOST_PAGES: Final = 1_000  # a hundred requests each
OUT_OF_ORDER: Final = timedelta(hours=1)  # by which a row may stand among younger ones
LONGEST_SPAN: Final = timedelta(days=30)  # Segmind answers for 31 days at the most


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
    """Tells whether pages have come to requests from before a moment: only where they are seen to be sorted."""

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


async def unowned(store: JobStore, rows: Sequence[HistoryRow]) -> list[HistoryRow]:
    """Keep the requests that belong to no job, the oldest first."""
    owned = await store.owned([row.request_id for row in rows])
    ours = [row for row in rows if row.request_id not in owned]
    return sorted(ours, key=lambda row: (row.created_at is None, row.created_at and row.created_at.timestamp()))


def earliest_submit(job: Job) -> datetime:
    """Give the time by Segmind's clock before which no request can be this job's."""
    if job.segmind_time is not None:
        return job.segmind_time - CLOCK_SLACK
    return (job.submitted_at or job.created_at) - UNKNOWN_CLOCK_SLACK


def is_submit_of(row: HistoryRow, job: Job) -> bool:
    """Tell whether a request can be the one that this job, its body saved, sent."""
    if job.body is None or row.body != job.body:
        return False
    return row.created_at is None or row.created_at >= earliest_submit(job)


def is_same_request(row: HistoryRow, job: Job, model: VideoModel) -> bool:
    """Tell whether a request asks for what this job asks for, although the job has no body saved.

    The same upload has the same path under every signature; a copy on the card is known by its channel and name.
    """
    body, request = row.body, job.request
    if body is None or (row.created_at is not None and row.created_at < job.created_at - UNKNOWN_CLOCK_SLACK):
        return False
    ours = request_body(model, request, [reference.url for reference in request.references])
    if not all(_is_nothing(value) for name, value in body.items() if name not in ours):
        return False
    return all(_is_same(body.get(name), value, request) for name, value in ours.items())


def _is_nothing(value: object) -> bool:
    """Tell whether a field that we do not send may be Segmind's own, and is no image and no character."""
    return not value or not isinstance(value, list | dict | str) or (isinstance(value, str) and "://" not in value)


def _is_same(theirs: object, ours: object, request: VideoRequest) -> bool:
    """Compare a field of two bodies. Of ours, a saved character that has no address yet can be any."""
    if isinstance(ours, dict):
        own = cast("Mapping[str, object]", ours)
        if not isinstance(theirs, dict):
            return False
        found = cast("Mapping[str, object]", theirs)
        return "" in own.values() or all(_is_same(found.get(name), value, request) for name, value in own.items())
    if isinstance(ours, list):
        own_list = cast("list[object]", ours)
        found_list = cast("list[object]", theirs) if isinstance(theirs, list) else []
        pairs = zip(found_list, own_list, strict=False)
        return len(found_list) == len(own_list) and all(_is_same(each, mine, request) for each, mine in pairs)
    reference = next((each for each in request.references if each.url == ours), None)
    if reference is None or not isinstance(theirs, str):
        return ours == "" or str(theirs) == str(ours)
    path = urlsplit(theirs).path
    on_card = f"/{request.channel_id}/" in path and path.rpartition("/")[2] == reference.card_name
    return on_card or path == urlsplit(reference.url).path or theirs == reference.lasting_url
