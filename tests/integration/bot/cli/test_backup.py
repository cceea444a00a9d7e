"""`bot backup`: a whole copy as of one moment, or none."""

import sqlite3
from pathlib import Path

import pytest

from bot.database.files import BackupRefused, back_up


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "reelcast.db"
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE alembic_version (version_num TEXT)")
        connection.execute("CREATE TABLE facts (n INTEGER)")
        connection.executemany("INSERT INTO facts VALUES (?)", ((n,) for n in range(1_000)))
    connection.close()
    return path


def test_what_a_writer_has_committed_is_in_the_copy_and_nothing_else(database: Path, tmp_path: Path) -> None:
    writer = sqlite3.connect(database, isolation_level=None)
    writer.execute("INSERT INTO facts VALUES (1000)")
    writer.execute("BEGIN IMMEDIATE")
    writer.execute("INSERT INTO facts VALUES (1001)")
    back_up(database, tmp_path / "copy.db")
    writer.execute("COMMIT")
    writer.close()
    copy = sqlite3.connect(tmp_path / "copy.db")
    assert copy.execute("SELECT count(*), max(n) FROM facts").fetchone() == (1_001, 1_000)
    copy.close()


def test_another_programs_file_is_not_copied(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    sqlite3.connect(other).execute("CREATE TABLE shopping (item)").connection.close()
    with pytest.raises(BackupRefused, match="isn't this bot's database"):
        back_up(other, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["other.db"]


def test_a_folder_that_is_not_there_is_named(database: Path, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"the folder .*/nowhere doesn't exist"):
        back_up(database, tmp_path / "nowhere" / "copy.db")


def test_a_file_that_exists_is_never_overwritten(database: Path, tmp_path: Path) -> None:
    taken = tmp_path / "copy.db"
    taken.write_text("precious")
    with pytest.raises(BackupRefused, match="already exists"):
        back_up(database, taken)
    assert taken.read_text() == "precious"


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="no database"):
        back_up(tmp_path / "none.db", tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_copy_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 1_000)
    with pytest.raises(sqlite3.DatabaseError):
        back_up(broken, tmp_path / "copy.db")
    assert [path.name for path in tmp_path.iterdir()] == ["broken.db"]
