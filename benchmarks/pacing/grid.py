"""The cells of the simulation, and what each shows of the two policies."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

from benchmarks.figures import percentile
from benchmarks.pacing.simulation import Cell, Outcome, RunLaw, simulate

MINUTE: Final = 60.0  # seconds, as Segmind counts
TYPICAL: Final = 194.0  # seconds of a run
WARM_UP: Final = 1_200.0  # seconds until the first jobs are through and their times learned
COUNTED: Final = 900  # jobs that a figure should rest on
SHORTEST: Final = 3_600.0  # seconds
LONGEST: Final = 24 * 3_600.0
SEED: Final = 7
DRIFT_PERIOD: Final = 5_400.0  # seconds


def _drift(now: float) -> float:
    return 1 + 0.5 * math.sin(2 * math.pi * now / DRIFT_PERIOD)


LAWS: Final = {
    "sigma 0.1": RunLaw(sigma=0.1),
    "sigma 0.25": RunLaw(sigma=0.25),
    "sigma 0.5": RunLaw(sigma=0.5),
    "5 s and 10 s": RunLaw(sigma=0.25, medians=((5, TYPICAL), (10, 310.0))),
    "drift": RunLaw(sigma=0.25, drift=_drift),
}
BUDGETS: Final = (5, 60, 120, 500)
IN_FLIGHT: Final = (1, 5, 20, 60, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one policy came to in one cell; delays in seconds from completion to notice."""

    mean: float
    p95: float
    polls: float  # per job
    gap: float  # seconds; the median job's longest time without a poll
    over: int  # requests beyond the budget in any minute


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell of the grid under both policies."""

    law: str
    per_minute: int
    in_flight: int
    jobs: int
    in_turn: Figures
    planned: Figures

    @property
    def ratio(self) -> float:
        return self.planned.mean / self.in_turn.mean


def rows(laws: Sequence[str], budgets: Sequence[int], in_flight: Sequence[int]) -> Iterator[Row]:
    """Simulate every combination, one after the other."""
    for law in laws:
        for per_minute in budgets:
            for count in in_flight:
                yield row(law, per_minute, count)


def row(law: str, per_minute: int, in_flight: int) -> Row:
    in_turn, planned = (outcome(law, per_minute, in_flight, planned=planned) for planned in (False, True))
    return Row(
        law=law,
        per_minute=per_minute,
        in_flight=in_flight,
        jobs=len(planned.delays),
        in_turn=_figures(in_turn, per_minute),
        planned=_figures(planned, per_minute),
    )


def outcome(law: str, per_minute: int, in_flight: int, *, planned: bool) -> Outcome:
    # A job takes a submit, a poll and a result at the least: a small budget finishes few jobs an hour.
    per_second = min(in_flight / TYPICAL, per_minute / MINUTE / 3)
    return simulate(
        Cell(
            per_minute=per_minute,
            in_flight=in_flight,
            law=LAWS[law],
            warm_up=WARM_UP,
            seconds=min(max(COUNTED / per_second, SHORTEST), LONGEST),
            planned=planned,
            seed=SEED,
        )
    )


def over_budget(sent: Sequence[float], per_minute: int) -> int:
    """Count the requests that left although as many as a minute may have had left within the minute before."""
    return sum(later - earlier < MINUTE for earlier, later in zip(sent, sent[per_minute:], strict=False))


def _figures(outcome: Outcome, per_minute: int) -> Figures:
    return Figures(
        mean=mean(outcome.delays),
        p95=percentile(outcome.delays, 95),
        polls=mean(outcome.polls),
        gap=median(outcome.gaps),
        over=over_budget(outcome.sent, per_minute),
    )
