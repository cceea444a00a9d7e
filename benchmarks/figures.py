"""What benchmarks share: their one option, figures from samples, and the targets that they are held to."""

import argparse
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median as median_of

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A figure with the most that it may be."""

    name: str
    value: float
    limit: float
    unit: str

    @property
    def is_met(self) -> bool:
        return self.value <= self.limit


def is_quick(program: str, about: str | None, arguments: Sequence[str] | None = None) -> bool:
    """Read the one option of a benchmark."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{program}", description=about)
    parser.add_argument("--quick", action="store_true", help="a small run that shows that it works")
    return bool(parser.parse_args(arguments).quick)


def percentile(samples: Sequence[float], percent: float) -> float:
    """Return the sample that `percent` of all samples do not exceed (nearest rank); raises ValueError for none."""
    if not samples:
        raise ValueError("there are no samples")
    rank = math.ceil(len(samples) * percent / 100)
    return sorted(samples)[max(rank, 1) - 1]


def median(samples: Sequence[float]) -> float:
    return median_of(samples)


def titled(title: str, first: str) -> Table:
    """Make a table that fits 80 characters; its first column, named `first`, says what a row is about."""
    table = Table(title=title, title_justify="left", box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    table.add_column(first, no_wrap=True)
    return table


def machine() -> str:
    """Say how busy this machine was in the last minute; other work on it shows in the highest percentiles first."""
    return f"Load of the machine: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores."


def judge(targets: Sequence[Target], console: Console) -> int:
    """Print each target with its figure; return the exit status, 0 if all are met and 1 if not."""
    for target in targets:
        mark = "[green]met   [/]" if target.is_met else "[red]missed[/]"
        words = f"{target.name}: {target.value:.1f} {target.unit}, at most {target.limit:g} {target.unit}"
        console.print(f"{mark} {escape(words)}", soft_wrap=True)
    return 0 if all(target.is_met for target in targets) else 1
