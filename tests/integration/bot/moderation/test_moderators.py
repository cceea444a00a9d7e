"""What moderators had of a job goes with the job."""

from datetime import timedelta
from pathlib import Path

from bot.database.engine import open_database
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.moderation.blocks import Block, BlockStore
from bot.moderation.moderators import thin_moderation
from bot.moderation.store import ReportStore, ReviewStore
from tests.support.clock import ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.jobs import NOON, a_job

MINUTE = timedelta(minutes=1)


async def test_it_stays_as_long_as_the_job_and_no_longer(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    async with open_database(file_url(tmp_path)) as engine:
        jobs, reviews, reports = JobStore(engine), ReviewStore(engine), ReportStore(engine)
        kept = await jobs.add(a_job(State.DELIVERED), daily_limit_usd=LIMIT)
        gone = a_job(State.DELIVERED)
        for job in (kept, gone):
            await reviews.claim(job.id, 10, NOON, MINUTE)
            await reports.add(job, 1, "spam", NOON)
        assert await thin_moderation(engine, clock.now()) == 3
        assert await reviews.get(kept.id) is not None
        assert (await reports.open(kept.id))[1] == 1
        assert await reviews.get(gone.id) is None
        assert await reports.case(gone.id) is None
        assert await thin_moderation(engine, clock.now()) == 0


async def test_a_block_goes_with_its_end_and_one_for_good_stays(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    async with open_database(file_url(tmp_path)) as engine:
        blocks = BlockStore(engine, clock)
        for member, until in ((1, NOON + MINUTE), (2, None)):
            await blocks.put(Block(guild_id=7, member_id=member, until=until, by_id=9, reason="", at=NOON))
        assert await thin_moderation(engine, clock.now()) == 0
        clock.advance(60)
        assert await thin_moderation(engine, clock.now()) == 1
        assert await blocks.get(7, 2) is not None
