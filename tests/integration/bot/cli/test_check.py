"""`python -m bot check`: a line for everything that is right or wrong, and a status that a script can use."""

import json
import re
import socket
import sqlite3
import ssl
import tempfile
from collections.abc import AsyncIterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self, cast

import aiohttp
import pytest

from bot.cli.check import unanswered
from bot.database.engine import open_database
from bot.jobs.storage.jobs import JobStore
from tests.integration.bot.cli.command_line import Ended, World, open_world
from tests.support.disk import small_disk
from tests.support.jobs import charge

NOWHERE = "http://127.0.0.1:9"  # nothing listens on the discard port


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with open_world(tmp_path) as world:
        yield world


def check_ended(ended: Ended, world: World, status: int) -> None:
    """Make sure of the status, and that the report is nothing but lines of the report without a secret."""
    assert ended.status == status, ended.output
    assert all(line.startswith(("ok   ", "FAIL ", "note ")) for line in ended.lines), ended.output
    for secret in ("DISCORD_TOKEN", "SEGMIND_API_KEY"):
        assert world.environment[secret] not in ended.output


async def test_all_is_right(world: World) -> None:
    ended = await world.bot("check")
    check_ended(ended, world, 0)
    assert {line.partition(":")[0] for line in ended.lines} == {
        "ok   token",
        "ok   application",
        "ok   gateway",
        "ok   server Film Club",
        "ok   server Animation Guild",
        "ok   Segmind key",
        "ok   Segmind credits",
        "ok   model",
        "ok   database",
        "ok   data folder",
    }
    assert "logged in as reelcast" in ended.line("ok   token")
    assert "$50.00" in ended.line("ok   Segmind credits")
    state = await world.segmind.state()
    assert state["requests"] == []
    assert state["charges"] == 0


async def test_a_wrong_token_and_a_wrong_key_are_both_told(world: World) -> None:
    ended = await world.check(DISCORD_TOKEN="wrong-token", SEGMIND_API_KEY="SG_ffffffffffffffff")
    check_ended(ended, world, 1)
    assert "rejected DISCORD_TOKEN" in ended.line("FAIL token")
    assert "rejected SEGMIND_API_KEY" in ended.line("FAIL Segmind key")
    assert ended.line("ok   database")
    assert "wrong-token" not in ended.output
    assert "ffffffff" not in ended.output


async def test_an_account_without_credits_for_one_video_is_told(world: World) -> None:
    await world.segmind.configure(credits="1.50")
    ended = await world.check()
    check_ended(ended, world, 1)
    assert "$1.50, but one video costs $2.70" in ended.line("FAIL Segmind credits")


async def test_an_account_that_segmind_does_not_find_is_told(world: World) -> None:
    await world.segmind.configure(account_found=False)
    ended = await world.check()
    check_ended(ended, world, 1)
    assert "No credits found" in ended.line("FAIL Segmind")


MODELS = "kling-o1-reference-image-to-video,kling-o1-image-to-video"


@pytest.mark.parametrize(
    ("how", "words"), [("retired_models", "is retired"), ("unlisted_models", "isn't in Segmind's catalog")]
)
@pytest.mark.parametrize("form", ["named", "list"])
async def test_a_model_that_is_gone_is_told_and_no_run_is_asked_for(
    world: World, how: str, words: str, form: str
) -> None:
    await world.segmind.configure(**{how: ["kling-o1-image-to-video"], "catalog_form": form})
    ended = await world.check(SEGMIND_MODELS=MODELS)
    check_ended(ended, world, 1)
    assert f"kling-o1-image-to-video {words}. Set another model in SEGMIND_MODELS" in ended.line("FAIL model")
    assert "kling-o1-reference-image-to-video" in ended.line("ok   model")
    state = await world.segmind.state()
    assert "submit" not in state["operations"]
    assert state["key_leaks"] == [], "the catalog is public"


