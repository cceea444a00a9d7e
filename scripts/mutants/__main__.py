"""Draw mutants of the code that money, decisions and posts hang on, and count how many the tests notice.

`python -m scripts.mutants SEED` draws the same mutants for the same seed and code. Each is put into a copy of the
project, and the tests that execute its line are run there until one fails. What survives is printed: it is a gap in the
tests, or changes nothing, which a person has to judge.
"""

import argparse
import ast
import os
import queue
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from scripts.mutants.operators import Mutant, find_mutants
from scripts.mutants.record import Record, recorded, tracked

PROJECT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("jobs", "segmind", "delivery")  # of the bot, wherever they are
# What reserves and refuses, and what decides on jobs, by what a module defines: modules may move.
DEFINED: Final = frozenset(
    {
        *("Gate", "GateFactsReader", "Reservation", "find_full", "terms_for", "missing_permissions", "read_request"),
        *("read_options", "ServerTexts", "BlockStore", "BlockedImageStore", "OperatorStore"),
        *("Moderation", "Doubts", "Forgetting", "Emptying", "ReviewMessages", "ReportMessages", "MemberStanding"),
    }
)
LONGEST: Final = 60.0  # seconds of tests for one mutant, as they took when they were recorded
PATIENCE: Final = 4.0  # times as long is a hang
STARTING: Final = 40.0  # seconds that pytest may take beside that
NO_TEST: Final = 5  # pytest's status where it found none


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a mutant: `killed`, `hung`, which counts as killed, `survived`, or `not executed`."""

    mutant: Mutant
    word: str
    seconds: float


def main() -> int:
    options = _parser().parse_args()
    folder: Path = options.folder
    folder.mkdir(parents=True, exist_ok=True)
    record = recorded(PROJECT, folder, workers=options.workers)
    drawn = draw(options.seed, options.count)
    began = time.monotonic()
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as name:
        trees = _copies(Path(name), options.workers)
        with ThreadPoolExecutor(options.workers) as pool:
            for outcome in pool.map(partial(_try_in_a_tree, trees, record), drawn):
                outcomes.append(outcome)
                _say(f"{len(outcomes):4}  {outcome.word:12} {outcome.seconds:5.1f} s  {outcome.mutant}")
    _report(options.seed, outcomes, time.monotonic() - began)
    return 0


def draw(seed: int, count: int) -> list[Mutant]:
    """Return `count` mutants, each from a place of its own: every module gives in proportion to its places."""
    population: list[Mutant] = []
    for path in chosen_modules(PROJECT / "bot"):
        population += find_mutants(path.relative_to(PROJECT).as_posix(), path.read_bytes())
    return random.Random(seed).sample(population, min(count, len(population)))  # noqa: S311 - a sample, no secret


def chosen_modules(bot: Path) -> list[Path]:
    """Return the modules that are spoiled: those of `PACKAGES`, and those that define something of `DEFINED`.

    Raises `SystemExit` where a package or a definition is nowhere.
    """
    modules = sorted(bot.rglob("*.py"))
    defined = {path: _defines(path) & DEFINED for path in modules}
    packages = {path: set(path.relative_to(bot).parts[:-1]) & set(PACKAGES) for path in modules}
    missing = (DEFINED | set(PACKAGES)) - {
        name for found in (defined, packages) for each in found.values() for name in each
    }
    if missing:
        raise SystemExit(f"Found in no module: {', '.join(sorted(missing))}")
    return [path for path in modules if defined[path] or packages[path]]


def _defines(path: Path) -> set[str]:
    body = ast.parse(path.read_bytes()).body
    kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in body if isinstance(node, kinds)}


def _copies(folder: Path, count: int) -> "queue.SimpleQueue[Path]":
    """Return copies of the project, one for each mutant that is tried at a time."""
    trees: queue.SimpleQueue[Path] = queue.SimpleQueue()
    for number in range(count):
        tree = folder / str(number)
        for path in tracked(PROJECT):
            (tree / path.parent).mkdir(parents=True, exist_ok=True)
            shutil.copy2(PROJECT / path, tree / path)
        subprocess.run([sys.executable, "-m", "compileall", "-q", tree], check=False)
        trees.put(tree)
    return trees


def _try_in_a_tree(trees: "queue.SimpleQueue[Path]", record: Record, mutant: Mutant) -> Outcome:
    tree = trees.get()
    try:
        return _try(tree, record, mutant)
    finally:
        trees.put(tree)


def _try(tree: Path, record: Record, mutant: Mutant) -> Outcome:
    tests = record.tests_for(mutant, longest=LONGEST)
    if not tests:
        return Outcome(mutant=mutant, word="not executed", seconds=0.0)
    path = tree / mutant.path
    source = path.read_bytes()
    began = time.monotonic()
    try:
        path.write_bytes(mutant.apply(source))
        status = _run(tree, tests, timeout=STARTING + PATIENCE * record.seconds(tests))
    finally:
        path.write_bytes(source)
    word = {0: "survived", NO_TEST: "not executed", None: "hung"}.get(status, "killed")
    return Outcome(mutant=mutant, word=word, seconds=time.monotonic() - began)


def _run(tree: Path, tests: Sequence[str], *, timeout: float) -> int | None:
    """Run tests until one fails; return pytest's status, or None where they took too long."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as names:
        names.write("\n".join(tests))
        names.flush()
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", f"@{names.name}"]
        process = subprocess.Popen(
            command,
            cwd=tree,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},  # a mutant's bytecode must not outlive it
        )
        try:
            return process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _report(seed: int, outcomes: Sequence[Outcome], took: float) -> None:
    words = Counter(outcome.word for outcome in outcomes)
    killed = words["killed"] + words["hung"]
    _say("")
    for outcome in outcomes:
        if outcome.word in {"survived", "not executed"}:
            _say(f"{outcome.word}: {outcome.mutant}")
    _say("")
    _say(
        f"seed {seed}: {killed} of {len(outcomes)} killed ({words['hung']} by a hang), {words['survived']} survived, "
        f"{words['not executed']} in lines that no test executes; {took / 60:.0f} minutes"
    )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.mutants", description=__doc__)
    parser.add_argument("seed", type=int, help="which mutants are drawn")
    parser.add_argument("--count", type=int, default=200, help="how many mutants (default: 200)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="at a time (default: one a core)")
    parser.add_argument(
        "--folder", type=Path, default=PROJECT / "build" / "mutants", help="where the record of tests is kept"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
