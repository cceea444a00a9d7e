"""The benchmark runs: a bot killed at some boundaries, for a moment, keeps every promise."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LONGEST = 400  # seconds, on a machine that has much else to do


def test_a_bot_killed_where_money_and_posts_are_at_stake_loses_and_repeats_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    for zero in ("charged twice", "posted twice", "lost", "charges without an owner", "boundaries never hit"):
        assert f"{zero}: 0, must be 0" in ended.stdout