async def test_a_model_that_takes_other_inputs_than_the_bot_sends_is_told(world: World) -> None:
    schema = {"properties": {"prompt": {"type": "string"}, "duration": {"enum": [5, 15]}}, "required": ["seed"]}
    await world.segmind.configure(schemas={"kling-o1-image-to-video": schema})
    ended = await world.check(SEGMIND_MODELS=MODELS)
    check_ended(ended, world, 0)
    told = ended.line("note model")
    assert "`start_image_url` is no longer taken" in told
    assert "`duration` no longer takes 10" in told
    assert "`seed` is required" in told


async def test_a_catalog_that_cannot_be_read_is_no_fault_of_the_models(world: World) -> None:
    await world.segmind.add_faults({"kind": "answer", "operation": "catalog", "status": 200, "body": "<html>"})
    ended = await world.check()
    check_ended(ended, world, 0)
    assert "model list can't be read" in ended.line("note model")


async def test_a_server_that_lacks_permissions_is_named_with_them_and_the_bot_works_elsewhere(world: World) -> None:
    for role in ("@everyone", "Reelcast"):
        await world.discord.admin.set_role_permissions(role, 1 << 10, guild="Film Club")
    ended = await world.check()
    check_ended(ended, world, 0)
    told = ended.line("note server Film Club")
    for permission in ("Send Messages", "Send Messages in Threads", "Attach Files", "Read Message History"):
        assert permission in told
    assert "View Channel" not in told
    assert ended.line("ok   server Animation Guild")


async def test_a_bot_in_no_server_is_told_how_to_be_invited(world: World) -> None:
    for guild in ("Film Club", "Animation Guild"):
        await world.discord.admin.remove_member("reelcast", guild=guild)
    ended = await world.check()
    check_ended(ended, world, 0)
    assert "python -m bot invite" in ended.line("note servers")


async def test_a_database_that_is_none_is_told_and_everything_else_is_still_looked_at(world: World) -> None:
    (world.folder / "reelcast.db").write_text("a shopping list, no database")
    ended = await world.check(DATABASE_URL="sqlite:///reelcast.db")
    check_ended(ended, world, 1)
    assert "the file isn't an SQLite database" in ended.line("FAIL database")
    assert ended.line("ok   model")
    assert (world.folder / "reelcast.db").read_text() == "a shopping list, no database"


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


async def test_the_price_that_is_configured_and_what_was_charged_are_both_told(world: World) -> None:
    url = f"sqlite:///{world.folder}/reelcast.db"
    async with open_database(url) as database:
        await charge(JobStore(database), "0.70", "0.72", "0.71")
    ended = await world.check(DATABASE_URL=url, PRICES_USD="5=1.35,10=2.70")
    check_ended(ended, world, 0)
    assert "5 s: $1.35 configured, Segmind charged up to $0.72" in ended.line("note price")
    assert "10 s: $2.70 configured, nothing charged yet" in ended.line("ok   price")


async def test_the_database_is_told_apart_by_its_age(world: World) -> None:
    url = f"sqlite:///{world.folder}/reelcast.db"
    assert "new and empty. The bot creates" in (await world.check(DATABASE_URL=url)).line("ok   database")
    async with open_database(url):
        pass
    assert "schema up to date" in (await world.check(DATABASE_URL=url)).line("ok   database")
    for revision, word in (("0001", "updates it at its next start"), ("9999", "a newer version of Reelcast")):
        with sqlite3.connect(world.folder / "reelcast.db") as database:
            database.execute("UPDATE alembic_version SET version_num = ?", [revision])
        database.close()
        [line] = [line for line in (await world.check(DATABASE_URL=url)).lines if " database: " in line]
        assert word in line


async def test_machines_get_a_list_of_all_findings(world: World) -> None:
    ended = await world.bot("check", "--json", SEGMIND_API_KEY="SG_ffffffffffffffff")
    assert ended.status == 1
    findings = {each["subject"]: each for each in json.loads(ended.output)}
    assert findings["token"]["ok"]
    assert findings["Segmind key"] == {
        "ok": False,
        "vital": True,
        "subject": "Segmind key",
        "words": "Segmind rejected SEGMIND_API_KEY. Set it to a new key from Segmind's console",
        "see": "docs/operators.md#the-key",
    }


