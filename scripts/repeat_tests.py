"""Run `make test` in fresh clones again and again, and count how often it passes and which tests failed.

`python -m scripts.repeat_tests --times 10` is a new user each time: an empty home, an environment of its own, nothing
built before. `--busy 3` keeps three other processes computing meanwhile.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[1]
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)
CLOSING: Final = re.compile(r"^=*\s*(\d+ (?:passed|failed).*?)\s*=*$", re.MULTILINE)
KEPT_VARIABLES: Final = ("PATH", "LANG", "TMPDIR", "SSL_CERT_FILE")


def main() -> int:
    options = _parser().parse_args()
    failures: Counter[str] = Counter()
    passed = 0
    with _busy(options.busy):
        for number in range(1, options.times + 1):
            began = time.monotonic()
            status, printed = _once(options.command)
            passed += status == 0
            failures.update(failed_tests(printed))
            closing = CLOSING.findall(printed)
            word = "passed" if status == 0 else f"failed with status {status}"
            _say(f"{number:3}  {word} after {time.monotonic() - began:.0f} s  {closing[-1] if closing else ''}")
            if status:
                kept = Path(tempfile.mkdtemp(prefix="repeat-tests-")) / "output.txt"
                kept.write_text(printed, encoding="utf-8")
                _say(f"     what it printed: {kept}")
    for test, times in failures.most_common():
        _say(f"{times:3} times  {test}")
    _say(f"{passed} passed, {options.times - passed} failed")
    return 0 if passed == options.times else 1


def failed_tests(printed: str) -> set[str]:
    """Return the tests that pytest's summary names as failed or broken."""
    return set(FAILED.findall(printed))


def _once(command: str) -> tuple[int, str]:
    """Run the command in a fresh clone; return its status and what it printed."""
    with tempfile.TemporaryDirectory(prefix="clone-") as name:
        home, clone = Path(name) / "home", Path(name) / "reelcast"
        home.mkdir()
        subprocess.run(["git", "clone", "--quiet", PROJECT, clone], check=True)
        done = subprocess.run(
            command.split(),
            cwd=clone,
            env=_environment(home),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
    return done.returncode, done.stdout.decode(errors="replace")


def _environment(home: Path) -> Mapping[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in KEPT_VARIABLES or name.startswith("PIP_")}
    return kept | {"HOME": str(home)}


@contextmanager
def _busy(count: int) -> Generator[None]:
    """Keep `count` other processes computing."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(count)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.repeat_tests", description=__doc__)
    parser.add_argument("--times", type=int, default=10, help="how often (default: 10)")
    parser.add_argument("--busy", type=int, default=0, help="processes that compute meanwhile (default: 0)")
    parser.add_argument("--command", default="make test", help="what is run in each clone (default: make test)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
