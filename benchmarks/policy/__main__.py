"""`python -m benchmarks.policy`: how long the gate takes to decide, and whether limits hold when all ask at once.

The exit status is 1 where a target is missed: 2 ms of a core for a decision at the 99th percentile, and no overrun.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from rich.console import Console

from benchmarks.figures import Target, judge, machine, median, percentile, titled
from benchmarks.policy.decision import KEYWORDS, PATTERNS, Decided, decide
from benchmarks.policy.reservations import PROCESSES, Rushed, rush_both
from benchmarks.processes import run
from tests.support.postgres import running_postgres

MOST: Final = 2.0  # milliseconds of a core for a decision, at the 99th percentile


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    decisions: int
    requests: int  # at the same moment
    rounds: int


FULL: Final = Plan(decisions=2_000, requests=100, rounds=10)
QUICK: Final = Plan(decisions=20, requests=50, rounds=1)


async def measure(plan: Plan, folder: Path) -> tuple[Sequence[Decided], Sequence[Rushed]]:
    with running_postgres() as server:
        decisions = await decide(folder, server, plan.decisions)
        return decisions, await rush_both(folder, server, requests=plan.requests, rounds=plan.rounds)


def report(plan: Plan, decisions: Sequence[Decided], rushes: Sequence[Rushed], console: Console) -> int:
    """Print the figures; return the exit status."""
    console.print(_decisions(plan, decisions))
    console.print(_rushes(plan, rushes))
    console.print(machine())
    targets = [
        Target(
            name=f"99th percentile, {each.name}",
            value=percentile(each.cpu_seconds, 99) * 1000,
            limit=MOST,
            unit="ms of a core",
        )
        for each in decisions
        if each.held_to_target
    ]
    targets.append(Target(name="Overruns", value=sum(each.overruns for each in rushes), limit=0, unit="videos"))
    targets.append(Target(name="Room left unused", value=sum(each.unused for each in rushes), limit=0, unit="videos"))
    return judge(targets, console)


def _decisions(plan: Plan, decisions: Sequence[Decided]) -> object:
    title = f"A decision, {KEYWORDS} keywords and {len(PATTERNS)} patterns, {plan.decisions:,} times"
    table = titled(title, "what is decided")
    for heading in ("median\nms", "99th pct\nms", "median\nms of a core", "99th pct\nms of a core"):
        table.add_column(heading, justify="right")
    for each in decisions:
        figures = [(median(times), percentile(times, 99)) for times in (each.seconds, each.cpu_seconds)]
        table.add_row(each.name, *(f"{figure * 1000:.2f}" for pair in figures for figure in pair))
    return table


def _rushes(plan: Plan, rushes: Sequence[Rushed]) -> object:
    title = f"{plan.requests} requests at once through {PROCESSES} processes' connections, {plan.rounds} rounds"
    table = titled(title, "database")
    table.add_column("what there is little of")
    for heading in ("room", "taken", "overruns", "ms a\nrequest"):
        table.add_column(heading, justify="right")
    for each in rushes:
        taken = (
            f"{each.fewest_taken}" if each.fewest_taken == each.most_taken else f"{each.fewest_taken}-{each.most_taken}"
        )
        milliseconds = each.seconds / each.requests * 1000
        table.add_row(
            each.database, each.rush.name, f"{each.rush.room}", taken, f"{each.overruns}", f"{milliseconds:.1f}"
        )
    return table


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.policy", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a small run that shows that it works, not how fast")
    plan = QUICK if parser.parse_args(arguments).quick else FULL
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        decisions, rushes = run(measure(plan, Path(folder)))
    return report(plan, decisions, rushes, Console(highlight=False))


if __name__ == "__main__":
    sys.exit(main())
