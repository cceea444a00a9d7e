"""The smallest history that breaks the same promise, its story, and its line among the regression tests."""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from simulation.chances import SWITCHES

if TYPE_CHECKING:
    from simulation.run import Result

REGRESSIONS: Final = Path(__file__).parents[2] / "tests" / "unit" / "simulation" / "regressions.toml"
SEVERITIES: Final = (0.0, 0.25, 0.5)  # less than that of most histories
LIVES: Final = frozenset(
    {"killed", "stopped", "frozen", "awake", "started", "power_cut", "lost", "clock_jumps", "calm"}
)
_JOB: Final = re.compile(r"\b\d{17,20}\b")
_REQUEST: Final = re.compile(r"\b[0-9a-f]{8}(?=-[0-9a-f]{4}-|\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A history: everything that it is drawn from."""

    seed: int
    jobs: int
    severity: float = 1.0
    without: frozenset[str] = frozenset()
    plant: str = ""

    def __str__(self) -> str:
        off = f"without {', '.join(sorted(self.without))}" if len(self.without) < len(self.only) else ""
        on = off or f"only {', '.join(self.only) or 'what is asked for'}"
        return (
            f"seed {self.seed}, {self.jobs} jobs, severity {self.severity}, {on if self.without else 'everything on'}"
        )

    @property
    def only(self) -> Sequence[str]:
        """The switches that are on."""
        return sorted(SWITCHES.keys() - self.without)

    def with_(self, **changes: Any) -> "Case":
        return replace(self, **changes)

    def live(self, *, until_broken: bool) -> "Result":
        from simulation.run import run  # noqa: PLC0415 - imports what a plant changes

        return run(self.seed, self.jobs, severity=self.severity, without=self.without, until_broken=until_broken)


def promise_of(result: "Result") -> str:
    """Return the first promise that was broken; empty where none was."""
    return result.violations[0].partition(":")[0] if result.violations else ""


def shrink(case: Case, result: "Result", say: Callable[[str], object]) -> "tuple[Case, Result]":
    """Find a smaller case that breaks the same promise: fewer jobs, fewer switches, lower severity."""
    promise, best = promise_of(result), result

    def fails(smaller: Case) -> bool:
        nonlocal best
        lived = smaller.live(until_broken=True)
        if promise_of(lived) != promise:
            return False
        best = lived
        say(f"{promise}: {smaller}")
        return True

    case = fewest_jobs(case, fails)
    case = fewest_switches(case, fails, [each for each in SWITCHES if each not in case.without])
    lower = (case.with_(severity=each) for each in SEVERITIES if each < case.severity)
    case = next(filter(fails, lower), case)
    return fewest_jobs(case, fails), best


def fewest_jobs(case: Case, fails: Callable[[Case], bool]) -> Case:
    """Bisect the number of jobs; that fewer of them don't fail doesn't mean that fewer still don't."""
    enough, too_few = case.jobs, 0
    while enough - too_few > 1:
        middle = (enough + too_few) // 2
        if fails(smaller := case.with_(jobs=middle)):
            case, enough = smaller, middle
        else:
            too_few = middle
    return case


def fewest_switches(case: Case, fails: Callable[[Case], bool], on: Sequence[str]) -> Case:
    """Turn off as much as possible: all, then ever smaller parts of what is still on, as in delta debugging."""
    size = len(on)
    while size:
        for first in range(0, len(on), size):
            part = [each for each in on[first : first + size] if each not in case.without]
            if part and fails(smaller := case.with_(without=case.without.union(part))):
                case = smaller
        on = [each for each in on if each not in case.without]
        size = min(size // 2, len(on))
    return case


def story(trace: Sequence[str]) -> Sequence[str]:
    """Cut a trace to what concerns the jobs of its first violation, and the lives of the process meanwhile.

    A violation that names no job, such as one of the request budget, is told by the lives alone.
    """
    end = next((place for place, line in enumerate(trace) if " VIOLATION " in line), len(trace) - 1)
    told = {*_JOB.findall(trace[end]), *_REQUEST.findall(trace[end])}
    told |= {job for line in trace[:end] if " paid " in line and _mentions(line, told) for job in _JOB.findall(line)}
    concerned = {end, *(place for place in range(end) if _mentions(trace[place], told))}
    start = min(concerned) if told else -1
    return [
        line
        for place, line in enumerate(trace[: end + 1])
        if place in concerned or (place > start and line.split(maxsplit=2)[1] in LIVES)
    ]


def _mentions(line: str, told: set[str]) -> bool:
    return any(each in line for each in told)


def keep(name: str, case: Case, result: "Result") -> Path:
    """Write a case to the regression tests; return their file."""
    line = {
        "name": name,
        "promise": promise_of(result),
        "plant": case.plant,
        "seed": case.seed,
        "jobs": case.jobs,
        "severity": case.severity,
        "only": case.only,
    }
    with REGRESSIONS.open("a", encoding="utf-8") as file:
        file.write("\n[[history]]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in line.items()))
    return REGRESSIONS
