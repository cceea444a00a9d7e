"""`python -m benchmarks.scale`: thousands of jobs followed, by one process or two, and many large videos at once.

The exit status is 1 where delivering takes more memory than it may. With `--flat` it measures instead what a video
takes where servers and videos are few and where they are many, and the exit status is 1 where that differs.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import aiohttp
from rich.console import Console

from benchmarks.processes import run
from benchmarks.scale import delivering, flat, following
from benchmarks.scale.report import report
from tests.support.postgres import running_postgres

ALONE, SHARED, DELIVERY = "alone", "shared", "delivery"  # folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    alone: following.Plan
    shared: following.Plan
    delivery: delivering.Plan


FULL: Final = Plan(
    alone=following.Plan(
        database="SQLite", roles=("run",), jobs=2_000, ending=200, requests_per_minute=1_000, seconds=60.0
    ),
    shared=following.Plan(
        database="PostgreSQL", roles=("run", "worker"), jobs=5_000, ending=200, requests_per_minute=1_000, seconds=60.0
    ),
    delivery=delivering.Plan(videos=100, video_bytes=25_000_000, settling=3.0, within=150.0),
)
QUICK: Final = Plan(
    alone=following.Plan(database="SQLite", roles=("run",), jobs=40, ending=4, requests_per_minute=1_000, seconds=1.0),
    shared=following.Plan(
        database="PostgreSQL", roles=("run", "worker"), jobs=40, ending=4, requests_per_minute=1_000, seconds=1.0
    ),
    delivery=delivering.Plan(videos=4, video_bytes=11_000_000, settling=0.5, within=30.0),
)


FLAT: Final = flat.Plan(
    rows=[flat.Row(videos=videos, servers=servers) for videos, servers in ((500, 50), (2_000, 200), (2_000, 2_000))],
    per_minute=60.0,
    run_seconds=20.0,
)
FLAT_QUICK: Final = flat.Plan(rows=[flat.Row(videos=3, servers=2)], per_minute=600.0, run_seconds=2.0)


async def measure(plan: Plan, folder: Path) -> tuple[list[following.Followed], delivering.Delivered]:
    async with aiohttp.ClientSession() as session:
        alone = await following.follow(plan.alone, folder / ALONE, session)
        with running_postgres() as server:
            async with server.database() as address:
                shared = await following.follow(plan.shared, folder / SHARED, session, address)
        delivered = await delivering.deliver(plan.delivery, folder / DELIVERY, session)
    return [alone, shared], delivered


async def measure_flat(plan: flat.Plan, folder: Path) -> list[flat.Cost]:
    async with aiohttp.ClientSession() as session:
        return await flat.measure(plan, folder, session)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small run that shows that it works, not how much")
    parser.add_argument(
        "--flat",
        nargs="*",
        type=_row,
        metavar="VIDEOS/SERVERS",
        help="what a video takes, whatever the number of servers: 500/50, 2000/200, and 2000/2000 unless named",
    )
    parser.add_argument("--per-minute", type=float, help="videos that are requested, with --flat", default=None)
    told = parser.parse_args(arguments)
    console = Console(highlight=False)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as name:
        folder = Path(name)
        if told.flat is not None:
            plan = FLAT_QUICK if told.quick else FLAT
            plan = replace(plan, rows=told.flat or plan.rows, per_minute=told.per_minute or plan.per_minute)
            return flat.report(run(measure_flat(plan, folder)), console)
        for part in (ALONE, SHARED, DELIVERY):
            (folder / part).mkdir()
        followed, delivered = run(measure(QUICK if told.quick else FULL, folder))
    return report(followed, delivered, console)


def _row(told: str) -> flat.Row:
    videos, servers = map(int, told.split("/"))
    return flat.Row(videos=videos, servers=servers)


if __name__ == "__main__":
    sys.exit(main())
