"""Setups that something is wrong with, and what `bot check` says of each; the operators' guide shows them."""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from bot.cli import machine
from bot.cli.check import ReportLine, gateway_finding
from bot.database.engine import open_database
from bot.operator.notices import NoticeKind, OperatorNotices
from tests.integration.bot.cli.command_line import World

NOWHERE: Final = "http://127.0.0.1:9"  # nothing listens on the discard port
MODELS: Final = "kling-o1-reference-image-to-video,kling-o1-image-to-video"
REELCAST: Final = "sqlite:///reelcast.db"
Arrange = Callable[[World], Awaitable[None]]


async def _nothing(_world: World) -> None:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What is arranged before, and which settings are others; what is measured may be given instead."""

    title: str
    arrange: Arrange = _nothing
    changes: Mapping[str, str] = field(default_factory=dict[str, str])
    measured: Callable[[], list[ReportLine]] | None = None
    env_file: str | None = None


def _written(name: str, text: str) -> Arrange:
    async def arrange(world: World) -> None:
        await asyncio.to_thread((world.folder / name).write_text, text)

    return arrange


async def _secrets_for_all(world: World) -> None:
    path = world.folder / ".env"
    path.write_text("LOG_LEVEL=INFO\n")
    path.chmod(0o644)


async def _newer_database(world: World) -> None:
    async with open_database(f"sqlite:///{world.folder}/reelcast.db"):
        pass
    with sqlite3.connect(world.folder / "reelcast.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()


async def _second_name(world: World) -> None:
    async with open_database(f"sqlite:///{world.folder}/reelcast.db"):
        pass
    os.link(world.folder / "reelcast.db", world.folder / "second.db")


async def _folder_for_a_file(world: World) -> None:
    (world.folder / "reelcast.db").mkdir()


async def _noted(world: World) -> None:
    async with open_database(f"sqlite:///{world.folder}/reelcast.db") as database:
        await OperatorNotices(database).note(
            NoticeKind.CHARGE, datetime(2026, 3, 1, tzinfo=UTC), about="x", detail="0c9a7d1e"
        )


async def _few_credits(world: World) -> None:
    await world.segmind.configure(credits="1.50")


async def _model_gone(world: World) -> None:
    await world.segmind.configure(retired_models=["kling-o1-image-to-video"])


async def _no_servers(world: World) -> None:
    for guild in ("Film Club", "Animation Guild"):
        await world.discord.admin.remove_member("reelcast", guild=guild)


async def _few_permissions(world: World) -> None:
    for role in ("@everyone", "Reelcast"):
        await world.discord.admin.set_role_permissions(role, 1 << 10, guild="Film Club")


SETUPS: Final = (
    Setup(title="A setting is missing, and another isn't valid", changes={"DISCORD_TOKEN": "", "HTTP_PORT": "high"}),
    Setup(title="A value in quotes, as `docker --env-file` passes it", changes={"SEGMIND_API_KEY": '"SG_0123456789"'}),
    Setup(title="A misspelled setting", changes={"SPEND_LIMT_USD_PER_DAY": "5"}),
    Setup(title="A `.env` file that other users can read", arrange=_secrets_for_all),
    Setup(title="A wrong token", changes={"DISCORD_TOKEN": "wrong-token"}),
    Setup(title="Discord can't be reached", changes={"DISCORD_API_URL": NOWHERE}),
    Setup(
        title="A bot that restarted a thousand times today",
        measured=lambda: [
            gateway_finding(
                "wss://gateway.discord.gg",
                1,
                {"total": 1000, "remaining": 0, "reset_after": 9_000_000, "max_concurrency": 1},
            )
        ],
    ),
    Setup(title="A bot that isn't in any server", arrange=_no_servers),
    Setup(title="A server without the permissions that the bot needs", arrange=_few_permissions),
    Setup(
        title="A clock that is five minutes ahead",
        measured=lambda: [*machine.clock_findings("Discord", timedelta(minutes=5))],
    ),
    Setup(title="A wrong key", changes={"SEGMIND_API_KEY": "SG_ffffffffffffffff"}),
    Setup(title="Credits for less than one video", arrange=_few_credits),
    Setup(title="A model that Segmind no longer has", arrange=_model_gone, changes={"SEGMIND_MODELS": MODELS}),
    Setup(
        title="A file that isn't a database",
        arrange=_written("reelcast.db", "a shopping list, no database"),
        changes={"DATABASE_URL": REELCAST},
    ),
    Setup(title="A folder in the database's place", arrange=_folder_for_a_file, changes={"DATABASE_URL": REELCAST}),
    Setup(title="A database of a newer version", arrange=_newer_database, changes={"DATABASE_URL": REELCAST}),
    Setup(title="A database file with a second name", arrange=_second_name, changes={"DATABASE_URL": REELCAST}),
    Setup(
        title="A PostgreSQL that isn't running",
        changes={"DATABASE_URL": "postgresql://reelcast:secret@127.0.0.1:9/reelcast"},
    ),
    Setup(
        title="A data folder that is a file",
        arrange=_written("data", "a file"),
        changes={"DATA_DIR": "data", "DATABASE_URL": REELCAST},
    ),
    Setup(
        title="Too little memory",
        measured=lambda: [*machine.memory_findings(256 << 20)],
    ),
    Setup(
        title="Too little disk",
        measured=lambda: [*machine.disk_findings(200 << 20)],
    ),
    Setup(title="A port that another program uses", changes={"HTTP_PORT": "the Segmind sandbox's"}),
    Setup(title="An open notice from the running bot", arrange=_noted, changes={"DATABASE_URL": REELCAST}),
)


async def said(setup: Setup, world: World) -> list[str]:
    """Give the lines of `bot check` that are not `ok`."""
    await setup.arrange(world)
    changes = dict(setup.changes)
    port = world.environment["SEGMIND_API_URL"].rpartition(":")[2]
    if "HTTP_PORT" in changes and setup.title.startswith("A port"):
        changes["HTTP_PORT"] = port
    if setup.measured is not None:
        lines = [f"{finding.mark:4} {finding.line}" for finding in setup.measured()]
    else:
        lines = (await world.check(**changes)).lines
    wrong = [line for line in lines if not line.startswith("ok ")]
    return [line.replace(port, "8080").replace(str(world.folder), "/opt/reelcast") for line in wrong]
