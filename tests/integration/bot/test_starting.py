"""What keeps a bot from starting: what may pass is waited for and told, the rest ends it with a sentence."""

import asyncio
import re
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.integration.bot.cli.command_line import Running, World, open_world
from tests.integration.bot.cli.test_check import free_port
from tests.support.stranger import a_stranger

NOWHERE = "http://127.0.0.1:9"  # nothing listens on the discard port
SELDOM_NEEDED = {
    *("alembic", "av", "mako", "PIL", "procrastinate", "psycopg", "pygments", "rich.console", "typer"),
    *("sqlalchemy.dialects.postgresql", "sqlalchemy.orm", "aiohttp.web", "babel.numbers", "re2"),
}
REELCAST = {"DATABASE_URL": "sqlite:///reelcast.db"}


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


async def ready(port: int) -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}/readyz") as answer:
        return answer.status, await answer.json()


async def stopped(bot: Running) -> str:
    bot.send(signal.SIGTERM)
    ended = await bot.end()
    assert ended.status == 0, ended.output
    assert "Traceback" not in ended.output
    return ended.output


async def test_what_a_bot_on_sqlite_seldom_needs_is_not_loaded(world: World) -> None:
    async with world.running("run", PYTHONPROFILEIMPORTTIME="1", **REELCAST) as bot:
        await bot.said('"event": "ready"')
        output = await stopped(bot)
    loaded = set(re.findall(r"^import time:.*\| +([\w.]+)$", output, re.MULTILINE))
    assert {"sqlalchemy.ext.asyncio.engine", "bot.services"} <= loaded
    assert loaded & SELDOM_NEEDED == set()


async def test_a_locked_database_is_waited_for(world: World) -> None:
    port = free_port()
    held = sqlite3.connect(world.folder / "reelcast.db", isolation_level=None)
    held.execute("CREATE TABLE shopping (item)")
    held.execute("DROP TABLE shopping")
    held.execute("BEGIN EXCLUSIVE")
    async with world.running("run", HTTP_PORT=str(port), **REELCAST) as bot:
        assert "another program keeps it locked" in await bot.said("database_not_there")
        status, told = await ready(port)
        assert status == 503
        assert "another program keeps it locked" in told["database"]
        held.execute("ROLLBACK")
        held.close()
        await bot.said("database_there")
        await bot.said('"event": "ready"')
        assert (await ready(port))[0] == 200
        await stopped(bot)


async def test_a_server_that_is_not_there_is_waited_for_until_the_bot_is_stopped(world: World) -> None:
    async with world.running("run", DATABASE_URL=f"postgresql://reelcast:hidden@/reelcast?host={world.folder}") as bot:
        assert "hidden" not in await bot.said("database_not_there")
        await stopped(bot)


async def test_used_up_session_starts_are_waited_for_and_jobs_are_driven_meanwhile(world: World) -> None:
    port = free_port()
    await world.discord.admin.set_session_starts(remaining=0, reset_after=600)
    async with world.running("run", HTTP_PORT=str(port)) as bot:
        await bot.said("jobs_resumed")
        await bot.said("no_session_start_left")
        status, told = await ready(port)
        assert status == 503
        assert told["discord"].startswith("session starts left: 0, more at")
        assert await world.discord.admin.sessions() == []
        await stopped(bot)


async def test_a_discord_that_is_away_is_waited_for(world: World) -> None:
    port = free_port()
    async with world.running("run", DISCORD_API_URL=NOWHERE, HTTP_PORT=str(port)) as bot:
        await bot.said("discord_not_reached")
        await bot.said("jobs_resumed")
        status, told = await ready(port)
        assert status == 503
        assert told["discord"].startswith("doesn't answer")
        await stopped(bot)


async def test_commands_that_are_refused_are_told(world: World) -> None:
    port = free_port()
    await world.discord.admin.fault(method="PUT", route="/commands", status=400, times=5)
    async with world.running("run", HTTP_PORT=str(port)) as bot:
        await bot.said('"event": "ready"')
        status, told = await ready(port)
        assert status == 503
        assert told["commands"] == "commands not registered (HTTP 400, code 0)"
        await stopped(bot)


async def test_a_wrong_key_is_told_at_once(world: World) -> None:
    port = free_port()
    async with world.running("run", SEGMIND_API_KEY="SG_ffffffffffffffff", HTTP_PORT=str(port)) as bot:
        await bot.said('"event": "ready"')
        async with asyncio.timeout(30):
            while (await ready(port))[1]["segmind"] == "ok":
                pass
        assert (await ready(port))[1]["segmind"] == "rejects the key (401)"
        await stopped(bot)


@pytest.mark.parametrize("mode", [0o600, 0o444], ids=["not readable", "not writable"])
@pytest.mark.parametrize("command", ["run", "check"])
def test_a_database_of_another_user_is_one_sentence(mode: int, command: str) -> None:
    with a_stranger() as stranger:
        for folder in ("data", "work"):
            (stranger.folder / folder).mkdir()
        sqlite3.connect(stranger.folder / "data" / "reelcast.db").close()
        (stranger.folder / "data" / "reelcast.db").chmod(mode)
        (stranger.folder / "data").chmod(0o755)
        (stranger.folder / "work").chmod(0o777)
        ended = stranger.bot(
            command, DATA_DIR="work", DATABASE_URL="sqlite:///data/reelcast.db", DISCORD_API_URL=NOWHERE
        )
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert "isn't writable" in said
    assert "Traceback" not in said


@pytest.mark.parametrize("command", ["run", "check", "jobs"])
def test_a_file_that_is_not_readable_is_one_sentence(command: str) -> None:
    with a_stranger() as stranger:
        data = stranger.folder / "data"
        data.mkdir()
        (data / "reelcast.db").write_text("x")
        (data / "reelcast.db").chmod(0o600)
        data.chmod(0o777)
        ended = stranger.bot(command, DATABASE_URL="sqlite:///data/reelcast.db", DISCORD_API_URL=NOWHERE)
    said = ended.stdout + ended.stderr
    assert ended.returncode == 1, said
    assert "the bot's user" in said
    assert "Traceback" not in said


async def test_systemd_is_told_that_the_bot_is_there_that_it_turns_and_that_it_stops(world: World) -> None:
    address = world.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as heard:
        heard.bind(str(address))
        heard.setblocking(False)
        told = Told(heard)
        listening = asyncio.create_task(told.listen())
        async with world.running("run", NOTIFY_SOCKET=str(address), WATCHDOG_USEC="300000") as bot, asyncio.timeout(60):
            await told.heard(b"READY=1")
            await told.heard(b"WATCHDOG=1")
            await bot.said('"event": "ready"')
            await stopped(bot)
            await told.heard(b"STOPPING=1")
        listening.cancel()
    assert told.words[0] == b"READY=1"


class Told:
    """All that came over a socket."""

    def __init__(self, heard: socket.socket) -> None:
        self.words: list[bytes] = []
        self._socket = heard
        self._more = asyncio.Condition()

    async def listen(self) -> None:
        while True:
            word = await asyncio.get_running_loop().sock_recv(self._socket, 100)
            async with self._more:
                self.words.append(word)
                self._more.notify_all()

    async def heard(self, word: bytes) -> None:
        async with self._more:
            await self._more.wait_for(lambda: word in self.words)
