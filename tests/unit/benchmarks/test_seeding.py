from datetime import UTC, datetime
from pathlib import Path

from benchmarks.seeding import Place, database_url, processing_jobs, seed
from bot.database.engine import open_database
from bot.jobs.states import DRIVEN, State
from bot.jobs.storage.jobs import JobStore

PLACE = Place(guild_id=1, channel_id=2, member_id=3)
REQUESTS = ["first", "second", "third"]


async def test_the_bot_finds_every_seeded_job_with_its_request(tmp_path: Path) -> None:
    await seed(database_url(tmp_path), REQUESTS, PLACE)

    async with open_database(database_url(tmp_path)) as engine:
        unfinished = await JobStore(engine).in_states(DRIVEN)
    assert [job.request_id for job in unfinished] == REQUESTS
    assert {job.state for job in unfinished} == {State.PROCESSING}


def test_no_two_seeded_jobs_are_alike() -> None:
    jobs = list(processing_jobs(REQUESTS, PLACE, datetime(2026, 8, 20, 12, tzinfo=UTC)))

    assert len({job.id for job in jobs}) == len({job.body_hash for job in jobs}) == len(REQUESTS)


def test_a_seeded_job_has_the_id_of_an_interaction_of_its_time() -> None:
    since = datetime(2026, 8, 20, 12, tzinfo=UTC)

    job = next(processing_jobs(REQUESTS, PLACE, since))

    assert (job.id >> 22) / 1000 + datetime(2015, 1, 1, tzinfo=UTC).timestamp() == since.timestamp()
