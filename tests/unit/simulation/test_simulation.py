"""Histories in a simulated world: no promise is broken, and a seed gives the same one again."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[3]


def history(seed: int, jobs: int, trace: Path | None = None) -> str:
    """Return what one history printed, lived in a process of its own: it puts itself in the place of libraries."""
    command = [sys.executable, "-m", "benchmarks.simulation", "--seed", str(seed), "--jobs", str(jobs)]
    if trace is not None:
        command += ["--trace", str(trace)]
    done = subprocess.run(  # noqa: S603 - ourselves
        command, cwd=PROJECT, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_nothing_is_paid_twice_posted_twice_or_lost(seed: int) -> None:
    printed = history(seed, jobs=25)
    assert "0 promises broken" in printed
    assert "DELIVERED" in printed


def test_a_seed_gives_the_same_history_again(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    history(3, jobs=8, trace=first)
    history(3, jobs=8, trace=second)
    assert (first / "3.txt").read_text() == (second / "3.txt").read_text()
