"""`python -m bot run` and `invite`: they work, or end with a sentence and status 1, never with a traceback."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import discord
import pytest
from yarl import URL

from bot import VERSION
from bot.cli.check import invitation
from tests.integration.bot.cli.command_line import Ended, World, open_world

NOWHERE = "http://127.0.0.1:9"  # nothing listens on the discard port


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


def check_gave_up(ended: Ended, sentence: str) -> None:
    assert ended.status == 1, ended.output
    assert sentence in ended.lines[-1]
    assert "Traceback" not in ended.output


async def test_a_bot_runs_until_it_is_told_to_stop(world: World) -> None:
    async with world.running("run") as bot:
        await bot.said('"event": "ready"')
        bot.send(signal.SIGTERM)
        ended = await bot.end()
    assert ended.status == 0, ended.output
    assert f'"version": "{VERSION}"' in ended.lines[0]
    assert "Traceback" not in ended.output
    assert '"level": "warning"' not in ended.output
    assert world.environment["DISCORD_TOKEN"] not in ended.output


async def test_the_version_is_told(world: World) -> None:
    ended = await world.bot("--version")
    assert (ended.status, ended.lines) == (0, [f"Reelcast {VERSION}"])


async def test_every_wrong_setting_is_named_at_once(world: World) -> None:
    ended = await world.bot("run", DISCORD_TOKEN="", SEGMIND_API_KEY="my secret key", HTTP_PORT="high", LOG_LEVEL="x")
    assert ended.status == 1
    assert [line.partition(" ")[0] for line in ended.lines[:-1]] == [
        "DISCORD_TOKEN",
        "SEGMIND_API_KEY",
        "HTTP_PORT",
        "LOG_LEVEL",
    ]
    assert ".env.example" in ended.lines[-1]
    assert "my secret key" not in ended.output
    assert "Traceback" not in ended.output


async def test_a_wrong_token_is_told(world: World) -> None:
    ended = await world.bot("run", DISCORD_TOKEN="wrong-token")
    check_gave_up(ended, "Discord rejected DISCORD_TOKEN")
    assert "wrong-token" not in ended.output


async def test_a_database_that_cannot_be_opened_is_told(world: World) -> None:
    (world.folder / "reelcast.db").write_text("a shopping list, no database")
    ended = await world.bot("run", DATABASE_URL="sqlite:///reelcast.db")
    check_gave_up(ended, "The database of DATABASE_URL (reelcast.db) can't be used: the file isn't an SQLite database.")


async def test_a_folder_that_cannot_be_written_to_is_told_before_the_bot_starts(world: World) -> None:
    (world.folder / "file").write_text("a shopping list, no folder")
    check_gave_up(await world.bot("run", DATA_DIR="file"), "DATA_DIR file isn't writable")
    ended = await world.bot("run", DATABASE_URL="sqlite:///file/reelcast.db")
    check_gave_up(ended, f"The database's folder, {world.folder}/file, isn't writable")


async def test_a_port_that_is_taken_is_told(world: World) -> None:
    taken = URL(world.environment["SEGMIND_API_URL"]).port
    check_gave_up(await world.bot("run", HTTP_PORT=str(taken)), "Set another HTTP_PORT")


async def test_a_second_bot_on_one_database_is_kept_out_and_the_first_goes_on(world: World) -> None:
    async with world.running("run") as first:
        await first.said('"event": "ready"')
        check_gave_up(await world.bot("run"), "Another bot is already running on this DATABASE_URL.")
        assert (await world.bot("check")).status == 0
        first.send(signal.SIGTERM)
        assert (await first.end()).status == 0


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (4004, "Discord rejected DISCORD_TOKEN"),
        (4014, "Discord refused the GUILDS intent"),
        (4011, "Leave SHARD_COUNT and SHARD_IDS empty"),
        (4012, "Discord closed the connection permanently (code 4012)"),
    ],
)
async def test_a_gateway_that_refuses_for_good_ends_the_bot_with_a_sentence(
    world: World, code: int, sentence: str
) -> None:
    async with world.running("run") as bot:
        await bot.said('"event": "ready"')
        await world.discord.admin.drop_gateway(code=code)
        check_gave_up(await bot.end(), sentence)


async def test_the_invitation_is_that_of_the_tokens_application(world: World) -> None:
    ended = await world.bot("invite")
    assert ended.status == 0
    application_id = URL(ended.output.strip()).query["client_id"]
    assert ended.output.strip() == invitation(int(application_id))
    assert application_id == str(world.discord.description["application_id"])


async def test_an_output_that_takes_ascii_alone_gets_escapes_for_the_rest(world: World) -> None:
    ended = await world.bot("migrate", "--help", PYTHONIOENCODING="ascii")
    assert ended.status == 0
    assert "\\u2026" in ended.output


async def test_an_invitation_by_number_needs_neither_settings_nor_discord(world: World) -> None:
    ended = await world.bot("invite", "--application-id", "42", DISCORD_TOKEN="", DISCORD_API_URL=NOWHERE)
    assert ended.output.strip() == invitation(42)


@pytest.mark.parametrize(("flags", "automod"), [((), False), (("--automod",), True)], ids=["without", "with"])
async def test_an_invitation_asks_for_manage_server_only_for_automod(
    world: World, flags: tuple[str, ...], automod: bool
) -> None:
    ended = await world.bot("invite", *flags, "--application-id", "42", DISCORD_TOKEN="", DISCORD_API_URL=NOWHERE)
    assert ended.output.strip() == invitation(42, automod=automod)
    asked_for = discord.Permissions(int(URL(ended.output.strip()).query["permissions"]))
    assert asked_for.manage_guild is automod


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"DISCORD_TOKEN": "wrong"}, "Discord rejected DISCORD_TOKEN"),
        ({"DISCORD_API_URL": NOWHERE}, "Discord can't be reached at DISCORD_API_URL"),
    ],
    ids=["wrong token", "Discord down"],
)
async def test_an_invitation_that_cannot_be_made_says_why(world: World, changes: dict[str, str], sentence: str) -> None:
    check_gave_up(await world.bot("invite", **changes), sentence)
