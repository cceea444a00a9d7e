"""Reports: one of each member for a video, counted until a moderator decides."""

import asyncio
from pathlib import Path

from bot.database.engine import open_database
from bot.jobs.states import State
from bot.policy.reports import ReportStore
from tests.support.database import file_url
from tests.support.jobs import NOON, a_job

JOB = a_job(State.DELIVERED)


async def test_each_member_reports_a_video_once(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        assert not await store.was_made(JOB.id, 1)
        assert await store.add(JOB, 1, "spam", NOON) == 1
        assert await store.was_made(JOB.id, 1)
        assert await store.add(JOB, 1, "spam!", NOON) is None
        assert await store.add(JOB, 2, "gore", NOON.replace(minute=1)) == 2
        reports, count = await store.open(JOB.id)
    assert [(report.member_id, report.reason) for report in reports] == [(2, "gore"), (1, "spam")]
    assert count == 2


async def test_of_reports_at_once_each_is_counted(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        counts = await asyncio.gather(*(store.add(JOB, member, "", NOON) for member in range(8)))
    assert sorted(count or 0 for count in counts) == list(range(1, 9))


async def test_after_a_decision_others_are_counted_anew_and_nobody_reports_twice(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        await store.add(JOB, 1, "spam", NOON)
        await store.settle(JOB.id)
        assert await store.add(JOB, 1, "spam", NOON) is None
        assert await store.add(JOB, 2, "spam", NOON) == 1


async def test_a_case_is_owed_until_it_is_seen_to(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        await store.owe(JOB)
        await store.note(JOB.id, channel_id=5, message_id=6, post_text="your video", post_link="open")
        [case] = await store.owing(at_most=5)
        assert (case.job_id, case.channel_id, case.message_id) == (JOB.id, 5, 6)
        await store.note(JOB.id, owed=0)
        assert await store.owing(at_most=5) == []
        assert await store.case(JOB.id) is not None
