import os
from pathlib import Path

import pytest

from benchmarks.processes import Line, ProcessFailed, running

SPEAKS = """
import json, os, signal, sys
print("starting")
print(json.dumps(["ready"]))
print(json.dumps({"event": "ready", "environment": sorted(os.environ)}), file=sys.stderr, flush=True)
signal.pause()
"""
STUBBORN = """
import json, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(json.dumps({"event": "ready"}), flush=True)
signal.pause()
"""


def module(folder: Path, source: str) -> str:
    (folder / "spoken.py").write_text(source)
    return "spoken"


def says_ready(line: Line) -> bool:
    return line.get("event") == "ready"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_process_runs_until_its_block_ends(tmp_path: Path) -> None:
    async with running(module(tmp_path, SPEAKS), is_ready=says_ready, folder=tmp_path) as process:
        assert is_alive(process.pid)

    assert not is_alive(process.pid)


async def test_a_process_is_told_nothing_but_what_it_is_given(tmp_path: Path) -> None:
    given = {"LOG_FORMAT": "json"}

    async with running(module(tmp_path, SPEAKS), is_ready=says_ready, folder=tmp_path, environment=given) as process:
        told = process.ready_line["environment"]

    assert {"LOG_FORMAT", "PYTHONPATH"} <= set(told) <= {"LOG_FORMAT", "PYTHONPATH", "LC_CTYPE"}


async def test_a_process_ends_when_the_block_breaks(tmp_path: Path) -> None:
    seen: list[int] = []

    async def break_within() -> None:
        async with running(module(tmp_path, SPEAKS), is_ready=says_ready, folder=tmp_path) as process:
            seen.append(process.pid)
            raise RuntimeError("broke")

    with pytest.raises(RuntimeError, match="broke"):
        await break_within()

    assert not is_alive(*seen)


async def test_a_process_that_does_not_heed_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("benchmarks.processes.END_WITHIN", 0.05)

    async with running(module(tmp_path, STUBBORN), is_ready=says_ready, folder=tmp_path) as process:
        pass

    assert not is_alive(process.pid)


async def test_a_process_that_ends_before_it_is_ready_is_shown_by_its_last_words(tmp_path: Path) -> None:
    source = "raise SystemExit('no database')"

    with pytest.raises(ProcessFailed, match="no database"):
        async with running(module(tmp_path, source), is_ready=says_ready, folder=tmp_path):
            pass
