"""The figures as a person reads them, and the targets among them."""

from collections.abc import Sequence
from typing import Final

from rich.console import Console

from benchmarks.figures import Target, judge, machine, median, percentile, titled
from benchmarks.scale.delivering import Delivered
from benchmarks.scale.following import Followed

MOST_GROWTH: Final = 64.0  # MiB
MOST_REFUSED: Final = 0.1  # percent of several processes' requests to Discord; one process alone meets no limit
MIB: Final = 1024 * 1024


def report(followed: Sequence[Followed], delivered: Delivered, console: Console) -> int:
    """Print all that was measured; return the exit status."""
    _show_processes(followed, console)
    _show_notices(followed, console)
    for each in followed:
        console.print(
            f"{each.plan.jobs:,} ({each.plan.database}): {each.at_discord.passed:,} requests to Discord, and "
            f"{each.at_discord.refused} answered with 429 ({each.at_discord.share:.2%})."
        )
    _show_delivery(delivered, console)
    console.print(machine())
    plan = delivered.plan
    return judge(
        [
            Target(
                name=f"memory more for {plan.videos} videos of {plan.video_bytes / 1e6:.0f} MB",
                value=delivered.growth_mib,
                limit=MOST_GROWTH,
                unit="MiB",
            ),
            Target(name="of them not posted", value=plan.videos - delivered.posted, limit=0, unit="videos"),
            *(
                Target(
                    name=f"429s from Discord, {' and '.join(each.plan.roles)}",
                    value=100 * each.at_discord.share,
                    limit=MOST_REFUSED if len(each.plan.roles) > 1 else 0,
                    unit="%",
                )
                for each in followed
            ),
        ],
        console,
    )


def _show_processes(followed: Sequence[Followed], console: Console) -> None:
    table = titled("What each process takes to follow jobs", "jobs, process")
    for heading in ("RSS\nMiB", "PSS\nMiB", "CPU\n% core", "CPU request\nms"):
        table.add_column(heading, justify="right")
    for each in followed:
        cpu = sum(process.cpu_seconds for process in each.taken.processes)
        for process in each.taken.processes:
            table.add_row(
                f"{each.plan.jobs:,}, {process.role} ({each.plan.database})",
                f"{process.usage.rss_kib / 1024:.1f}",
                f"{process.usage.pss_kib / 1024:.1f}",
                f"{100 * process.cpu_seconds / each.taken.seconds:.1f}",
                f"{1000 * cpu / max(each.taken.requests, 1):.2f}" if process is each.taken.processes[0] else "",
            )
    console.print(table)


def _show_notices(followed: Sequence[Followed], console: Console) -> None:
    table = titled("From the start, and from the end of a run until it is noticed", "jobs")
    for heading in ("driven\nof them", "start\ns", "requests\n/min", "429s", "ended\n/min"):
        table.add_column(heading, justify="right")
    for heading in ("notice\ns", "95%\ns", "99%\ns", "not\nyet"):
        table.add_column(heading, justify="right")
    for each in followed:
        minutes = each.taken.seconds / 60
        delays = each.delays or [float("nan")]
        table.add_row(
            f"{each.plan.jobs:,} ({each.plan.database})",
            f"{each.driven:,}",
            f"{each.start_seconds:.1f}",
            f"{each.taken.requests / minutes:.0f}",
            f"{each.taken.throttled}",
            f"{each.plan.ending / minutes:.0f}",
            f"{median(delays):.1f}",
            f"{percentile(delays, 95):.1f}",
            f"{percentile(delays, 99):.1f}",
            f"{each.unnoticed}",
        )
    console.print(table)


def _show_delivery(delivered: Delivered, console: Console) -> None:
    plan = delivered.plan
    table = titled(f"{plan.videos} videos of {plan.video_bytes / 1e6:.0f} MB finished at once", "")
    for heading in ("before", "highest", "more"):
        table.add_column(heading, justify="right")
    before, highest = delivered.before, delivered.highest
    for name, then, most in (
        ("PSS, MiB", before.pss_kib / 1024, highest.pss_kib / 1024),
        ("RSS, MiB", before.rss_kib / 1024, highest.rss_kib / 1024),
        ("files worked on, MiB", 0.0, highest.disk_bytes / MIB),
    ):
        table.add_row(name, f"{then:.1f}", f"{most:.1f}", f"{most - then:.1f}")
    console.print(table)
    console.print(
        f"{delivered.posted} posted in {delivered.seconds:.0f} s, with {delivered.cpu_seconds:.1f} s of processor time."
    )
