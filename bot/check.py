"""`bot check`: what is right and what is not, line by line, before anybody is disappointed."""

import os
import sqlite3
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp
import discord
from discord.http import Route
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.invite import invited_permissions
from bot.jobs.clock import SystemClock
from bot.jobs.pacing import SoloBudget
from bot.policy.permissions import INVITED_WITH
from bot.presentation.sentences import dollars
from bot.segmind.errors import ModelForbidden, ModelGone, SegmindError
from bot.services import budget_row, open_segmind_session, segmind_client
from bot.settings import Settings

MEMORY: Final = "sqlite:///:memory:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the report. `vital`: the bot could not work with it being wrong."""

    ok: bool
    subject: str
    words: str
    vital: bool = True


async def check(settings: Settings) -> AsyncGenerator[Finding]:
    """Look at everything the bot needs; nothing is written but the database's own schema, and nothing is spent."""
    async for finding in _check_discord(settings):
        yield finding
    database = await _check_database(settings)
    # What is asked of Segmind counts in the budget that a running bot shares through the database.
    async with open_database(settings.database_url if database.ok else MEMORY) as engine:
        async for finding in _check_segmind(settings, engine):
            yield finding
    yield database
    yield _check_folder(settings.data_dir)


async def _check_discord(settings: Settings) -> AsyncGenerator[Finding]:
    Route.BASE = settings.discord_api_url
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(settings.discord_token.get_secret_value())
        except discord.LoginFailure:
            yield Finding(
                ok=False,
                subject="token",
                words="Discord does not accept DISCORD_TOKEN; make a new one in the developer portal, page Bot.",
            )
            return
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            yield Finding(
                ok=False, subject="token", words=f"Discord cannot be reached at DISCORD_API_URL ({_kind(error)})."
            )
            return
        yield Finding(ok=True, subject="token", words=f"logged in as {client.user}")
        try:
            application = await client.application_info()
            yield Finding(ok=True, subject="application", words=f"{application.name}, id {application.id}")
            shards, address, _ = await client.http.get_bot_gateway()
            yield Finding(ok=True, subject="gateway", words=f"{address}, {shards} shard{'s' if shards > 1 else ''}")
            guilds = await client.http.get_guilds(200)
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:
            yield Finding(ok=False, subject="application", words=f"Discord did not answer ({_kind(error)}).")
            return
    if not guilds:
        yield Finding(
            ok=False, subject="servers", vital=False, words="none yet; `python -m bot invite` prints the invitation"
        )
    for guild in guilds:
        missing = missing_permissions(int(guild.get("permissions", 0)))
        yield Finding(
            ok=not missing,
            subject=f"server {guild['name']}",
            vital=False,
            words=f"missing permissions: {', '.join(missing)}" if missing else "all permissions",
        )


def missing_permissions(granted: int) -> list[str]:
    """Name, in Discord's words, what a server's base permissions lack; Administrator lacks nothing."""
    permissions = discord.Permissions(granted)
    if permissions.administrator or permissions >= invited_permissions():
        return []
    return [words for name, words in INVITED_WITH.items() if not getattr(permissions, name)]


async def _check_segmind(settings: Settings, database: AsyncEngine) -> AsyncGenerator[Finding]:
    async with open_segmind_session() as session:
        segmind = segmind_client(settings, session, SoloBudget(budget_row(settings, database), SystemClock()))
        try:
            credits_left = await segmind.credits()
        except SegmindError as error:
            yield Finding(ok=False, subject="Segmind key", words=f"SEGMIND_API_KEY did not work: {error}")
            return
        left = credits_left.paid + credits_left.free
        price = max(settings.prices_usd.values())
        enough = left >= price
        yield Finding(ok=True, subject="Segmind key", words="accepted")
        yield Finding(
            ok=enough,
            subject="Segmind credits",
            words=dollars(left) if enough else f"{dollars(left)} is less than one video's {dollars(price)}",
        )
        try:
            await segmind.probe_model(settings.segmind_model)
        except (ModelGone, ModelForbidden) as error:
            yield Finding(ok=False, subject="model", words=f"{settings.segmind_model}: {error}")
        except SegmindError as error:
            yield Finding(
                ok=False, subject="model", words=f"{settings.segmind_model}: not known ({error})", vital=False
            )
        else:
            yield Finding(ok=True, subject="model", words=settings.segmind_model)


async def _check_database(settings: Settings) -> Finding:
    try:
        async with open_database(settings.database_url):
            pass
    except (SQLAlchemyError, OSError, sqlite3.Error) as error:
        return Finding(ok=False, subject="database", words=f"DATABASE_URL cannot be opened ({_kind(error)})")
    return Finding(ok=True, subject="database", words="opened, schema up to date")


def _check_folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK)
    except OSError as error:
        return Finding(ok=False, subject="data folder", words=f"DATA_DIR {folder} cannot be made ({_kind(error)})")
    words = str(folder) if writable else f"DATA_DIR {folder} cannot be written to"
    return Finding(ok=writable, subject="data folder", words=words)


def _kind(error: Exception) -> str:
    return f"HTTP {error.status}" if isinstance(error, discord.HTTPException) else type(error).__name__
