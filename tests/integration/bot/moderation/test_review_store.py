"""Where moderators see what waits for them, and who sees to it."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.database.engine import open_database
from bot.moderation.review_store import ReviewStore
from tests.support.database import file_url
from tests.support.jobs import NOON

JOB, GUILD = 1, 7
MINUTE = timedelta(minutes=1)


async def test_one_of_several_processes_sees_to_a_review(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        claims = await asyncio.gather(*(store.claim(JOB, GUILD, NOON, MINUTE) for _ in range(5)))
        assert sorted(claims) == [False, False, False, False, True]
        assert not await store.claim(JOB, GUILD, NOON + MINUTE / 2, MINUTE)
        assert await store.claim(JOB, GUILD, NOON + MINUTE, MINUTE)


async def test_what_is_to_be_looked_at_again_is_still_seen_to_by_one_process(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        await store.claim(JOB, GUILD, NOON, MINUTE)
        await store.look_again(GUILD)
        claims = await asyncio.gather(*(store.claim(JOB, GUILD, NOON, MINUTE) for _ in range(5)))
        assert sorted(claims) == [False, False, False, False, True]


async def test_a_server_waits_until_all_of_its_reviews_are_closed(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        for job_id in (JOB, JOB + 1):
            await store.claim(job_id, GUILD, NOON, MINUTE)
        assert await store.waiting() == [GUILD]
        await store.close(JOB)
        await store.close(JOB + 1)
        assert await store.waiting() == []


async def test_messages_are_noted_one_by_one(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        assert await store.get(JOB) is None
        await store.claim(JOB, GUILD, NOON, MINUTE)
        await store.shown(JOB, 5, request_message_id=6)
        await store.shown(JOB, 5, video_message_id=7)
        review = await store.get(JOB)
    assert review is not None
    assert (review.channel_id, review.request_message_id, review.video_message_id) == (5, 6, 7)


async def test_a_review_is_open_until_its_messages_show_the_end(tmp_path: Path) -> None:
    async with open_database(file_url(tmp_path)) as engine:
        store = ReviewStore(engine)
        await store.claim(JOB, GUILD, NOON, MINUTE)
        [review] = await store.opened(at_most=5)
        assert review.job_id == JOB
        await store.close(JOB)
        assert await store.opened(at_most=5) == []
