"""Which request of the history can be a job's own."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.catalogue.models import DEFAULT
from bot.jobs.history.reading import (
    CLOCK_SLACK,
    UNKNOWN_CLOCK_SLACK,
    _NewestFirst,
    earliest_submit,
    is_same_request,
    is_submit_of,
)
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.segmind.models import HistoryRow
from tests.support.jobs import MODEL, NOON, a_job

SECOND = timedelta(seconds=1)
BODY: dict[str, Any] = {"prompt": "a fox", "duration": 5}


def a_row(*, body: dict[str, Any] | None = BODY, at: datetime | None = NOON) -> HistoryRow:
    return HistoryRow(
        request_id="r", model=MODEL, state="PENDING", cost=None, body=body, output_urls=(), created_at=at, error=None
    )


def submitted(**facts: Any) -> Job:
    known: dict[str, Any] = {"body": BODY, "submitted_at": NOON, **facts}
    return a_job(State.UNCONFIRMED, at=NOON - timedelta(hours=1)).evolve(**known)


def test_the_earliest_submit_goes_by_segminds_clock_or_leaves_room_for_ours() -> None:
    assert earliest_submit(submitted(segmind_time=NOON + SECOND)) == NOON + SECOND - CLOCK_SLACK
    assert earliest_submit(submitted()) == NOON - UNKNOWN_CLOCK_SLACK
    assert earliest_submit(submitted(submitted_at=None)) == NOON - timedelta(hours=1) - UNKNOWN_CLOCK_SLACK


@pytest.mark.parametrize(
    ("row", "own"),
    [
        (a_row(at=NOON), True),
        (a_row(at=NOON - CLOCK_SLACK), True),
        (a_row(at=NOON - CLOCK_SLACK - SECOND), False),
        (a_row(at=None), True),
        (a_row(body=None), False),
        (a_row(body=BODY | {"seed": 1}), False),
    ],
)
def test_a_request_is_a_jobs_own_by_its_body_and_not_from_before(row: HistoryRow, own: bool) -> None:
    assert is_submit_of(row, submitted(segmind_time=NOON)) is own


def test_a_job_without_a_body_has_sent_nothing() -> None:
    assert not is_submit_of(a_row(body=None), submitted(body=None))


@pytest.mark.parametrize(
    ("at", "same"),
    [
        (NOON, True),
        (None, True),
        (NOON - UNKNOWN_CLOCK_SLACK, True),
        (NOON - UNKNOWN_CLOCK_SLACK - SECOND, False),
    ],
)
def test_a_forgotten_request_is_the_same_by_what_it_asks_for_and_not_from_before(
    at: datetime | None, same: bool
) -> None:
    job = a_job(State.WAITING, at=NOON)
    url = job.request.references[0].url
    body = {"prompt": "a fox", "image_urls": [url], "duration": "5", "aspect_ratio": "16:9"}
    assert is_same_request(a_row(body=body, at=at), job, DEFAULT) is same
    assert not is_same_request(a_row(body=None, at=at), job, DEFAULT)
    assert not is_same_request(a_row(body=body | {"image_urls": []}, at=at), job, DEFAULT)


@pytest.mark.parametrize(
    ("pages", "passed"),
    [
        ([[3, 2], [1, -1]], [False, True]),
        ([[3, 2, 0]], [False]),
        ([[2, 3], [1, -1]], [False, False]),  # not sorted: older ones may be followed by younger ones
        ([[3, 1], [2, -1]], [False, False]),
        ([[-1, -1]], [False]),  # which nothing tells from an order of another kind
        ([[3, -1], []], [True, True]),
        ([[3, None, -1], [-2]], [False, False]),
    ],
)
def test_only_where_requests_are_seen_to_be_sorted_older_ones_end_the_reading(
    pages: list[list[int | None]], passed: list[bool]
) -> None:
    order = _NewestFirst(NOON)
    read = [[a_row(at=None if each is None else NOON + each * SECOND) for each in page] for page in pages]
    assert [order.has_passed(page) for page in read] == passed
