"""The history read once for all that ask at about the same time, and no further back than it matters."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from bot.jobs.history.reading import NEVER, Reading, earliest_submit, history_pages
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.segmind.budget import Rank
from tests.support.jobs import MODEL
from tests.support.stage import Stage

HOUR = timedelta(hours=1)
PAGE = 100


async def pages_read(stage: Stage) -> int:
    return (await stage.segmind.state())["operations"].get("history", 0)


async def read(stage: Stage, *, since: timedelta = HOUR, not_before: float = NEVER) -> Reading:
    moment = stage.clock.now() - since
    return await stage.engine.history.read(MODEL, since=moment, not_before=not_before)


async def request_ids(stage: Stage, *, since: datetime) -> list[str]:
    pages = history_pages(stage.engine.segmind, since=since, model=None, rank=Rank.SUBMIT)
    return [row.request_id async for page in pages for row in page]


def rows(ages: Sequence[timedelta], first: int = 0) -> dict[str, object]:
    """Write a page of the history with requests of these ages, named by their numbers."""
    now = datetime.now(UTC)
    return {
        "data": [
            {"request_id": str(number), "model_created": (now - age).isoformat()}
            for number, age in enumerate(ages, start=first)
        ]
    }


async def test_all_that_ask_at_once_share_one_reading(stage: Stage) -> None:
    readings = await asyncio.gather(*(read(stage, since=HOUR - timedelta(minutes=number)) for number in range(8)))
    assert await pages_read(stage) == 1
    assert all(reading is readings[0] for reading in readings)
    assert readings[0].since == stage.clock.now() - HOUR


async def test_many_jobs_in_doubt_find_their_requests_in_a_few_readings(stage: Stage) -> None:
    jobs: list[Job] = []
    for number in range(6):
        job = await stage.begin(State.UNCONFIRMED, prompt=f"Take {number}")
        await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING")
        jobs.append(job)
    drivers = [stage.start(job) for job in jobs]
    await asyncio.gather(*(stage.cards.wait_for(job.id, State.QUEUED) for job in jobs))
    for driver in drivers:
        driver.cancel()
    assert len({(await stage.saved(job)).request_id for job in jobs}) == len(jobs)
    assert await pages_read(stage) == 1


async def test_a_reading_that_is_too_old_or_too_short_is_made_anew(stage: Stage) -> None:
    first = await read(stage)
    stage.clock.advance(10)
    assert await read(stage, not_before=first.began) is first
    younger = await read(stage, not_before=first.began + 1)
    assert younger.began == first.began + 10
    longer = await read(stage, since=2 * HOUR)
    assert longer.since < younger.since
    assert await pages_read(stage) == 3


async def test_a_reading_that_failed_serves_nobody(stage: Stage) -> None:
    await stage.says("history", (502, "<html>"))
    outcomes = await asyncio.gather(read(stage), read(stage), return_exceptions=True)
    assert [isinstance(outcome, Reading) for outcome in outcomes] == [False, True]


async def test_requests_that_jobs_own_are_not_kept(stage: Stage) -> None:
    owner = await stage.begin(State.QUEUED)
    [taken, free] = await stage.segmind.insert_request(dict(owner.body or {}), copies=2)
    await stage.store.save(owner.evolve(request_id=taken))
    assert [row.request_id for row in (await read(stage)).rows] == [free]


async def test_what_is_much_older_than_the_submit_is_not_read(stage: Stage) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    since = earliest_submit(job)
    young, old = [timedelta(seconds=number) for number in range(PAGE)], [timedelta(hours=3)] * PAGE
    await stage.says("history", (200, rows(young)), (200, rows(old, PAGE)), (200, rows(old, 2 * PAGE)))
    assert len(await request_ids(stage, since=since)) == 2 * PAGE
    assert await pages_read(stage) == 2


@pytest.mark.parametrize(
    "ages",
    [
        [timedelta(hours=9 - number / 50) for number in range(PAGE)],
        [timedelta(hours=9)] * PAGE,
        [timedelta(hours=hours) for hours in [9, 8] * (PAGE // 2)],
    ],
    ids=["oldest first", "all of one moment", "in no order"],
)
async def test_rows_that_are_not_seen_to_be_sorted_are_all_read(stage: Stage, ages: list[timedelta]) -> None:
    await stage.says("history", (200, rows(ages)), (200, rows([timedelta(0)], PAGE)))
    assert str(PAGE) in await request_ids(stage, since=stage.clock.now() - HOUR)


async def test_rows_pushed_to_the_next_page_by_new_ones_count_once_and_hide_no_order(stage: Stage) -> None:
    first = [timedelta(seconds=number) for number in range(PAGE)]
    pushed = [first[-2], first[-1], *[timedelta(hours=5)] * (PAGE - 2)]
    second = rows(pushed, PAGE - 2)
    await stage.says("history", (200, rows(first)), (200, second), (200, rows([timedelta(hours=6)], 2 * PAGE)))
    assert await request_ids(stage, since=stage.clock.now() - HOUR) == [str(number) for number in range(2 * PAGE - 2)]
