"""Whether limits hold when everybody asks at once: reservations through several processes' worth of connections."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

from benchmarks.figures import median
from benchmarks.seeding import PRICE, Place, database_url, processing_jobs
from bot.database.engine import open_database
from bot.gate.limits import Terms
from bot.gate.usage import LimitReached, Reservation
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job
from bot.jobs.storage.jobs import JobStore
from bot.settings.model import Limits
from tests.support.postgres import LocalPostgres

PROCESSES: Final = 4  # whose connections are used; on SQLite as many as open the file
PLENTY: Final = Decimal(1_000_000)
CAP: Final = 40  # videos that the caps have room for


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """So many requests at the same moment, where there is room for fewer."""

    name: str
    room: int  # videos
    terms: Terms
    members: int  # who ask, in turn
    daily_limit_usd: Decimal = PLENTY


@dataclass(frozen=True, slots=True, kw_only=True)
class Rushed:
    """What became of a rush, round after round."""

    database: str
    rush: Rush
    requests: int
    most_taken: int
    fewest_taken: int
    seconds: float  # of all requests together; the median of the rounds

    @property
    def overruns(self) -> int:
        return max(0, self.most_taken - self.rush.room)

    @property
    def unused(self) -> int:
        """How much room was left, though somebody was refused for want of it."""
        return max(0, min(self.rush.room, self.requests) - self.fewest_taken)


RUSHES: Final = (
    Rush(name="a member's limit of one a day", room=1, terms=Terms(member=Limits(per_day=1)), members=1),
    Rush(name="a member's limit of one at once", room=1, terms=Terms(member=Limits(at_once=1)), members=1),
    Rush(name="a server's cap", room=CAP, terms=Terms(server_usd_per_day=PRICE * CAP), members=100),
    Rush(name="the bot's day", room=CAP, terms=Terms(), members=100, daily_limit_usd=PRICE * CAP),
)


async def rush_both(folder: Path, server: LocalPostgres, *, requests: int, rounds: int) -> Sequence[Rushed]:
    """Run every rush on fresh databases of each kind, so many rounds of it."""
    measured: list[Rushed] = []
    for number, rush in enumerate(RUSHES):
        taken = [await _take(database_url(folder / f"{number}-{again}"), rush, requests) for again in range(rounds)]
        measured.append(_summed("SQLite", rush, requests, taken))
    for rush in RUSHES:
        taken: list[tuple[int, float]] = []
        for _ in range(rounds):
            async with server.database() as address:
                taken.append(await _take(address, rush, requests))
        measured.append(_summed("PostgreSQL", rush, requests, taken))
    return measured


async def _take(address: str, rush: Rush, requests: int) -> tuple[int, float]:
    """Return how many of the requests were taken, and how many seconds all of them took together."""
    place = Place(guild_id=10, channel_id=20, member_id=0)
    jobs = [
        replace(job, request=replace(job.request, member_id=number % rush.members))
        for number, job in enumerate(processing_jobs([f"{n}" for n in range(requests)], place, datetime.now(UTC)))
    ]
    async with AsyncExitStack() as stack:
        stores = [JobStore(await stack.enter_async_context(open_database(address))) for _ in range(PROCESSES)]
        began = time.perf_counter()
        taken = await asyncio.gather(*(_ask(stores[n % PROCESSES], rush, job) for n, job in enumerate(jobs)))
        return sum(taken), time.perf_counter() - began


async def _ask(store: JobStore, rush: Rush, job: Job) -> bool:
    try:
        await store.add(job, daily_limit_usd=rush.daily_limit_usd, reserve=Reservation(terms=rush.terms))
    except (LimitReached, SpendLimitReached):
        return False
    return True


def _summed(database: str, rush: Rush, requests: int, taken: Sequence[tuple[int, float]]) -> Rushed:
    counts = [each for each, _ in taken]
    return Rushed(
        database=database,
        rush=rush,
        requests=requests,
        most_taken=max(counts),
        fewest_taken=min(counts),
        seconds=median([seconds for _, seconds in taken]),
    )
