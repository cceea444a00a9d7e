"""`python -m benchmarks.pacing`: how soon a finished run is noticed, and what that costs in requests.

Simulated hours of the bot's own planner beside the same budget spent in turn, then real minutes beside Segmind's SDK.
The exit status is 1 where a target is missed.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import Final

import structlog
from rich.console import Console
from rich.table import Table

from benchmarks.figures import percentile
from benchmarks.pacing.grid import BUDGETS, IN_FLIGHT, LAWS, Row, outcome, rows
from benchmarks.pacing.plot import draw
from benchmarks.pacing.trial import PER_MINUTE, RUN, Trial, trials
from benchmarks.pacing.turn_cost import turn_costs

HALVED: Final = 0.55  # of the mean delay in turn, at the most
HALVED_AT: Final = frozenset({("sigma 0.25", 60, 20), ("sigma 0.25", 500, 60)})
NO_WORSE: Final = 1.005  # of it: where the budget lets every job be polled every 2 s, chance decides the third digit
TURN_LIMIT: Final = 1e-3  # seconds
TRIAL: Final = 100.0  # seconds
PLOTTED: Final = "sigma 0.25"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target, and whether it is met."""

    words: str
    is_met: bool


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(width=140)
    if options.quick:
        measured = _simulate(console, ("sigma 0.25",), (60,), (20,))
    else:
        measured = _simulate(console, tuple(LAWS), BUDGETS, IN_FLIGHT)
    if options.plot is not None:
        options.plot.write_text(_plot(measured), encoding="utf-8")
    verdicts = [*_judge_rows(measured), _judge_turns(console, 300 if options.quick else 5_000)]
    if not (options.quick or options.without_sdk):
        _show_trials(console, asyncio.run(trials(TRIAL)))
    for verdict in verdicts:
        console.print(f"{'[green]met   [/]' if verdict.is_met else '[red]missed[/]'} {verdict.words}")
    return 0 if all(verdict.is_met for verdict in verdicts) else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="one cell of the grid only, and no SDK")
    parser.add_argument("--without-sdk", action="store_true", help="leave the real minutes out")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the figures")
    return parser


def _simulate(console: Console, laws: Sequence[str], budgets: Sequence[int], in_flight: Sequence[int]) -> list[Row]:
    table = Table(title="Seconds from completion to notice, polling in turn → planned")
    for name in ("run times", "a minute", "in flight", "noticed", "mean", "ratio", "95%", "polls a job", "gap", "over"):
        table.add_column(name, no_wrap=True)
    measured: list[Row] = []
    for row in rows(laws, budgets, in_flight):
        a, b = row.in_turn, row.planned
        table.add_row(
            row.law,
            str(row.per_minute),
            str(row.in_flight),
            str(row.jobs),
            f"{a.mean:.2f} → {b.mean:.2f}",
            f"{row.ratio:.2f}",
            f"{a.p95:.1f} → {b.p95:.1f}",
            f"{a.polls:.1f} → {b.polls:.1f}",
            f"{a.gap:.0f} → {b.gap:.0f}",
            str(a.over + b.over),
            end_section=row.in_flight == in_flight[-1],
        )
        measured.append(row)
    console.print(table)
    return measured


def _judge_rows(measured: Sequence[Row]) -> list[Verdict]:
    worst = max(measured, key=lambda row: row.ratio)
    over = sum(row.planned.over + row.in_turn.over for row in measured)
    halved = [row for row in measured if (row.law, row.per_minute, row.in_flight) in HALVED_AT]
    return [
        *(
            Verdict(
                words=f"{row.in_flight} jobs on {row.per_minute} a minute: {row.ratio:.2f} of the delay in turn, "
                f"at most {HALVED}",
                is_met=row.ratio <= HALVED,
            )
            for row in halved
        ),
        Verdict(
            words=f"nowhere worse than in turn: at most {worst.ratio:.3f} of its delay "
            f"({worst.law}, {worst.in_flight} jobs on {worst.per_minute} a minute)",
            is_met=worst.ratio <= NO_WORSE,
        ),
        Verdict(words=f"requests over budget: {over}", is_met=over == 0),
    ]


def _judge_turns(console: Console, turns: int) -> Verdict:
    waiting = 2_000
    costs = turn_costs(waiting, turns)
    usual, late = mean(costs) * 1e6, percentile(costs, 99) * 1e6
    console.print(f"a turn among {waiting} waiting polls: mean {usual:.0f} µs, 99% under {late:.0f} µs")
    words = f"a turn costs {usual:.0f} µs, at most {TURN_LIMIT * 1e6:.0f} µs"
    return Verdict(words=words, is_met=mean(costs) <= TURN_LIMIT)


def _show_trials(console: Console, both: Sequence[Trial]) -> None:
    table = Table(
        "client", "submitted", "ended", "noticed", "mean delay (s)", "longest (s)", "429s", "exceptions",
        title=f"{TRIAL:.0f} real seconds at {PER_MINUTE} requests a minute, runs of about {RUN:.0f} s",
    )  # fmt: skip
    for trial in both:
        table.add_row(
            trial.name,
            str(trial.submitted),
            str(trial.ended),
            str(len(trial.delays)),
            f"{mean(trial.delays):.1f}" if trial.delays else "-",
            f"{max(trial.delays):.1f}" if trial.delays else "-",
            str(trial.refused),
            str(trial.exceptions),
        )
    console.print(table)


def _plot(measured: Sequence[Row]) -> str:
    seen = {name: outcome(PLOTTED, 60, 20, planned=name == "planned") for name in ("in turn", "planned")}
    ratios: dict[int, dict[int, float]] = {}
    for row in measured:
        if row.law == PLOTTED:
            ratios.setdefault(row.per_minute, {})[row.in_flight] = row.ratio
    return draw(
        {name: each.ages for name, each in seen.items()},
        {name: len(each.delays) for name, each in seen.items()},
        ratios,
        PLOTTED,
    )


if __name__ == "__main__":
    sys.exit(main())
