"""What an operator types on the way to many machines, as processes."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.database.record_tables import metadata
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.database import LIMIT, unmade_url
from tests.support.jobs import a_job

PROJECT = Path(__file__).parents[4]


async def bot(folder: Path, *arguments: str, **settings: str) -> tuple[int, str]:
    """Run `python -m bot …` to its end; return its exit status and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bot",
        *arguments,
        cwd=folder,
        env={"PATH": os.defpath, "PYTHONPATH": str(PROJECT), **settings},
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def fill(url: str) -> None:
    async with open_database(url) as engine:
        await JobStore(engine).add(a_job(State.WAITING), daily_limit_usd=LIMIT)


async def test_migrate_counts_what_it_copied(tmp_path: Path, postgres_url: str) -> None:
    await fill(unmade_url(tmp_path))
    status, said = await bot(tmp_path, "migrate", "--from", unmade_url(tmp_path), "--to", postgres_url)
    rows = {table: 1 if table in {"jobs", "records", "spending"} else 0 for table in metadata.tables}
    assert status == 0
    assert set(said.splitlines()) == {f"{table}: {count} rows, counted on both sides" for table, count in rows.items()}


async def test_migrate_copies_to_the_bots_own_database_unless_told_otherwise(tmp_path: Path, postgres_url: str) -> None:
    await fill(unmade_url(tmp_path))
    secrets = {"DISCORD_TOKEN": "token", "SEGMIND_API_KEY": "key"}
    status, _ = await bot(tmp_path, "migrate", "--from", unmade_url(tmp_path), DATABASE_URL=postgres_url, **secrets)
    assert status == 0
    async with open_database(postgres_url) as engine:
        assert len(await JobStore(engine).in_states(State)) == 1


async def test_migrate_fills_no_database_twice(tmp_path: Path, postgres_url: str) -> None:
    await fill(unmade_url(tmp_path))
    await fill(postgres_url)
    status, said = await bot(tmp_path, "migrate", "--from", unmade_url(tmp_path), "--to", postgres_url)
    assert status == 1
    assert said == "Nothing was copied: the target isn't empty: jobs has rows. Use an empty database.\n"


@pytest.mark.parametrize("url", ["reelcast.db", "mysql://root:hidden@host/db"])
async def test_migrate_says_how_a_database_is_named(tmp_path: Path, url: str) -> None:
    status, said = await bot(tmp_path, "migrate", "--from", url, "--to", url)
    assert status == 1
    assert said.startswith("A database URL looks like sqlite:///data/reelcast.db")
    assert "hidden" not in said


async def test_a_worker_alone_with_a_file_is_refused(tmp_path: Path) -> None:
    status, said = await bot(tmp_path, "worker", DISCORD_TOKEN="token", SEGMIND_API_KEY="key")
    assert status == 1
    assert said == "A worker needs PostgreSQL. Set DATABASE_URL to postgresql://….\n"


@pytest.mark.parametrize("command", ["run", "worker"])
async def test_a_database_that_does_not_exist_is_named_without_its_password(
    tmp_path: Path, postgres_url: str, command: str
) -> None:
    url = postgres_url.replace("//postgres@/", "//postgres:hidden@/").replace("reelcast_", "nowhere_")
    status, said = await bot(tmp_path, command, DISCORD_TOKEN="token", SEGMIND_API_KEY="key", DATABASE_URL=url)
    assert status == 1
    assert said.splitlines()[-1].endswith("the database doesn't exist there. Create it, or name another.")
    assert "hidden" not in said
    assert "Traceback" not in said
