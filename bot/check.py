"""`bot check`: what is right and what is not, line by line, before anybody is disappointed."""

from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any, Final

import aiohttp
import discord
from alembic.util.exc import CommandError
from discord.http import Route
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.invite import invited_permissions
from bot.jobs.clock import SystemClock
from bot.jobs.pacing import SoloBudget
from bot.policy.permissions import INVITED_WITH
from bot.presentation.figures import dollars
from bot.segmind.client import SegmindClient
from bot.segmind.errors import InvalidKey, ModelForbidden, ModelGone, SegmindError
from bot.services import budget_row, open_segmind_session, segmind_client
from bot.settings import Settings

GUILD_PAGE: Final = 200  # Discord's most
UNREACHABLE: Final = (discord.HTTPException, aiohttp.ClientError, OSError, TypeError, KeyError)


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
    with TemporaryDirectory() as folder:
        # What is asked of Segmind counts in the budget that a running bot shares through the database.
        url = settings.database_url if database.ok else f"sqlite:///{folder}/budget.db"
        async with open_database(url) as engine:
            async for finding in _check_segmind(settings, engine):
                yield finding
    yield database
    yield check_folder(settings.data_dir)


async def _check_discord(settings: Settings) -> AsyncGenerator[Finding]:
    Route.BASE = settings.discord_api_url
    async with discord.Client(intents=discord.Intents.none()) as client:
        try:
            await client.login(settings.discord_token.get_secret_value())
        except discord.LoginFailure:
            yield Finding(
                ok=False,
                subject="token",
                words="Discord does not accept DISCORD_TOKEN; make a new one in the developer portal, page Bot",
            )
            return
        except UNREACHABLE as error:
            yield Finding(
                ok=False, subject="token", words=f"Discord cannot be reached at DISCORD_API_URL ({_kind(error)})"
            )
            return
        yield Finding(ok=True, subject="token", words=f"logged in as {client.user}")
        try:
            application = await client.application_info()
            yield Finding(ok=True, subject="application", words=f"{application.name}, id {application.id}")
            shards, address, _ = await client.http.get_bot_gateway()
            yield Finding(ok=True, subject="gateway", words=f"{address}, {shards} shard{'s' if shards > 1 else ''}")
            guilds = await _guilds(client)
        except UNREACHABLE as error:
            yield Finding(ok=False, subject="application", words=f"Discord did not answer ({_kind(error)})")
            return
    if not guilds:
        yield Finding(
            ok=False, subject="servers", vital=False, words="none yet; `python -m bot invite` prints the invitation"
        )
    for guild in guilds:
        missing = missing_permissions(int(guild["permissions"]))
        yield Finding(
            ok=not missing,
            subject=f"server {''.join(char if char.isprintable() else ' ' for char in guild['name'])}",
            vital=False,
            words=f"missing permissions: {', '.join(missing)}" if missing else "all permissions",
        )


async def _guilds(client: discord.Client) -> list[Mapping[str, Any]]:
    """Read every server the bot is in, page by page, with what it may do there."""
    guilds: list[Mapping[str, Any]] = []
    while True:
        last = int(guilds[-1]["id"]) if guilds else None
        page: list[Mapping[str, Any]] = [*await client.http.get_guilds(GUILD_PAGE, after=last, with_counts=False)]
        guilds += page
        if len(page) < GUILD_PAGE:
            return guilds


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
        except InvalidKey:
            yield Finding(
                ok=False,
                subject="Segmind key",
                words="Segmind does not accept SEGMIND_API_KEY; make a new one in its console",
            )
            return
        except SegmindError as error:
            yield Finding(
                ok=False,
                subject="Segmind key",
                words=f"could not be tried: SEGMIND_API_URL gave no balance ({error})",
            )
            return
        left = credits_left.paid + credits_left.free
        price = max(price for model in settings.offer.models for price in model.prices_usd.values())
        enough = left >= price
        yield Finding(ok=True, subject="Segmind key", words="accepted")
        yield Finding(
            ok=enough,
            subject="Segmind credits",
            words=dollars(left) if enough else f"{dollars(left)} is less than one video's {dollars(price)}",
        )
        for model in settings.segmind_models:
            yield await _check_model(segmind, model)


async def _check_model(segmind: SegmindClient, model: str) -> Finding:
    try:
        await segmind.probe_model(model)
    except (ModelGone, ModelForbidden) as error:
        words = f"{model}, named in SEGMIND_MODELS, is not there for this account ({error})"
        return Finding(ok=False, subject="model", words=words)
    except SegmindError as error:
        return Finding(ok=False, subject="model", words=f"{model}: not known ({error})", vital=False)
    return Finding(ok=True, subject="model", words=model)


async def _check_database(settings: Settings) -> Finding:
    try:
        async with open_database(settings.database_url):
            pass
    except (SQLAlchemyError, CommandError, OSError) as error:
        return Finding(ok=False, subject="database", words=f"DATABASE_URL cannot be opened ({_kind(error)})")
    return Finding(ok=True, subject="database", words="opened, schema up to date")


def check_folder(folder: Path) -> Finding:
    """Try to write to the folder for the files being worked on."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(b"written")
    except OSError as error:
        words = f"DATA_DIR {folder} cannot be written to ({error.strerror or _kind(error)})"
        return Finding(ok=False, subject="data folder", words=words)
    return Finding(ok=True, subject="data folder", words=str(folder))


def _kind(error: Exception) -> str:
    if isinstance(error, discord.HTTPException):
        return f"HTTP {error.status}"
    # What is no API at all answers text where discord.py looks for fields.
    return "it does not answer like Discord" if isinstance(error, TypeError | KeyError) else type(error).__name__
