"""`python -m benchmarks.chaos`: the bot is killed at every boundary between a saved state and its effect.

Whatever happens, no job may be charged twice, posted twice or lost. The exit status is 1 if one was.
"""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.chaos.boundaries import BOUNDARIES
from benchmarks.chaos.fleet import run_fleet
from benchmarks.chaos.report import report
from benchmarks.chaos.single import Plan, run_single
from benchmarks.processes import run

JOBS: Final = 200
LIVES: Final = 90
FREEZING: Final = 330.0  # seconds
# Where money or a post is at stake, and that every life comes to.
QUICK: Final = (
    "SUBMITTING written",
    "submit: answered",
    "COMPLETED committed",
    "post: left",
    "post: answered",
    "DELIVERED written",
)
QUICK_JOBS: Final = 8


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    console = Console(highlight=False)
    plan = Plan(
        jobs=options.jobs or (QUICK_JOBS if options.quick else JOBS),
        boundaries=QUICK if options.quick else BOUNDARIES,
        lives=20 if options.quick else LIVES,
        freezing=90.0 if options.quick else FREEZING,
        seed=options.seed,
        hurry=options.quick,
        logs=options.logs,
        **({"nothing_for": 0.0} if options.quick else {}),
    )
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        progress = console.print if options.verbose else _silent
        play = run_fleet if options.database == "postgresql" else run_single
        record, found = run(play(plan, Path(folder), progress))
    return report(record, found, plan.boundaries, console)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="some 8 jobs and half a dozen boundaries")
    parser.add_argument("--jobs", type=int, help=f"answered requests at the least (default: {JOBS})")
    parser.add_argument("--seed", type=int, default=1, help="repeats the choice of troubles (default: %(default)s)")
    parser.add_argument(
        "--database", choices=("sqlite", "postgresql"), default="sqlite", help="one process that is killed, or many"
    )
    parser.add_argument("--logs", type=Path, metavar="FOLDER", help="keep there what every process said")
    parser.add_argument("--verbose", action="store_true", help="tell of each life")
    return parser


def _silent(_words: str) -> None:
    """Say nothing."""


if __name__ == "__main__":
    sys.exit(main())
