"""`python -m benchmarks.simulation --seed S --jobs N`: a history of the bot in a simulated world, drawn from a seed.

The same seed and code give the same history, to the last line of its trace. The exit status is 1 if a promise was
broken.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.simulation.planting import plant
from benchmarks.simulation.plants import PLANTS
from benchmarks.simulation.shrinking import Case, keep, shrink, story
from simulation.chances import SWITCHES

if TYPE_CHECKING:
    from simulation.run import Result

HASHES: Final = "PYTHONHASHSEED"


def main() -> int:
    options = _parser().parse_args()
    if os.environ.get(HASHES) != "0":  # sets of texts would be walked in another order each time
        os.environ[HASHES] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.simulation", *sys.argv[1:]])  # noqa: S606 - itself
    if options.plant:
        plant(next(each for each in PLANTS if each.name == options.plant))
    case = Case(
        seed=options.seed,
        jobs=options.jobs,
        severity=options.severity,
        without=frozenset(options.without if options.only is None else SWITCHES.keys() - set(options.only)),
        plant=options.plant,
    )
    return _shrunk(case, options.keep) if options.shrink else _lived(case, options)


def _lived(case: Case, options: argparse.Namespace) -> int:
    broken = asked = 0
    for seed in range(case.seed, case.seed + options.seeds):
        began = time.process_time()
        result = case.with_(seed=seed).live(until_broken=options.until_broken)
        asked += result.asked
        _report(result, time.process_time() - began)
        broken += len(result.violations)
        if options.trace is not None:
            options.trace.mkdir(parents=True, exist_ok=True)
            (options.trace / f"{seed}.txt").write_text("\n".join(result.trace), encoding="utf-8")
        if broken and options.until_broken:
            break
    _say(f"{broken} promises broken in {asked} jobs")
    return 1 if broken else 0


def _shrunk(case: Case, name: str) -> int:
    result = case.live(until_broken=True)
    if not result.violations:
        _say("nothing is broken")
        return 0
    smallest, result = shrink(case, result, _say)
    _say(f"smallest: {smallest}")
    for line in story(result.trace):
        _say(line)
    if name:
        _say(f"kept in {keep(name, smallest, result)}")
    return 1


def _report(result: "Result", seconds: float) -> None:
    ended = ", ".join(f"{count} {state}" for state, count in result.states.most_common())
    _say(
        f"seed {result.seed}: {result.asked} asked, {ended}; {result.charges} charges, {result.lives} lives, "
        f"{result.virtual_hours:.1f} h in {seconds:.0f} s, trace {result.digest}"
    )
    for violation in result.violations:
        _say(f"  broken: {violation}")
    for name, count in result.surprises.most_common():
        _say(f"  {count:4} times in the log: {name}")
    if result.unknown:
        _say(f"  Discord was asked for what it does not know: {', '.join(sorted(result.unknown))}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which history (default: 1)")
    parser.add_argument("--seeds", type=int, default=1, help="how many, one after another (default: 1)")
    parser.add_argument("--jobs", type=int, default=200, help="how many videos are asked for (default: 200)")
    parser.add_argument("--severity", type=float, default=1.0, help="how rough the weather is; 0: none (default: 1)")
    names = sorted(SWITCHES)  # of simulation/chances.py
    parser.add_argument("--without", nargs="*", choices=names, metavar="SWITCH", default=(), help="what is left out")
    parser.add_argument("--only", nargs="*", choices=names, metavar="SWITCH", help="what is not")
    parser.add_argument("--trace", type=Path, help="a folder that the trace of each history is written to")
    parser.add_argument("--until-broken", action="store_true", help="stop at the first broken promise")
    parser.add_argument("--plant", default="", choices=["", *(each.name for each in PLANTS)], help="a bug to be found")
    parser.add_argument("--shrink", action="store_true", help="find the smallest history that breaks the same promise")
    parser.add_argument("--keep", default="", metavar="NAME", help="with --shrink: write it to the regression tests")
    return parser


if __name__ == "__main__":
    sys.exit(main())
