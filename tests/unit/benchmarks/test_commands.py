"""The benchmarks run: real bots on the sandbox, for a moment. How fast they are is not judged here."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
LONGEST = 240  # seconds


def output(name: str) -> str:
    ended = subprocess.run(  # noqa: S603 - our own scripts
        [sys.executable, "-m", f"benchmarks.{name}", "--quick"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=LONGEST,
        check=False,
    )
    assert ended.returncode in {0, 1}, ended.stderr
    assert ended.stderr == ""
    return ended.stdout


def test_the_first_answer_is_timed_for_each_bot_and_held_to_its_targets() -> None:
    page = output("answer")

    for row in ("ours, 20 jobs followed", "ours, none followed", "bare discord.py"):
        line = next(line for line in page.splitlines() if row in line)
        median, worst, *_ = map(float, line.partition(row)[2].split())
        assert 0 < median <= worst < 3000
    assert page.count("at most 50 ms more") == 2


def test_the_start_of_each_bot_and_of_the_page_is_timed() -> None:
    page = output("startup")

    for row in (
        *("bare discord.py", "Reelcast, the first time", "Reelcast, from then on"),
        *("least page, first paint", "page, first paint", "page, channel shown"),
    ):
        line = next(line for line in page.splitlines() if line.strip().startswith(row))
        median, longest, *_ = map(float, line.partition(row)[2].split())
        assert 0 < median <= longest < 60
    assert page.count(" s, at most ") == 2


def test_a_video_is_measured_in_its_channel() -> None:
    page = output("channel")

    for figure, most in (("Height while it works", 200), ("Height when it is done", 560), ("Edits of a video", 6)):
        line = next(line for line in page.splitlines() if line.startswith("met") and figure in line)
        assert line.endswith((f"at most {most} px", f"at most {most} edits"))


def test_films_are_made_to_fit_and_compared() -> None:
    page = output("fitting")

    for ratio in ("16:9", "9:16"):
        line = next(line for line in page.splitlines() if ratio in line)
        assert float(line.split()[-2]) > 20  # dB
    assert "met    Largest file by the limit" in page


def test_followed_jobs_are_weighed_beside_each_other() -> None:
    page = output("followed")

    assert re.findall(r"^ +(\d+)(?: +[\d.]+){7,8} *$", page, flags=re.MULTILINE) == ["5", "40"]
    assert page.count("at most 30 KiB") == 1


def test_limits_hold_on_both_databases_when_all_ask_at_once() -> None:
    page = output("policy")

    assert (
        re.findall(r"^ (SQLite|PostgreSQL) .* 0 +[\d.]+ *$", page, flags=re.MULTILINE)
        == ["SQLite"] * 4 + ["PostgreSQL"] * 4
    )
    assert "met    Overruns: 0.0 videos" in page
    assert "met    Room left unused: 0.0 videos" in page
