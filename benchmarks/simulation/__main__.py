"""`python -m benchmarks.simulation --seed S --jobs N`: a history of the bot in a simulated world, drawn from a seed.

The same seed and code give the same history, to the last line of its trace. The exit status is 1 if a promise was
broken.
"""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from simulation.run import Result, run

HASHES: Final = "PYTHONHASHSEED"


def main() -> int:
    options = _parser().parse_args()
    if os.environ.get(HASHES) != "0":  # sets of texts would be walked in another order each time
        os.environ[HASHES] = "0"
        os.execv(sys.executable, [sys.executable, "-m", "benchmarks.simulation", *sys.argv[1:]])  # noqa: S606 - itself
    broken = 0
    for seed in range(options.seed, options.seed + options.seeds):
        began = time.process_time()
        result = run(seed, options.jobs, severity=options.severity, without=options.without)
        _report(result, time.process_time() - began)
        broken += len(result.violations)
        if options.trace is not None:
            options.trace.mkdir(parents=True, exist_ok=True)
            (options.trace / f"{seed}.txt").write_text("\n".join(result.trace), encoding="utf-8")
    _say(f"{broken} promises broken")
    return 1 if broken else 0


def _report(result: Result, seconds: float) -> None:
    ended = ", ".join(f"{count} {state}" for state, count in result.states.most_common())
    _say(
        f"seed {result.seed}: {result.asked} asked, {ended}; {result.charges} charges, {result.lives} lives, "
        f"{result.virtual_hours:.1f} h in {seconds:.0f} s, trace {result.digest}"
    )
    for line in _lines("broken", result.violations):
        _say(line)
    for name, count in result.surprises.most_common():
        _say(f"  {count:4} times in the log: {name}")
    if result.unknown:
        _say(f"  Discord was asked for what it does not know: {', '.join(sorted(result.unknown))}")


def _lines(word: str, found: Sequence[str]) -> list[str]:
    return [f"  {word}: {each}" for each in found]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="which history (default: 1)")
    parser.add_argument("--seeds", type=int, default=1, help="how many, one after another (default: 1)")
    parser.add_argument("--jobs", type=int, default=200, help="how many videos are asked for (default: 200)")
    parser.add_argument("--severity", type=float, default=1.0, help="how rough the weather is; 0: none (default: 1)")
    parser.add_argument("--without", nargs="*", default=(), help="names in simulation/chances.py that are switched off")
    parser.add_argument("--trace", type=Path, help="a folder that the trace of each history is written to")
    return parser


if __name__ == "__main__":
    sys.exit(main())
