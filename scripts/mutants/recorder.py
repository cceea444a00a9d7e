"""A pytest plugin that notes which tests execute which lines: `pytest -p scripts.mutants.recorder`.

Each process of the run writes a file of its own into the folder that `MUTANTS_RECORD` names. What a test starts in
other processes is not seen.
"""

import json
import os
from collections import defaultdict
from pathlib import Path
from typing import Final

import coverage
import pytest

WATCHED: Final = ("bot/*",)


class Recorder:
    """Measures coverage with a context for each test, and how long each took."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        root = Path.cwd()
        self._coverage = coverage.Coverage(
            data_file=None,
            config_file=False,
            include=[str(root / pattern) for pattern in WATCHED],
            concurrency=["thread", "greenlet"],
        )
        self._took: dict[str, float] = defaultdict(float)
        self._failed: set[str] = set()

    def start(self) -> None:
        self._coverage.start()
        self._coverage.switch_context("import")

    @pytest.hookimpl
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._coverage.switch_context(nodeid)

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._took[report.nodeid] += report.duration
        if report.failed:
            self._failed.add(report.nodeid)

    @pytest.hookimpl
    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        data = self._coverage.get_data()
        root = Path.cwd()
        lines = {
            Path(path).relative_to(root).as_posix(): {
                str(line): [name for name in names if name not in {"", "import"}]
                for line, names in data.contexts_by_lineno(path).items()
            }
            for path in data.measured_files()
        }
        target = self._folder / f"{os.getpid()}.json"
        part = {"lines": lines, "took": self._took, "failed": sorted(self._failed)}
        target.write_text(json.dumps(part), encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Record in the processes that run tests: all of them, or the only one."""
    spread = bool(getattr(config.option, "numprocesses", None))
    if not spread or hasattr(config, "workerinput"):
        recorder = Recorder(Path(os.environ["MUTANTS_RECORD"]))
        recorder.start()
        config.pluginmanager.register(recorder)
