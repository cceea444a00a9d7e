"""What moderators have before them: who handles a review, and reports, one of each member, until a decision."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.database.engine import open_database
from bot.jobs.states import State
from bot.moderation.store import ReportStore, ReviewStore, settle_in
from tests.support.database import file_url
from tests.support.jobs import NOON, a_job

JOB = a_job(State.DELIVERED)
REVIEWED, GUILD = 1, 7  # a job's id, and its server's
MINUTE = timedelta(minutes=1)


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
        async with engine.begin() as connection:
            assert await settle_in(connection, JOB.id)
            assert not await settle_in(connection, JOB.id)
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


async def test_one_run_ends_before_the_next_begins_whatever_is_owed_meanwhile(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        await store.owe(JOB)
        assert await store.claim(JOB.id, NOON, MINUTE)
        await store.owe(JOB)
        await store.add(JOB, 1, "spam", NOON)
        await store.look_again(JOB.request.guild_id)
        assert not await store.claim(JOB.id, NOON + MINUTE / 2, MINUTE)
        assert not await store.done(JOB.id, NOON)
        assert await store.claim(JOB.id, NOON, MINUTE)
        assert await store.done(JOB.id, NOON)
        assert await store.owing(at_most=5) == []


async def test_who_died_with_a_case_holds_it_for_a_while_only_and_who_renews_keeps_it(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        await store.owe(JOB)
        assert await store.claim(JOB.id, NOON, MINUTE)
        assert await store.renew(JOB.id, NOON, NOON + MINUTE / 2)
        assert not await store.claim(JOB.id, NOON + MINUTE, MINUTE)
        assert await store.claim(JOB.id, NOON + 2 * MINUTE, MINUTE)
        assert not await store.renew(JOB.id, NOON + MINUTE / 2, NOON + 2 * MINUTE)


async def test_a_run_that_lost_its_case_leaves_it_owed_whatever_the_next_one_did(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        await store.owe(JOB)
        await store.claim(JOB.id, NOON, MINUTE)
        await store.claim(JOB.id, NOON + MINUTE, MINUTE)
        assert await store.done(JOB.id, NOON + MINUTE)
        assert not await store.done(JOB.id, NOON)
        assert [case.job_id for case in await store.owing(at_most=5)] == [JOB.id]


async def test_what_could_not_be_done_rests_unless_something_was_owed_meanwhile(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        await store.owe(JOB)
        await store.claim(JOB.id, NOON, MINUTE)
        await store.put_off(JOB.id, NOON, NOON + MINUTE)
        assert not await store.claim(JOB.id, NOON + MINUTE, MINUTE)
        assert await store.claim(JOB.id, NOON + 2 * MINUTE, MINUTE)
        await store.owe(JOB)
        await store.put_off(JOB.id, NOON + 2 * MINUTE, NOON + 9 * MINUTE)
        assert await store.claim(JOB.id, NOON + 3 * MINUTE, MINUTE)


async def test_what_rests_does_not_stand_before_what_is_due(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReportStore(engine)
        for job_id, waits in ((1, 600), (2, 60), (3, None)):
            await store.owe(replace(JOB, id=job_id))
            if waits is not None:
                assert await store.claim(job_id, NOON, MINUTE)
                await store.put_off(job_id, NOON, NOON + timedelta(seconds=waits))
        assert [case.job_id for case in await store.owing(at_most=9)] == [3, 2, 1]
        assert [case.job_id for case in await store.owing(at_most=1)] == [3]


async def test_one_of_several_processes_sees_to_a_review(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        claims = await asyncio.gather(*(store.claim(REVIEWED, GUILD, NOON, MINUTE) for _ in range(5)))
        assert sorted(claims) == [False, False, False, False, True]
        assert not await store.claim(REVIEWED, GUILD, NOON + MINUTE / 2, MINUTE)
        assert await store.claim(REVIEWED, GUILD, NOON + MINUTE, MINUTE)


async def test_what_is_to_be_looked_at_again_is_still_seen_to_by_one_process(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        await store.claim(REVIEWED, GUILD, NOON, MINUTE)
        await store.look_again(GUILD)
        claims = await asyncio.gather(*(store.claim(REVIEWED, GUILD, NOON, MINUTE) for _ in range(5)))
        assert sorted(claims) == [False, False, False, False, True]


async def test_a_server_waits_until_all_of_its_reviews_are_closed(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        for job_id in (REVIEWED, REVIEWED + 1):
            await store.claim(job_id, GUILD, NOON, MINUTE)
        assert await store.waiting() == [GUILD]
        await store.close(REVIEWED)
        await store.close(REVIEWED + 1)
        assert await store.waiting() == []


async def test_messages_are_noted_one_by_one(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        assert await store.get(REVIEWED) is None
        await store.claim(REVIEWED, GUILD, NOON, MINUTE)
        await store.shown(REVIEWED, 5, request_message_id=6)
        await store.shown(REVIEWED, 5, video_message_id=7)
        review = await store.get(REVIEWED)
    assert review is not None
    assert (review.channel_id, review.request_message_id, review.video_message_id) == (5, 6, 7)


async def test_a_review_is_open_until_its_messages_show_the_end(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        await store.claim(REVIEWED, GUILD, NOON, MINUTE)
        [review] = await store.opened(at_most=5)
        assert review.job_id == REVIEWED
        await store.close(REVIEWED)
        assert await store.opened(at_most=5) == []
