"""What an idle bot asks a PostgreSQL server for."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import aiohttp
from sqlalchemy import make_url, text

from benchmarks.subjects import reelcast
from bot.database.engine import create_engine
from tests.support.postgres import installed, running_postgres

EXTENSION: Final = "pg_stat_statements"
SETTINGS: Final = (f"shared_preload_libraries={EXTENSION}",)
KINDS: Final = {
    "procrastinate_update_heartbeat": "heartbeats",
    "procrastinate_jobs": "leases",
    "procrastinate_fetch_job": "leases",
}
OTHERS: Final = "others"
# What belongs to no kind: the ends of transactions, whether a connection of the pool still lives, and our own eye.
_APART: Final = ("BEGIN", "COMMIT", "ROLLBACK", ";", "SELECT $1", "SELECT 1")
_CALLS: Final = text(f"SELECT query, sum(calls) AS calls FROM {EXTENSION} GROUP BY query")  # noqa: S608 - a constant


async def idle_statements(
    folder: Path, session: aiohttp.ClientSession, *, settle: float, idle: float
) -> Mapping[str, int]:
    """Run a bot, and return how many statements of which kind it sent in so many seconds, some time after its start."""
    major = max(each for each, programs in installed().items() if programs.has(EXTENSION))
    with running_postgres(major, settings=SETTINGS) as server:
        async with server.database() as address:
            eye = create_engine(make_url(address))
            async with eye.begin() as connection:
                await connection.execute(text(f"CREATE EXTENSION {EXTENSION}"))
            async with reelcast("postgresql", folder, session, jobs=0, requests_per_minute=60, database=address):
                await asyncio.sleep(settle)
                async with eye.begin() as connection:
                    await connection.execute(text(f"SELECT {EXTENSION}_reset()"))
                await asyncio.sleep(idle)
                async with eye.begin() as connection:
                    calls = [(row.query, int(row.calls)) for row in await connection.execute(_CALLS)]
            await eye.dispose()
    return by_kind(calls)


def by_kind(calls: list[tuple[str, int]]) -> Mapping[str, int]:
    """Return how many statements were heartbeats, leases, or others."""
    found = Counter(dict.fromkeys((*KINDS.values(), OTHERS), 0))
    for query, times in calls:
        if EXTENSION not in query and not query.strip().startswith(_APART):
            found[next((kind for word, kind in KINDS.items() if word in query), OTHERS)] += times
    return found
