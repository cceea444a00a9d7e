"""Which tests execute which line, and how long each takes: recorded once for a state of the code."""

import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from scripts.mutants.operators import Mutant

SUITES: Final = ("tests/unit", "tests/integration")
APART: Final = ("sandbox", "benchmarks", "scripts", "simulation")  # their tests run little of the bot, and long
PASSED: Final = frozenset({0, 1})  # a failing test is left out, and said

Lines = Mapping[str, Mapping[int, frozenset[str]]]


class Part(BaseModel):
    """What one process of a recorded run wrote."""

    lines: dict[str, dict[int, list[str]]]
    took: dict[str, float]
    failed: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """The tests of each line, by path and number, and the seconds of each test function."""

    lines: Lines
    took: Mapping[str, float]

    def tests_for(self, mutant: Mutant, *, longest: float) -> list[str]:
        """Return the test functions that can notice a mutant, the likeliest first, that take `longest` seconds in all.

        Those that execute its lines, or where these run at import alone, those that execute anything of its module.
        """
        module = self.lines.get(mutant.path, {})
        tests = _union(module.get(line, frozenset()) for line in range(mutant.line, mutant.last_line + 1))
        tests = tests or _union(module.values())
        name = Path(mutant.path).stem
        ordered = sorted(tests, key=lambda test: (f"test_{name}" not in test, self.took.get(test, 0.0), test))
        chosen: list[str] = []
        total = 0.0
        for test in ordered:
            total += self.took.get(test, 0.0)
            if chosen and total > longest:
                break
            chosen.append(test)
        return chosen

    def seconds(self, tests: Iterable[str]) -> float:
        """Return how long tests took when they were recorded."""
        return sum(self.took.get(test, 0.0) for test in tests)


def recorded(project: Path, folder: Path, *, workers: int) -> Record:
    """Return the record for the project's code as it is; made in some ten minutes where `folder` has none."""
    kept = folder / f"record-{_state(project)}"
    if not (kept / "done").exists():
        kept.mkdir(parents=True, exist_ok=True)
        for old in kept.glob("*.json"):
            old.unlink()
        command = [sys.executable, "-m", "pytest", "-q", "-n", str(workers), "--dist", "worksteal"]
        command += ["-p", "scripts.mutants.recorder", "-p", "no:cacheprovider", *SUITES]
        command += [f"--ignore={suite}/{name}" for suite in SUITES for name in APART]
        status = subprocess.run(command, cwd=project, check=False, env={**os.environ, "MUTANTS_RECORD": str(kept)})
        if status.returncode not in PASSED:
            raise SystemExit(f"The tests could not be recorded: pytest ended with status {status.returncode}.")
        (kept / "done").touch()
    return read(Part.model_validate_json(path.read_bytes()) for path in sorted(kept.glob("*.json")))


def read(parts: Iterable[Part]) -> Record:
    """Return one record from what the processes of a run wrote; a test with parameters counts as one."""
    lines: dict[str, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    took: dict[str, float] = defaultdict(float)
    failed: set[str] = set()
    for part in parts:
        failed |= {_function(test) for test in part.failed}
        for test, seconds in part.took.items():
            took[_function(test)] += seconds
        for path, tests_by_line in part.lines.items():
            for line, tests in tests_by_line.items():
                lines[path][line] |= {_function(test) for test in tests}
    return Record(
        lines={
            path: {line: frozenset(tests - failed) for line, tests in by_line.items()}
            for path, by_line in lines.items()
        },
        took=dict(took),
    )


def _function(test: str) -> str:
    return test.split("[", 1)[0]


def _union(sets: Iterable[frozenset[str]]) -> set[str]:
    return {test for tests in sets for test in tests}


def _state(project: Path) -> str:
    """Return a short name for the content of all code that a record depends on."""
    digest = hashlib.sha256()
    for path in tracked(project):
        if path.suffix == ".py":
            digest.update(str(path).encode())
            digest.update((project / path).read_bytes())
    return digest.hexdigest()[:12]


def tracked(project: Path) -> list[Path]:
    """Return the paths that git knows of, as they are in the working tree."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=project, check=True, capture_output=True).stdout.decode()
    return [Path(name) for name in listed.split("\0") if name and (project / name).is_file()]
