"""What stands where the database should be and is none of the bot's is named by every command, and left as it is."""

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text
from typer.testing import CliRunner

from bot import command_line
from bot.cli.machine import ReportLine, check_database
from bot.config import load_settings
from bot.database.engine import open_database
from bot.database.files import open_as_it_is
from tests.integration.bot.cli.command_line import surroundings
from tests.support.stranger import a_stranger

URL = "sqlite:///reelcast.db"
SECRETS = {"DISCORD_TOKEN": "token", "SEGMIND_API_KEY": "key"}


def with_tables(*statements: str) -> Callable[[Path], None]:
    def make(file: Path) -> None:
        connection = sqlite3.connect(file)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()

    return make


def damaged(file: Path) -> None:
    rows = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000) SELECT 'row ' || x FROM n"
    with_tables("CREATE TABLE alembic_version (version_num TEXT)", f"INSERT INTO alembic_version {rows}")(file)
    with_tables(f"CREATE TABLE jobs AS {rows}")(file)
    file.write_bytes(file.read_bytes()[:9000])


ODD = {
    "another program's tables": (with_tables("CREATE TABLE jobs (id INTEGER)"), "another program keeps its tables"),
    "another program's migrations": (
        with_tables("CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('ab12')"),
        "another program keeps its tables",
    ),
    "a damaged file": (damaged, "the file is damaged. Restore a backup"),
    "no database": (lambda file: file.write_text("a shopping list, no database"), "the file isn't an SQLite database"),
    "a link to itself": (lambda file: file.symlink_to(file.name), "its symbolic link points back to itself"),
    "a pipe": (os.mkfifo, "it's a device or a pipe"),
    "a folder": (Path.mkdir, "it's a folder"),
}


async def found(address: str = URL) -> list[ReportLine]:
    settings = load_settings(None).model_copy(update={"database_url": address})
    return [finding async for finding in check_database(settings)]


@pytest.mark.parametrize(("make", "words"), ODD.values(), ids=ODD.keys())
async def test_the_check_names_what_is_there(tmp_path: Path, make: Callable[[Path], object], words: str) -> None:
    make(tmp_path / "reelcast.db")
    with surroundings(tmp_path, SECRETS):
        [finding] = await found()
    assert not finding.ok
    assert words in finding.words


async def test_another_programs_file_is_left_as_it_is(tmp_path: Path) -> None:
    make, words = ODD["another program's tables"]
    file = tmp_path / "reelcast.db"
    make(file)
    before = file.read_bytes()
    with pytest.raises(Exception, match=words):
        async with open_database(f"sqlite:///{file}"):
            pass
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("SELECT 1", "can't create tables in that database"),
        ("ALTER ROLE {role} SET default_transaction_read_only = on", "PostgreSQL is read-only there"),
    ],
    ids=["no right to make tables", "read only"],
)
async def test_the_check_names_what_the_user_of_a_server_may_not_do(
    unmade_postgres_url: str, tmp_path: Path, change: str, words: str
) -> None:
    address = make_url(unmade_postgres_url)
    role = f"guest_{address.database}"
    async with open_as_it_is(unmade_postgres_url) as owner:
        async with owner.begin() as connection:
            await connection.execute(text(f"CREATE ROLE {role} LOGIN"))
            await connection.execute(text(change.format(role=role)))
        with surroundings(tmp_path, SECRETS):
            [finding] = await found(address.set(username=role).render_as_string())
        async with owner.begin() as connection:
            await connection.execute(text(f"DROP ROLE {role}"))
    assert not finding.ok
    assert words in finding.words


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Run a command in this process, in the test's folder; it must end with status 1 and a sentence."""
    monkeypatch.setattr(command_line, "configure_logging", lambda **_: None)

    def run(*arguments: str) -> str:
        with surroundings(tmp_path, {**SECRETS, "DATABASE_URL": URL}):
            ended = CliRunner().invoke(command_line.app, arguments)
        assert ended.exit_code == 1, ended.output
        assert ended.exception is None or isinstance(ended.exception, SystemExit)
        return ended.output

    return run


@pytest.mark.parametrize("case", ["a damaged file", "no database", "a link to itself", "a pipe", "a folder"])
def test_the_list_of_jobs_says_the_same(tmp_path: Path, command: Callable[..., str], case: str) -> None:
    make, words = ODD[case]
    make(tmp_path / "reelcast.db")
    assert words in command("jobs")


def test_a_database_is_not_copied_to_itself(tmp_path: Path, command: Callable[..., str]) -> None:
    with_tables("CREATE TABLE alembic_version (version_num TEXT)")(tmp_path / "reelcast.db")
    (tmp_path / "link.db").symlink_to("reelcast.db")
    assert "--from and --to are the same database" in command("migrate", "--from", URL, "--to", "sqlite:///link.db")


def test_a_server_that_does_not_answer_is_named_with_what_to_do(tmp_path: Path, command: Callable[..., str]) -> None:
    with_tables("CREATE TABLE alembic_version (version_num TEXT)")(tmp_path / "reelcast.db")
    address = "postgresql://reelcast:hidden@127.0.0.1:9/reelcast"
    said = command("migrate", "--from", URL, "--to", address)
    assert "nothing answers at its host and port" in said
    assert "hidden" not in said


@pytest.mark.parametrize("file", ["reelcast.db", "reelcast.db-wal", "reelcast.db-shm", "reelcast.lock"])
def test_a_file_of_another_user_is_named(file: str) -> None:
    with a_stranger() as stranger:
        with_tables("CREATE TABLE alembic_version (version_num TEXT)")(stranger.folder / "reelcast.db")
        (stranger.folder / file).touch()
        for path in stranger.folder.iterdir():
            path.chmod(0o444 if path.name == file else 0o666)
        stranger.folder.chmod(0o777)
        nowhere = dict.fromkeys(("DISCORD_API_URL", "SEGMIND_API_URL"), "http://127.0.0.1:9")
        said = stranger.bot("check", DATABASE_URL=URL, **nowhere).stdout
    assert f"FAIL database: {file} isn't writable" in said.replace(f"{stranger.folder}/", "")


@pytest.mark.parametrize("name", ["check", "run", "jobs"])
def test_a_folder_that_may_not_be_entered_is_one_sentence(name: str) -> None:
    with a_stranger() as stranger:
        data = stranger.folder / "data"
        data.mkdir(mode=0o700)
        stranger.folder.chmod(0o755)
        if os.geteuid() != 0:
            data.chmod(0)
        ended = stranger.bot(name, DISCORD_API_URL="http://127.0.0.1:9", SEGMIND_API_URL="http://127.0.0.1:9")
        data.chmod(0o700)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert "Traceback" not in said
    assert "bot's user" in said
