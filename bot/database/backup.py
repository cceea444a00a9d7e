"""A copy of an SQLite database while the bot goes on working with it."""

import os
import sqlite3
from pathlib import Path

from bot.database.engine import REVISION


class BackupRefused(Exception):
    """No copy was made; the text says why."""


def back_up(database: Path, destination: Path) -> int:
    """Copy a database as of one moment to a new file, whole or not at all; return its size in bytes.

    SQLite's own online backup reads beside the bot's writes. Raises `BackupRefused`, `sqlite3.Error` or `OSError`.
    """
    if not database.is_file():
        raise BackupRefused(f"there is no database at {database}")
    if destination.exists():
        raise BackupRefused(f"{destination} exists already")
    if not destination.parent.is_dir():
        raise BackupRefused(f"there is no folder {destination.parent}")
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
            raise BackupRefused(f"{database} has nothing of this bot: name the file that it was started on")
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
