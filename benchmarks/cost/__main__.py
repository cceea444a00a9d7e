"""`python -m benchmarks.cost`: what one video costs the database, the disk, and the processor, and what idling does.

One bot, counted from within, and the least discord.py bot beside it. Both idle for a minute. Then a member asks ours
for one video of 194 s, whose request budget leaves it some ten polls. Last, a bot on PostgreSQL idles for a minute.
"""

import argparse
import asyncio
import sqlite3
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import aiohttp
from PIL import Image
from rich.console import Console

from benchmarks.cost.counted import SIZE, Counts, read_counts
from benchmarks.cost.on_postgresql import OTHERS, idle_statements
from benchmarks.figures import Target, judge, machine, titled
from benchmarks.processes import run
from benchmarks.subjects import CHANNEL, MEMBER, bare, reelcast
from benchmarks.usage import read_usage, voluntary_switches
from sandbox.member import Sandbox, Upload, past_notice

FIRST_VERSION: Final = {
    "statements": 109,
    "write transactions": 39,
    "only read": 21,
    "disk syncs": 16,
    "switches": 2_224,  # a minute
}
MOST: Final = {"statements": 50, "write transactions": 12, "disk syncs": 5, "switches": 200}
LOOKS: Final = 13  # a minute at `data_version`: one every 5 s, at its beginning and its end, too
RUN_SECONDS: Final = 194.0
REQUESTS_PER_MINUTE: Final = 5  # of which some ten polls of a run are left
LOOK_EVERY: Final = 0.5  # seconds
DELIVERED: Final = "SELECT count(*) FROM jobs WHERE state = 'DELIVERED'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long is measured, in seconds."""

    first_run: float  # of the video before the one that is counted: polled while it goes on
    run: float
    settle: float  # before the idle minute
    idle: float
    after: float  # from DELIVERED, in which what a video leaves to do is done
    requests_per_minute: int


