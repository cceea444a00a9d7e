"""Where SQLite keeps a database: which file that is, for whom it is, and looks at it that change nothing."""

import os
import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.database.engine import open_database
from bot.database.files import make_private, open_as_it_is, real_file
from bot.database.outages import DatabaseUnfit
from tests.integration.bot.cli.command_line import World, open_world


def modes(folder: Path) -> dict[str, str]:
    return {str(path.relative_to(folder)): oct(stat.S_IMODE(path.stat().st_mode)) for path in folder.rglob("*")}


def snapshot(folder: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("*")}


@pytest.mark.parametrize("way", ["link", "folder/../reelcast.db", "linked/reelcast.db"])
def test_a_path_leads_to_the_real_file(tmp_path: Path, way: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path)
    (tmp_path / "reelcast.db").touch()
    (tmp_path / "link").symlink_to("reelcast.db")
    assert real_file(tmp_path / way) == tmp_path / "reelcast.db"


def test_a_file_with_a_second_name_is_refused(tmp_path: Path) -> None:
    (tmp_path / "reelcast.db").touch()
    os.link(tmp_path / "reelcast.db", tmp_path / "other.db")
    with pytest.raises(DatabaseUnfit, match="hard link"):
        real_file(tmp_path / "other.db")


def test_files_that_others_may_read_are_taken_from_them(tmp_path: Path) -> None:
    folder, file, missing = tmp_path / "data", tmp_path / "reelcast.db", tmp_path / "reelcast.db-wal"
    folder.mkdir(mode=0o755)
    file.touch(mode=0o644)
    make_private(folder, file, missing)
    assert modes(tmp_path) == {"data": "0o700", "reelcast.db": "0o600"}


async def test_a_database_that_nobody_works_on_is_read_without_a_trace(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/reelcast.db"
    async with open_database(url):
        pass
    before = snapshot(tmp_path)
    async with open_as_it_is(url) as database, database.connect() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM jobs")) == 0
        assert snapshot(tmp_path) == before
    assert snapshot(tmp_path) == before


async def test_what_a_running_bot_has_written_is_read(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/reelcast.db"
    async with open_database(url) as running:
        async with running.begin() as connection:
            await connection.execute(text("INSERT INTO marks (name, at) VALUES ('a', 1)"))
        async with open_as_it_is(url) as database, database.connect() as reading:
            assert await reading.scalar(text("SELECT count(*) FROM marks")) == 1


async def test_what_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DatabaseUnfit, match="doesn't exist"):
        async with open_as_it_is(f"sqlite:///{tmp_path}/deep/reelcast.db"):
            pass
    assert modes(tmp_path) == {}


@pytest.mark.parametrize(
    "command",
    [["jobs"], ["job", "1"], ["job", "1", "--retry"], ["check"], ["backup", "copy.db"], ["invite"]],
    ids=" ".join,
)
async def test_a_command_with_a_mistyped_path_makes_nothing(tmp_path: Path, command: list[str]) -> None:
    async with open_world(tmp_path) as world:
        ended = await world.bot(*command, DATABASE_URL="sqlite:///dta/relcast.db", DATA_DIR="dta")
    assert modes(tmp_path) == {}
    assert "Traceback" not in ended.output
    if command[0] in {"jobs", "job"}:
        assert ended.status == 1
        assert "(dta/relcast.db) can't be used: the file doesn't exist" in ended.output


@pytest.mark.parametrize("umask", [0o000, 0o022])
async def test_what_the_bot_writes_is_for_its_own_user_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        async with open_world(tmp_path) as world:
            await check_private(world)
    finally:
        os.umask(before)


async def check_private(world: World) -> None:
    (world.folder / "data").mkdir(mode=0o755)
    sqlite3.connect(world.folder / "data" / "reelcast.db").close()
    (world.folder / "data" / "reelcast.db").chmod(0o644)
    (world.folder / ".env").write_text("LOG_LEVEL=INFO")
    (world.folder / ".env").chmod(0o644)
    async with world.running("run", DATABASE_URL="sqlite:///data/reelcast.db") as bot:
        assert "chmod 600 .env" in await bot.said("secrets_readable")
        await bot.said('"event": "ready"')
        copied = await world.bot("backup", "copy.db")
        assert copied.status == 0, copied.output
        there = modes(world.folder)
        assert {"data/reelcast.db", "data/reelcast.db-wal", "data/reelcast.db-shm", "copy.db"} <= set(there)
        open_to_others = {
            name: mode
            for name, mode in modes(world.folder).items()
            if mode not in {"0o600", "0o700"} and name != ".env"
        }
    assert open_to_others == {}


async def test_a_second_bot_is_kept_out_by_whatever_path_it_comes(tmp_path: Path) -> None:
    async with open_world(tmp_path) as world, world.running("run", DATABASE_URL="sqlite:///reelcast.db") as first:
        await first.said('"event": "ready"')
        (tmp_path / "link.db").symlink_to("reelcast.db")
        (tmp_path / "elsewhere").symlink_to(tmp_path)
        for path in ("link.db", "elsewhere/reelcast.db", f"/{tmp_path}/./reelcast.db"):
            ended = await world.bot("run", DATABASE_URL=f"sqlite:///{path}")
            assert ended.status == 1
            assert ended.lines[-1] == "Another bot is already running on this DATABASE_URL. Stop it first."
