"""`python -m benchmarks.followed`: what one more followed job costs in memory and processor time.

Three bots side by side in one run, following few, many and very many jobs on equal request budgets, each with a local
Discord and a local Segmind of its own.
"""

import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
from rich.console import Console

from benchmarks.figures import Target, is_quick, judge, machine, titled
from benchmarks.processes import run
from benchmarks.subjects import Reelcast, reelcast
from benchmarks.usage import Usage, read_usage

MOST_PER_JOB: Final = 30.0  # KiB beyond the first bot's jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured; the jobs of the first bot are what the others are compared with."""

    jobs: tuple[int, ...]
    requests_per_minute: int
    seconds: float  # every job is polled about once in them


FULL: Final = Plan(jobs=(100, 1_000, 2_000), requests_per_minute=1_000, seconds=125.0)
QUICK: Final = Plan(jobs=(5, 40), requests_per_minute=1_000, seconds=2.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a bot took: memory at the end of the measured time, the rest within it."""

    jobs: int
    usage: Usage
    cpu_seconds: float
    polls: int
    throttled: int
    seconds: float

    @property
    def cpu_percent(self) -> float:
        """Percent of one core."""
        return 100 * self.cpu_seconds / self.seconds

    @property
    def cpu_milliseconds_a_job(self) -> float:
        """In a minute."""
        return 60_000 * self.cpu_seconds / self.seconds / self.jobs

    @property
    def cpu_milliseconds_a_poll(self) -> float:
        return 1000 * self.cpu_seconds / max(self.polls, 1)

    @property
    def polls_a_minute(self) -> float:
        return 60 * self.polls / self.seconds


async def measure(plan: Plan, folder: Path) -> list[Measured]:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        bots = [
            await stack.enter_async_context(
                reelcast(
                    f"{jobs}", folder / f"{jobs}", session, jobs=jobs, requests_per_minute=plan.requests_per_minute
                )
            )
            for jobs in plan.jobs
        ]
        watched = [_watch(bot, jobs, plan.seconds) for bot, jobs in zip(bots, plan.jobs, strict=True)]
        return await asyncio.gather(*watched)


async def _watch(bot: Reelcast, jobs: int, seconds: float) -> Measured:
    clock = asyncio.get_running_loop().time
    polls, before, began = await bot.polls(), read_usage(bot.pid), clock()
    await asyncio.sleep(seconds)
    after, ended = read_usage(bot.pid), clock()
    return Measured(
        jobs=jobs,
        usage=after,
        cpu_seconds=after.cpu_seconds - before.cpu_seconds,
        polls=await bot.polls() - polls,
        throttled=await bot.throttled(),
        seconds=ended - began,
    )


def kib_a_job(few: Measured, many: Measured) -> float:
    """Return the resident KiB that each job of `many` takes beyond those of `few`."""
    return (many.usage.rss_kib - few.usage.rss_kib) / (many.jobs - few.jobs)


def report(plan: Plan, measured: Sequence[Measured], console: Console) -> int:
    """Print the figures; return the exit status."""
    few, *others = measured
    table = titled(f"Following jobs for {plan.seconds:.0f} s on {plan.requests_per_minute:,} requests a minute", "jobs")
    for heading in ("RSS\nMiB", "PSS\nMiB", "job more\nKiB", "CPU\n% core", "CPU\nx first"):
        table.add_column(heading, justify="right")
    for heading in ("CPU job\nms/min", "CPU poll\nms", "polls\n/min"):
        table.add_column(heading, justify="right")
    for each in measured:
        table.add_row(
            f"{each.jobs:,}",
            f"{each.usage.rss_kib / 1024:.1f}",
            f"{each.usage.pss_kib / 1024:.1f}",
            "" if each is few else f"{kib_a_job(few, each):.1f}",
            f"{each.cpu_percent:.1f}",
            f"{each.cpu_seconds / few.cpu_seconds:.2f}" if few.cpu_seconds else "",
            f"{each.cpu_milliseconds_a_job:.1f}",
            f"{each.cpu_milliseconds_a_poll:.2f}",
            f"{each.polls_a_minute:.0f}",
        )
    console.print(table)
    console.print(f"Answered with 429: {sum(each.throttled for each in measured)}.")
    console.print(machine())
    targets = [
        Target(
            name=f"a job beyond the first {few.jobs:,}, with {each.jobs:,}",
            value=kib_a_job(few, each),
            limit=MOST_PER_JOB,
            unit="KiB",
        )
        for each in others
    ]
    return judge(targets, console)


def main(arguments: Sequence[str] | None = None) -> int:
    plan = QUICK if is_quick("followed", __doc__, arguments) else FULL
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        measured = run(measure(plan, Path(folder)))
    return report(plan, measured, Console(highlight=False))


if __name__ == "__main__":
    sys.exit(main())