FULL: Final = Plan(
    first_run=40.0, run=RUN_SECONDS, settle=75.0, idle=60.0, after=45.0, requests_per_minute=REQUESTS_PER_MINUTE
)
QUICK: Final = Plan(first_run=4.0, run=3.0, settle=2.0, idle=3.0, after=1.0, requests_per_minute=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a bot did while it idled, what the bare one did meanwhile, and what one video took."""

    idle: Counts
    idle_cpu: float  # seconds
    switches: int
    bare_switches: int
    job: Counts
    job_cpu: float
    polls: int
    on_postgresql: Mapping[str, int]  # statements that another bot sent in its idle time, by kind


async def measure(plan: Plan, folder: Path) -> Measured:
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession())
        home, counted = folder / "ours", folder / "counts"
        counted.write_bytes(bytes(SIZE))
        rate, program = plan.requests_per_minute, ("benchmarks.cost.counted", str(counted))
        ours = await stack.enter_async_context(
            reelcast("ours", home, session, jobs=0, requests_per_minute=rate, program=program)
        )
        plain = await stack.enter_async_context(bare("bare", folder / "bare"))
        sandbox = await stack.enter_async_context(Sandbox.connect(ours.control_url))
        member, image = sandbox.member(MEMBER, channel=CHANNEL), Upload(_picture(), "reference.png")
        # What only the first video does counts for none: loading what makes images, finding out whether one request
        # tells a run's status and its result.
        await ours.segmind.configure(speed=1.0, queue_seconds=0.0, run_seconds=plan.first_run, sigma=0.0)
        await past_notice(member, await member.slash("video", prompt="@Image1 waves, once before", image1=image))
        await _delivered(home, 1)
        await asyncio.sleep(plan.settle)

        before, cpu = read_counts(counted), read_usage(ours.pid).cpu_seconds
        switches = [voluntary_switches(pid) for pid in (ours.pid, plain.pid)]
        await asyncio.sleep(plan.idle)
        idle, idle_cpu = read_counts(counted).since(before), read_usage(ours.pid).cpu_seconds - cpu
        ours_more, bare_more = (
            voluntary_switches(pid) - then for pid, then in zip((ours.pid, plain.pid), switches, strict=True)
        )

        await ours.segmind.configure(run_seconds=plan.run)
        before, cpu, polls = read_counts(counted), read_usage(ours.pid).cpu_seconds, await ours.polls()
        await member.slash("video", prompt="@Image1 waves, and is counted", image1=image)
        await _delivered(home, 2)
        await asyncio.sleep(plan.after)
        return Measured(
            idle=idle,
            idle_cpu=idle_cpu,
            switches=ours_more,
            bare_switches=bare_more,
            job=read_counts(counted).since(before),
            job_cpu=read_usage(ours.pid).cpu_seconds - cpu,
            polls=await ours.polls() - polls,
            on_postgresql=await idle_statements(folder / "other", session, settle=plan.settle, idle=plan.idle),
        )


async def _delivered(home: Path, videos: int) -> None:
    """Wait until so many videos are posted, as the database says, which is only read."""
    with closing(sqlite3.connect(f"file:{home / 'reelcast.db'}?mode=ro", uri=True)) as database:
        while database.execute(DELIVERED).fetchone() != (videos,):  # noqa: ASYNC110 - another process writes it
            await asyncio.sleep(LOOK_EVERY)


def _picture() -> bytes:
    buffer = BytesIO()
    Image.effect_noise((1024, 768), 40).convert("RGB").save(buffer, "PNG")
    return buffer.getvalue()


def report(plan: Plan, measured: Measured, console: Console) -> int:
    """Print the figures beside those of version 0.1; return the exit status."""
    job, idle, minute = measured.job, measured.idle, 60 / plan.idle
    table = titled(f"One video of {plan.run:.0f} s with {measured.polls} polls, the request budget apart", "what")
    for heading in ("version 0.1", "now", "at most"):
        table.add_column(heading, justify="right")
    for name, value in (("statements", job.statements), ("write transactions", job.write_transactions)):
        table.add_row(name, str(FIRST_VERSION[name]), str(value), str(MOST[name]))
    table.add_row("of these, only read", str(FIRST_VERSION["only read"]), str(job.only_read), "")
    table.add_row("disk syncs", str(FIRST_VERSION["disk syncs"]), str(job.syncs), str(MOST["disk syncs"]))
    table.add_row("transactions that read", "", str(job.read_transactions), "")
    table.add_row("the budget's transactions", "", str(job.budget_transactions), "")
    table.add_row("processor time", "", f"{measured.job_cpu:.2f} s", "")
    console.print(table)
    more = (measured.switches - measured.bare_switches) * minute
    table = titled("An idle minute", "what")
    for heading in ("version 0.1", "now", "at most"):
        table.add_column(heading, justify="right")
    writes = (idle.write_transactions + idle.budget_transactions) * minute
    table.add_row("transactions that write", "", f"{writes:.0f}", "0")
    table.add_row("statements", "", f"{idle.statements * minute:.0f}", "0")
    table.add_row("looks at data_version", "", f"{idle.looks * minute:.0f}", str(LOOKS))
    table.add_row("voluntary switches", str(FIRST_VERSION["switches"]), f"{measured.switches * minute:.0f}", "")
    table.add_row("more than bare discord.py", "", f"{more:.0f}", str(MOST["switches"]))
    table.add_row("processor time", "", f"{measured.idle_cpu * minute:.2f} s", "")
    for kind, statements in measured.on_postgresql.items():
        most = "0" if kind == OTHERS else ""
        table.add_row(f"PostgreSQL: {kind}", "", f"{statements * minute:.0f}", most)
    console.print(table)
    console.print(machine())
    targets = [
        Target(name="Statements of a video", value=job.statements, limit=MOST["statements"], unit=""),
        Target(
            name="Write transactions of a video",
            value=job.write_transactions,
            limit=MOST["write transactions"],
            unit="",
        ),
        Target(name="Disk syncs of a video", value=job.syncs, limit=MOST["disk syncs"], unit=""),
        Target(name="Idle, transactions that write", value=writes, limit=0, unit="a minute"),
        Target(name="Idle, statements", value=idle.statements * minute, limit=0, unit="a minute"),
        Target(name="Idle, looks at data_version", value=idle.looks * minute, limit=LOOKS, unit="a minute"),
        Target(
            name="Idle on PostgreSQL, statements but heartbeats and leases",
            value=measured.on_postgresql[OTHERS] * minute,
            limit=0,
            unit="a minute",
        ),
        Target(name="Idle, switches above bare", value=more, limit=MOST["switches"], unit="a minute"),
    ]
    return judge(targets, console)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a small run that shows that it works, not how much")
    plan = QUICK if parser.parse_args(arguments).quick else FULL
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        measured = run(measure(plan, Path(folder)))
    return report(plan, measured, Console(highlight=False))


if __name__ == "__main__":
    sys.exit(main())