async def test_settings_that_are_wrong_are_findings_too(world: World) -> None:
    ended = await world.check(HTTP_PORT="high")
    check_ended(ended, world, 1)
    assert ended.line("FAIL settings: HTTP_PORT").endswith("[docs/operators.md#the-settings]")


async def test_a_running_bot_holds_its_own_port(world: World) -> None:
    port = free_port()
    async with world.running("run", HTTP_PORT=str(port)) as bot:
        await bot.said('"event": "ready"')
        ended = await world.check(HTTP_PORT=str(port))
    check_ended(ended, world, 0)
    assert ended.line("ok   port") == f"ok   port: {port}: the bot is running"


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"cloudflare": "1015"}, "Cloudflare blocks this machine's IP address"),
        ({"status": 400}, "Discord answered HTTP 400"),  # a 500 is the same, but the library asks again for 16 s
    ],
    ids=["Cloudflare", "400"],
)
async def test_a_discord_that_does_not_let_us_in_is_told(world: World, fault: dict[str, Any], words: str) -> None:
    await world.discord.admin.fault(method="GET", route="/users/@me", times=20, **fault)
    ended = await world.check()
    check_ended(ended, world, 1)
    assert words in ended.line("FAIL token")


async def test_no_folder_for_temporary_files_is_needed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(world.folder / "nowhere"))
    check_ended(await world.check(), world, 0)


async def test_a_clock_is_held_against_those_of_discord_and_segmind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Fast(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(minutes=5)

    for module in ("bot.cli.check", "bot.segmind.client"):
        monkeypatch.setattr(f"{module}.datetime", Fast)
    ended = await world.check()
    check_ended(ended, world, 0)
    told = [
        re.findall(r"(\d+) seconds ahead of (\w+)'s", line) for line in ended.lines if line.startswith("note clock")
    ]
    assert [(service, 299 <= int(seconds) <= 310) for [(seconds, service)] in told] == [
        ("Discord", True),
        ("Segmind", True),
    ]


async def test_a_small_disk_is_told(world: World) -> None:
    with small_disk(world.folder / "disk"):
        ended = await world.check(DATA_DIR="disk/data")
    check_ended(ended, world, 0)
    assert "MB of disk space is free. Videos and the database need at least 1024 MB" in ended.line("note disk")


async def test_sessions_that_are_used_up_are_told(world: World) -> None:
    await world.discord.admin.set_session_starts(remaining=0, reset_after=3600)
    ended = await world.check()
    check_ended(ended, world, 1)
    assert "0 of 1000 session starts left" in ended.line("FAIL gateway")


async def test_a_folder_that_cannot_be_written_is_told(world: World) -> None:
    (world.folder / "occupied").write_text("a file")
    ended = await world.check(DATA_DIR="occupied/data", DATABASE_URL="sqlite:///occupied/reelcast.db")
    check_ended(ended, world, 1)
    assert "occupied isn't writable" in ended.line("FAIL data folder")
    assert "occupied isn't writable" in ended.line("FAIL database")


async def test_nothing_reachable_is_told_line_by_line(world: World) -> None:
    ended = await world.check(DISCORD_API_URL=NOWHERE, SEGMIND_API_URL=NOWHERE)
    check_ended(ended, world, 1)
    assert "can't be reached at DISCORD_API_URL" in ended.line("FAIL token")
    assert "SEGMIND_API_URL" in ended.line("FAIL Segmind key")


def test_a_certificate_that_is_not_trusted_may_come_from_a_wrong_clock() -> None:
    error = aiohttp.ClientConnectorCertificateError(cast("Any", None), ssl.SSLCertVerificationError())
    assert unanswered(error).endswith(
        "(ClientConnectorCertificateError). Check this machine's clock and CA certificates"
    )


async def test_an_address_that_is_not_discords_is_told(world: World) -> None:
    ended = await world.check(DISCORD_API_URL=world.environment["SEGMIND_API_URL"])
    check_ended(ended, world, 1)
    assert "DISCORD_API_URL" in ended.line("FAIL token")
