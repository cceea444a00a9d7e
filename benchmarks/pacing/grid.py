"""The cells of the simulation, and what each shows of the two policies."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final

from benchmarks.figures import percentile
from benchmarks.pacing.bound import LogNormal, least_delay
from benchmarks.pacing.simulation import Cell, Policy, RunLaw, simulate

MINUTE: Final = 60.0  # seconds, as Segmind counts
TYPICAL: Final = 194.0  # seconds of a run
WARM_UP: Final = 1_200.0  # seconds until the first jobs are through and their times learned
COUNTED: Final = 900  # jobs that a figure should rest on
SHORTEST: Final = 3_600.0  # seconds
LONGEST: Final = 24 * 3_600.0
SEED: Final = 7
DRIFT_PERIOD: Final = 5_400.0  # seconds
DRIFT_STEPS: Final = 6


def _drift(now: float) -> float:
    return 1 + 0.5 * math.sin(2 * math.pi * now / DRIFT_PERIOD)


LAWS: Final = {
    "sigma 0.1": RunLaw(sigma=0.1),
    "sigma 0.25": RunLaw(sigma=0.25),
    "sigma 0.5": RunLaw(sigma=0.5),
    "5 s and 10 s": RunLaw(sigma=0.25, medians=((5, TYPICAL), (10, 310.0))),
    "queue 0-300 s": RunLaw(sigma=0.25, queue=300.0),
    "drift": RunLaw(sigma=0.25, drift=_drift),
}
BUDGETS: Final = (5, 60, 120, 500)
IN_FLIGHT: Final = (1, 5, 20, 60, 100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one policy came to in one cell; delays in seconds from completion to the result in hand."""

    jobs: int
    mean: float
    p95: float
    polls: float  # per job
    gap: float  # seconds; the median job's longest time without a poll
    over: int  # requests beyond the budget in any minute
    bound: float | None  # the least mean that any policy can have on this budget, where it is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One cell of the grid under each policy."""

    law: str
    per_minute: int
    in_flight: int
    by_policy: Mapping[Policy, Figures]

    def share(self, policy: Policy) -> float:
        """Return the mean delay as a share of version 0.1's."""
        return self.by_policy[policy].mean / self.by_policy[Policy.FIRST].mean


def rows(laws: Sequence[str], budgets: Sequence[int], in_flight: Sequence[int]) -> Iterator[Row]:
    """Simulate every combination, one after the other."""
    for law in laws:
        for per_minute in budgets:
            for count in in_flight:
                yield row(law, per_minute, count)


def row(law: str, per_minute: int, in_flight: int) -> Row:
    return Row(
        law=law,
        per_minute=per_minute,
        in_flight=in_flight,
        by_policy={policy: figures(law, per_minute, in_flight, policy) for policy in Policy},
    )


def cell(law: str, per_minute: int, in_flight: int, policy: Policy) -> Cell:
    # A job takes a submit, a poll and a result at the least: a small budget finishes few jobs an hour.
    per_second = min(in_flight / TYPICAL, per_minute / MINUTE / 3)
    return Cell(
        per_minute=per_minute,
        in_flight=in_flight,
        law=LAWS[law],
        warm_up=WARM_UP,
        seconds=min(max(COUNTED / per_second, SHORTEST), LONGEST),
        policy=policy,
        seed=SEED,
    )


def over_budget(sent: Sequence[float], per_minute: int) -> int:
    """Count the requests that left although as many as a minute may have had left within the minute before."""
    return sum(later - earlier < MINUTE for earlier, later in zip(sent, sent[per_minute:], strict=False))


def figures(law: str, per_minute: int, in_flight: int, policy: Policy) -> Figures:
    simulated = cell(law, per_minute, in_flight, policy)
    seen = simulate(simulated)
    # What the budget leaves of a job's share of the time, after its submit and, but for one request, its result.
    polls = per_minute / MINUTE * simulated.seconds / len(seen.delays) - (1 if policy is Policy.ONE else 2)
    return Figures(
        jobs=len(seen.delays),
        mean=mean(seen.delays),
        p95=percentile(seen.delays, 95),
        polls=mean(seen.polls),
        gap=median(seen.gaps),
        over=over_budget(seen.sent, per_minute),
        bound=None if simulated.law.queue else least_delay(_runs(simulated.law), polls),
    )


def _runs(law: RunLaw) -> Sequence[LogNormal]:
    """Give the kinds of runs that are equally many; a drift in steps."""
    stretches = [law.drift(DRIFT_PERIOD * step / DRIFT_STEPS) for step in range(DRIFT_STEPS)]
    kinds = {(median * stretch) for _, median in law.medians for stretch in stretches}
    return [LogNormal(median=each, sigma=law.sigma) for each in sorted(kinds)]
