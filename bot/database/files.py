"""The file that SQLite keeps a database in: which it is, for whom it is, and a look at it that changes nothing."""

import os
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.database import sqlite
from bot.database.engine import POSTGRESQL, create_engine
from bot.database.outages import DatabaseUnfit
from bot.database.schema import REVISION

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
PRIVATE_UMASK: Final = 0o077
BESIDE: Final = ("", "-wal", "-shm", "-journal")  # what SQLite adds to a database's name for the files beside it


def real_file(file: Path) -> Path:
    """Return the file that a path leads to, whatever links and dots are in it.

    Raises `DatabaseUnfit` for what is no file, and for one with a second name, under which another bot could work on it
    unnoticed.
    """
    real = Path(os.path.realpath(file))
    if real.is_symlink():
        raise DatabaseUnfit("its symbolic link points back to itself. Correct the link")
    if real.exists() and not (real.is_file() or real.is_dir()):  # a folder has its own sentence
        raise DatabaseUnfit("it's a device or a pipe. Name a file")
    if real.is_file() and real.stat().st_nlink > 1:
        raise DatabaseUnfit("the file has a second name (a hard link). Remove one of them, or copy the file")
    return real


def make_private(*paths: Path) -> None:
    """Take files and folders, those that are there, from everyone but their owner."""
    for path in paths:
        wanted = PRIVATE_FOLDER if path.is_dir() else PRIVATE_FILE
        if path.exists() and path.stat().st_mode & 0o077 and path.stat().st_uid == os.geteuid():
            path.chmod(wanted)


def files_of(database: Path) -> list[Path]:
    """Name a database's own file, and those that SQLite may keep beside it."""
    return [database.with_name(f"{database.name}{end}") for end in BESIDE]


def lock_of(database: Path) -> Path:
    """Name the file whose lock a bot holds while it uses a database."""
    return database.with_suffix(".lock")


@asynccontextmanager
async def open_as_it_is(url: str, *, writing: bool = False) -> AsyncGenerator[AsyncEngine]:
    """Open a database that is there already, and leave its schema alone; a file is opened for reading only, unless
    `writing`.

    Raises `DatabaseUnfit` where there is no file.
    """
    address = make_url(url)
    if address.get_backend_name() == POSTGRESQL:
        engine = create_engine(address)
    else:
        file = _present(Path(address.database or ""))
        engine = create_engine(address) if writing else _reading(file)
    try:
        yield engine
    finally:
        await engine.dispose()


def _present(file: Path) -> Path:
    real = real_file(file)
    if not real.exists():
        raise DatabaseUnfit("the file doesn't exist. The bot creates it at its first start, so check the path")
    if real.is_dir():
        raise DatabaseUnfit("it's a folder. Name a file in it")
    return real


def _reading(file: Path) -> AsyncEngine:
    """Make an engine that reads a file, and makes none of the files that SQLite may keep beside it.

    Without a journal beside it no one writes to it now, nor was anyone killed who did.
    """
    unchanged = "" if any(path.exists() for path in files_of(file)[1:]) else "&immutable=1"
    address = f"sqlite+aiosqlite:///file:{quote(str(file))}?mode=ro&uri=true{unchanged}"
    return create_async_engine(
        address,
        hide_parameters=True,
        pool_size=1,
        max_overflow=0,
        module=sqlite.DRIVER,
        connect_args={"async_creator_fn": sqlite.connect},
    )


class BackupRefused(Exception):
    """No copy was made; the text says why."""


def back_up(database: Path, destination: Path) -> int:
    """Copy a database as of one moment to a new file, whole or not at all; return its size in bytes.

    SQLite's own online backup reads beside the bot's writes. Raises `BackupRefused`, `sqlite3.Error` or `OSError`.
    """
    if not database.is_file():
        raise BackupRefused(f"there's no database at {database}")
    if destination.exists():
        raise BackupRefused(f"{destination} already exists. Name a new file")
    if not destination.parent.is_dir():
        raise BackupRefused(f"the folder {destination.parent} doesn't exist. Create it first")
    part = destination.with_name(f"{destination.name}.part")
    try:
        _copy(database, part)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.rename(destination)
    finally:
        part.unlink(missing_ok=True)
    return destination.stat().st_size


def _copy(database: Path, part: Path) -> None:
    source = sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)
    try:
        if not source.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [REVISION]).fetchone():
            raise BackupRefused(f"{database} isn't this bot's database. Set DATABASE_URL to the one it uses")
        copy = sqlite3.connect(part)
        try:
            source.backup(copy)
            [[verdict]] = copy.execute("PRAGMA integrity_check").fetchall()
        finally:
            copy.close()
    finally:
        source.close()
    if verdict != "ok":
        raise BackupRefused(f"the copy is damaged: {verdict}")
