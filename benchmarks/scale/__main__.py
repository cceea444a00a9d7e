"""`python -m benchmarks.scale`: thousands of jobs followed, by one process or two, and many large videos at once.

The exit status is 1 where delivering takes more memory than it may.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from rich.console import Console

from benchmarks.processes import run
from benchmarks.scale import delivering, following
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


async def measure(plan: Plan, folder: Path) -> tuple[list[following.Followed], delivering.Delivered]:
    async with aiohttp.ClientSession() as session:
        alone = await following.follow(plan.alone, folder / ALONE, session)
        with running_postgres() as server:
            async with server.database() as address:
                shared = await following.follow(plan.shared, folder / SHARED, session, address)
        delivered = await delivering.deliver(plan.delivery, folder / DELIVERY, session)
    return [alone, shared], delivered


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small run that shows that it works, not how much")
    plan = QUICK if parser.parse_args(arguments).quick else FULL
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        for part in (ALONE, SHARED, DELIVERY):
            Path(folder, part).mkdir()
        followed, delivered = run(measure(plan, Path(folder)))
    return report(followed, delivered, Console(highlight=False))


if __name__ == "__main__":
    sys.exit(main())
