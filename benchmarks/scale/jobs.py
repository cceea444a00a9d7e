"""The jobs of the benchmark: saved in the bot's database as if it had submitted them and was then stopped."""

import random
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from math import log
from pathlib import Path
from typing import Final

from sqlalchemy import func, make_url, select
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.seeding import PRICE, Place, processing_jobs
from bot.database.engine import create_engine, open_database
from bot.database.tables import jobs
from bot.database.transfer import transfer
from bot.jobs.driving.work_queue import open_work_queue
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore

MEDIAN: Final = 194.0  # seconds from submission to the end of a run
SIGMA: Final = 0.25  # of the logarithm
YOUNGEST: Final = 5.0  # seconds since submission
OLDEST: Final = 30.0  # of a run that stands still: it is no older than runs are when the benchmark ends


def standing_ages(number: int) -> list[float]:
    """Return ages in seconds, evenly spread."""
    return [YOUNGEST + (OLDEST - YOUNGEST) * (each + 0.5) / number for each in range(number)]


def ages_of(ends: Sequence[float]) -> list[float]:
    """Return how long ago runs were submitted that take a usual time and end in so many seconds."""
    draw = random.Random(1)  # noqa: S311 - repeatable, nothing secret
    return [max(YOUNGEST, draw.lognormvariate(log(MEDIAN), SIGMA) - end) for end in ends]


def running_jobs(
    request_ids: Sequence[str], ages: Sequence[float], places: Sequence[Place], cards: Sequence[int]
) -> Iterable[Job]:
    """Make a job in PROCESSING of each request, in turn in each place, under the card that is there."""
    now = datetime.now(UTC)
    taken: set[int] = set()
    for number, (request_id, age) in enumerate(zip(request_ids, ages, strict=True)):
        # A job's id is the time of its interaction in milliseconds, so no two may have the same.
        milliseconds = next(each for each in count(round(age * 1000)) if each not in taken)
        taken.add(milliseconds)
        place, card = places[number % len(places)], cards[number % len(places)]
        (job,) = processing_jobs([request_id], place, now - timedelta(milliseconds=milliseconds))
        yield job.evolve(card_message_id=card)


async def save(seeds: Sequence[Job], file: Path, database_url: str) -> None:
    """Save jobs in an SQLite `file`; where `database_url` is a server's, move them there, each with its row."""
    made = f"sqlite:///{file}"
    async with open_database(made) as engine:
        store = JobStore(engine.execution_options(durable=False))  # thousands of commits, and nothing to lose
        for job in seeds:
            await store.add(job, daily_limit_usd=PRICE * len(seeds))
    if database_url != made:
        await transfer(made, database_url)
        async with open_database(database_url) as engine, open_work_queue(database_url, engine) as rows:
            await rows.requeue_orphans()


class Eye:
    """What the bot has saved, looked at from outside."""

    def __init__(self, database: AsyncEngine) -> None:
        self._database = database

    async def states(self) -> Mapping[State, int]:
        """Count the jobs in each state."""
        query = select(jobs.c.state, func.count()).group_by(jobs.c.state)
        async with self._database.connect() as connection:
            return {State(row[0]): row[1] for row in await connection.execute(query)}

    async def taken(self) -> int:
        """Count the jobs that a process has taken to drive."""
        async with self._database.connect() as connection:
            return await connection.scalar(select(func.count()).where(jobs.c.driver != "")) or 0

    async def completed(self) -> Mapping[str, float]:
        """Tell when each run was noticed to have ended, in seconds since the epoch, by request id."""
        query = select(jobs.c.request_id, jobs.c.completed_at).where(jobs.c.completed_at.is_not(None))
        async with self._database.connect() as connection:
            return {row.request_id: row.completed_at.timestamp() for row in await connection.execute(query)}


@asynccontextmanager
async def open_eye(database_url: str) -> AsyncGenerator[Eye]:
    engine = create_engine(make_url(database_url))
    try:
        yield Eye(engine)
    finally:
        await engine.dispose()
