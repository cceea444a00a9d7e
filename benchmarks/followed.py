"""`python -m benchmarks.followed`: what one more followed job costs in memory and processor time.

Three bots side by side in one run, following few, many and very many jobs on equal request budgets, each with a local
Discord and a local Segmind of its own. Then one bot makes many videos from beginning to end: what stays is measured.
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
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.figures import Target, is_quick, judge, machine, titled
from benchmarks.processes import run
from benchmarks.seeding import database_url
from benchmarks.subjects import CHANNEL, MEMBER, Reelcast, reelcast
from benchmarks.usage import Usage, read_usage
from bot.database.engine import open_database
from bot.jobs.states import State
from bot.jobs.storage.rows import count_by_state
from sandbox.member import Sandbox, Upload, past_notice
from sandbox.sample import sample_images

MOST_PER_JOB: Final = 30.0  # KiB beyond the first bot's jobs
MOST_LEFT: Final = 40.0  # MiB above idle after many jobs
SETTLES: Final = 5.0  # seconds until a bot counts as idle
MADE_WITHIN: Final = 1_200.0  # seconds, on a machine that has a lot else to do
CREDITS: Final = 100_000  # US dollars, more than all cost
ENOUGH: Final = 6_000  # requests a minute, so that no job waits for its turn


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is measured; the jobs of the first bot are what the others are compared with."""

    jobs: tuple[int, ...]
    requests_per_minute: int
    seconds: float  # every job is polled about once in them
    made: int  # videos, by the bot whose memory is compared before and afterwards


FULL: Final = Plan(jobs=(100, 1_000, 2_000), requests_per_minute=1_000, seconds=125.0, made=200)
QUICK: Final = Plan(jobs=(5, 40), requests_per_minute=1_000, seconds=2.0, made=2)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What making videos leaves in a bot: resident KiB when idle, before and afterwards."""

    before: int
    afterwards: int

    @property
    def mib(self) -> float:
        return (self.afterwards - self.before) / 1024


async def make_videos(videos: int, folder: Path) -> Left:
    """Request so many videos one after another, and wait until all are posted."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        opening = reelcast(
            "making",
            folder / "making",
            session,
            jobs=0,
            requests_per_minute=ENOUGH,
            segmind_options=("--render", "tiny"),
        )
        bot = await stack.enter_async_context(opening)
        sandbox = await stack.enter_async_context(Sandbox.connect(bot.control_url))
        await sandbox.admin.set_rate_limits(enabled=False)
        await bot.segmind.configure(credits=CREDITS)
        member = sandbox.member(MEMBER, channel=CHANNEL)
        image = Upload(sample_images(folder)[0].read_bytes(), "reference.png")
        await asyncio.sleep(SETTLES)
        before = read_usage(bot.pid).rss_kib
        for number in range(videos):
            answer = await member.slash("video", prompt=f"@Image1 waves, take {number}", image1=image)
            if number == 0:
                await past_notice(member, answer)
        database = await stack.enter_async_context(open_database(database_url(folder / "making"), migrate=False))
        async with asyncio.timeout(MADE_WITHIN):
            await _until_posted(database, videos)
        await asyncio.sleep(SETTLES)
        return Left(before=before, afterwards=read_usage(bot.pid).rss_kib)


async def _until_posted(database: AsyncEngine, videos: int) -> None:
    while True:
        posted = await count_by_state(database, [State.DELIVERED])
        if posted.get(State.DELIVERED, 0) >= videos:
            return
        await asyncio.sleep(1)


def kib_a_job(few: Measured, many: Measured) -> float:
    """Return the resident KiB that each job of `many` takes beyond those of `few`."""
    return (many.usage.rss_kib - few.usage.rss_kib) / (many.jobs - few.jobs)


def report(plan: Plan, measured: Sequence[Measured], left: Left, console: Console) -> int:
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
    console.print(
        f"Idle memory {left.before / 1024:.1f} MiB, after {plan.made} videos {left.afterwards / 1024:.1f} MiB."
    )
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
    targets.append(Target(name=f"after {plan.made} videos", value=left.mib, limit=MOST_LEFT, unit="MiB above idle"))
    return judge(targets, console)


def main(arguments: Sequence[str] | None = None) -> int:
    plan = QUICK if is_quick("followed", __doc__, arguments) else FULL
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        measured = run(measure(plan, Path(folder)))
        left = run(make_videos(plan.made, Path(folder)))
    return report(plan, measured, left, Console(highlight=False))


if __name__ == "__main__":
    sys.exit(main())
