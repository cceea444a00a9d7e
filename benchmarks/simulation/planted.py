"""`python -m benchmarks.simulation.planted`: after how many jobs the simulation finds each planted bug.

Each is sought in a process of its own, in histories of consecutive seeds up to the first broken promise. The exit
status is 1 if one wasn't found.
"""

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from benchmarks.simulation.planting import PROJECT, Plant
from benchmarks.simulation.plants import CHECKS, PLANTS

A_HISTORY: Final = 100  # jobs; what only its end shows is found after these
FOUND: Final = re.compile(r"^  broken: ([^:]+):", re.MULTILINE)
JOBS: Final = re.compile(r"promises broken in (\d+) jobs")


def main() -> int:
    options = _parser().parse_args()
    plants = [each for each in PLANTS if each.name in options.only] if options.only else PLANTS
    print("| planted bug | breaks | found after | by the check |\n|---|---|---|---|")
    with ThreadPoolExecutor(options.processes) as pool:
        rows = pool.map(partial(_sought, seed=options.seed, jobs=options.jobs), plants)
        return 0 if all(list(_told(rows))) else 1


def _told(rows: Iterator[tuple[Plant, int, str]]) -> Iterator[bool]:
    for plant, jobs, check in rows:
        found = check in CHECKS[plant.promise]
        after = f"{jobs} jobs" if found else f"not in {jobs} jobs"
        other = "" if found or not check else "something else: "
        print(f"| {plant.name} | {plant.promise} | {after} | {other}{check} |", flush=True)
        yield found


def _sought(plant: Plant, seed: int, jobs: int) -> tuple[Plant, int, str]:
    """Return after how many jobs a bug was found, and the check that found it; empty if none did."""
    command = [sys.executable, "-m", "benchmarks.simulation", "--plant", plant.name, "--until-broken"]
    command += ["--seed", str(seed), "--seeds", str(jobs // A_HISTORY), "--jobs", str(A_HISTORY)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
    count, check = JOBS.search(done.stdout), FOUND.search(done.stdout)
    if count is None:
        raise RuntimeError(f"{plant.name}: {done.stderr[-2000:]}")
    return plant, int(count[1]), check[1] if check else ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.simulation.planted", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=[each.name for each in PLANTS], help="these (default: all)")
    parser.add_argument("--jobs", type=int, default=3000, help="within which each has to be found (default: 3000)")
    parser.add_argument("--seed", type=int, default=1, help="the first history (default: 1)")
    parser.add_argument("--processes", type=int, default=1, help="how many at once (default: 1)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
