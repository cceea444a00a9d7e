"""`python -m benchmarks.pacing`: how soon the result of a finished run is there, and what that costs in requests.

Simulated hours of the bot's own planner and budget beside those of version 0.1 and beside the least delay that any
policy can have, then real minutes beside Segmind's SDK.
The exit status is 1 where a target is missed.
"""

import argparse
import asyncio
import logging
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, median
from typing import Final

import structlog
from rich.console import Console
from rich.table import Table

from benchmarks.figures import percentile
from benchmarks.pacing.grid import BUDGETS, IN_FLIGHT, LAWS, Row, cell, rows
from benchmarks.pacing.simulation import Policy, simulate
from benchmarks.pacing.trial import PER_MINUTE, RUN, Trial, burst, trials
from benchmarks.pacing.turn_cost import turn_costs

HALVED: Final = 0.55  # of the mean delay in turn, at the most
HALVED_AT: Final = frozenset({("sigma 0.25", 60, 20), ("sigma 0.25", 500, 60)})
# By jobs in flight on 60 requests a minute: the mean delay as a share of version 0.1's, at the most.
GOALS: Final = {Policy.TWO: {5: 0.67, 20: 0.90}, Policy.ONE: {5: 0.63, 20: 0.80}}
QUEUED_GOAL: Final = 0.7  # the same for 20 jobs that are QUEUED for 0 to 300 s
NO_WORSE: Final = 1.02  # of it: where the budget is used up, chance decides the second digit
TURN_LIMIT: Final = 1e-3  # seconds
TRIAL: Final = 100.0  # seconds
BURST: Final = 20  # requests after a quiet minute
BURST_WITHIN: Final = 2.0  # seconds; the last of version 0.1 was submitted after 18
PLOTTED: Final = "sigma 0.25"
COMPARED: Final = (Policy.FIRST, Policy.TWO, Policy.ONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target, and whether it is met."""

    words: str
    is_met: bool


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    console = Console(width=190)
    if options.quick:
        measured = _simulate(console, ("sigma 0.25",), (60,), (20,))
    else:
        measured = _simulate(console, tuple(LAWS), BUDGETS, IN_FLIGHT)
    if options.plot is not None:
        options.plot.write_text(_plot(measured), encoding="utf-8")
    verdicts = [*_judge_rows(measured), _judge_turns(console, 300 if options.quick else 5_000)]
    if not (options.quick or options.without_sdk):
        _show_trials(console, asyncio.run(trials(TRIAL)))
        verdicts.append(_judge_burst())
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
    table = Table(title="Seconds from completion to the result in hand; x: of version 0.1's; bound: of any policy")
    for name in ("run times", "a min", "jobs", "in turn", "0.1", "two requests", "x", "bound", "ratio"):
        table.add_column(name, no_wrap=True)
    for name in ("one request", "x", "bound", "ratio", "95%", "polls", "gap", "over"):
        table.add_column(name, no_wrap=True)
    measured: list[Row] = []
    for row in rows(laws, budgets, in_flight):
        each = row.by_policy
        table.add_row(
            row.law,
            str(row.per_minute),
            str(row.in_flight),
            f"{each[Policy.IN_TURN].mean:.2f}",
            f"{each[Policy.FIRST].mean:.2f}",
            *_beside_bound(row, Policy.TWO),
            *_beside_bound(row, Policy.ONE),
            " ".join(f"{each[policy].p95:.1f}" for policy in COMPARED),
            " ".join(f"{each[policy].polls:.1f}" for policy in COMPARED),
            " ".join(f"{each[policy].gap:.0f}" for policy in COMPARED),
            str(sum(figures.over for figures in each.values())),
            end_section=row.in_flight == in_flight[-1],
        )
        measured.append(row)
    console.print(table)
    return measured


def _beside_bound(row: Row, policy: Policy) -> Sequence[str]:
    figures = row.by_policy[policy]
    bound = ("-", "-") if figures.bound is None else (f"{figures.bound:.2f}", f"{figures.mean / figures.bound:.2f}")
    return f"{figures.mean:.2f}", f"{row.share(policy):.2f}", *bound


def _judge_rows(measured: Sequence[Row]) -> list[Verdict]:
    over = sum(figures.over for row in measured for figures in row.by_policy.values())
    return [
        *(_judge_halved(row) for row in measured if (row.law, row.per_minute, row.in_flight) in HALVED_AT),
        *(
            _judge_goal(row, policy, goals[row.in_flight])
            for row in measured
            for policy, goals in GOALS.items()
            if (row.law, row.per_minute) == (PLOTTED, 60) and row.in_flight in goals
        ),
        *(
            _judge_goal(row, policy, QUEUED_GOAL)
            for row in measured
            for policy in GOALS
            if LAWS[row.law].queue and (row.per_minute, row.in_flight) == (60, 20)
        ),
        *(_judge_worst(measured, policy) for policy in GOALS),
        Verdict(words=f"requests over budget: {over}", is_met=over == 0),
    ]


def _judge_halved(row: Row) -> Verdict:
    ratio = row.by_policy[Policy.TWO].mean / row.by_policy[Policy.IN_TURN].mean
    words = f"{row.in_flight} jobs on {row.per_minute} a minute: {ratio:.2f} of the delay in turn, at most {HALVED}"
    return Verdict(words=words, is_met=ratio <= HALVED)


def _judge_goal(row: Row, policy: Policy, goal: float) -> Verdict:
    share = row.share(policy)
    where = f"{policy}, {row.law}, {row.in_flight} jobs on {row.per_minute} a minute"
    words = f"{where}: {share:.2f} of version 0.1's, at most {goal}"
    return Verdict(words=words, is_met=share <= goal)


def _judge_worst(measured: Sequence[Row], policy: Policy) -> Verdict:
    worst = max(measured, key=lambda row: row.share(policy))
    share, where = worst.share(policy), f"{worst.law}, {worst.in_flight} jobs on {worst.per_minute} a minute"
    return Verdict(words=f"{policy}, nowhere worse than 0.1: at most {share:.3f} ({where})", is_met=share <= NO_WORSE)


def _judge_turns(console: Console, turns: int) -> Verdict:
    waiting = 2_000
    costs = turn_costs(waiting, turns)
    usual, late = mean(costs) * 1e6, percentile(costs, 99) * 1e6
    console.print(f"a turn among {waiting} waiting polls: mean {usual:.0f} µs, 99% under {late:.0f} µs")
    words = f"a turn costs {usual:.0f} µs, at most {TURN_LIMIT * 1e6:.0f} µs"
    return Verdict(words=words, is_met=mean(costs) <= TURN_LIMIT)


def _judge_burst() -> Verdict:
    took, refused = asyncio.run(burst(BURST))
    words = (
        f"{BURST} requests after a quiet minute at {PER_MINUTE} a minute: the median submitted after "
        f"{median(took):.2f} s (9 in 0.1), the last after {took[-1]:.2f} s (18 in 0.1), at most {BURST_WITHIN:.0f} s; "
        f"{refused} answered with 429"
    )
    return Verdict(words=words, is_met=took[-1] <= BURST_WITHIN and not refused)


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
    # It loads slowly, and logs where it builds a cache of fonts.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from benchmarks.pacing.plot import draw  # noqa: PLC0415

    seen = {str(policy): simulate(cell(PLOTTED, 60, 20, policy)) for policy in (Policy.IN_TURN, Policy.TWO)}
    shares: dict[str, dict[int, tuple[float, float | None]]] = {}
    for row in measured:
        if (row.law, row.per_minute) == (PLOTTED, 60):
            first = row.by_policy[Policy.FIRST].mean
            for policy in (Policy.TWO, Policy.ONE):
                bound = row.by_policy[policy].bound
                shares.setdefault(policy, {})[row.in_flight] = row.share(policy), bound and bound / first
    return draw(
        {name: each.ages for name, each in seen.items()},
        {name: len(each.delays) for name, each in seen.items()},
        shares,
        PLOTTED,
    )


if __name__ == "__main__":
    sys.exit(main())
