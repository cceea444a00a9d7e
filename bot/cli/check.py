"""`bot check` and `bot invite`: each finding in a line, with the next step. Nothing is made or changed."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import discord
from aiohttp import hdrs
from discord.http import Route

from bot.catalogue.model import VideoModel
from bot.catalogue.schema_check import unmet
from bot.cli.machine import (
    ReportLine,
    ahead_of,
    check_machine,
    clock_findings,
    env_file_findings,
    note,
    unknown_findings,
)
from bot.config import Settings, SettingsError, load_settings
from bot.database.engine import open_database
from bot.discord_api.reasons import retry_after
from bot.gate.denial import INVITED_WITH, missing_permissions
from bot.jobs.clock import SystemClock
from bot.jobs.pacing.planner import SoloBudget
from bot.operator.model_watch import find_entry
from bot.segmind.client import SegmindClient
from bot.segmind.errors import InvalidKey, SegmindError
from bot.segmind_account import budget_row, open_segmind_session, segmind_client
from bot.ui.formats import dollars

if TYPE_CHECKING:
    from discord.types.gateway import SessionStartLimit

__all__ = ["ReportLine", "check", "look_at_all"]
GUILD_PAGE: Final = 200  # Discord's most
UNREACHABLE: Final = (discord.DiscordException, aiohttp.ClientError, OSError, TypeError, KeyError)
CLOUDFLARE: Final = frozenset({403, 429})  # the statuses of its pages
NOT_THERE: Final = frozenset({404, 405})  # what Discord itself never answers to a login
NOT_REACHED: Final = "Discord can't be reached at DISCORD_API_URL"
FEW_SESSIONS: Final = 50  # of the thousand a day that Discord lets a bot begin


def invited_permissions(*, automod: bool = False) -> discord.Permissions:
    """Return the permissions that the bot needs in a server; with `automod`, also to read AutoMod's rules."""
    return discord.Permissions(**dict.fromkeys(INVITED_WITH, True), manage_guild=automod)


def invitation(application_id: int, *, automod: bool = False) -> str:
    permissions = invited_permissions(automod=automod)
    return discord.utils.oauth_url(application_id, permissions=permissions, scopes=("bot", "applications.commands"))


async def application_id_of(settings: Settings) -> int:
    """Ask Discord which application the token belongs to."""
    Route.BASE = settings.discord_api_url
    async with discord.Client(intents=discord.Intents.none()) as client:
        await client.login(settings.discord_token.get_secret_value())
        return (await client.application_info()).id


async def look_at_all(env_file: Path, ready: Callable[[Settings], object]) -> AsyncGenerator[ReportLine]:
    """Look at the settings, and with settings that can be used at everything; `ready` hears of those first."""
    try:
        settings = load_settings(env_file)
    except SettingsError as error:
        for problem in error.problems:
            yield ReportLine(ok=False, subject="settings", words=problem.removesuffix("."), see="the-settings")
        for finding in (*env_file_findings(env_file), *unknown_findings(env_file)):
            yield finding
        return
    ready(settings)
    async for finding in check(settings, env_file):
        yield finding


async def check(settings: Settings, env_file: Path) -> AsyncGenerator[ReportLine]:
    """Look at everything the bot needs; nothing is written, and nothing is spent."""
    async for finding in check_discord(settings):
        yield finding
    async for finding in check_segmind(settings):
        yield finding
    async for finding in check_machine(settings, env_file):
        yield finding


@dataclass(slots=True)
class _Clock:
    """How far this machine's clock is ahead of Discord's, by the `Date` of its last answer."""

    ahead: timedelta | None = field(default=None)

    def trace(self) -> aiohttp.TraceConfig:
        async def note(_session: object, _context: object, end: aiohttp.TraceRequestEndParams) -> None:
            try:
                theirs = parsedate_to_datetime(end.response.headers[hdrs.DATE])
            except (KeyError, ValueError):
                return
            self.ahead = ahead_of(theirs, datetime.now(UTC))

        trace = aiohttp.TraceConfig()
        trace.on_request_end.append(note)
        return trace


async def check_discord(settings: Settings) -> AsyncGenerator[ReportLine]:
    """Ask Discord for the application, the gateway and the servers."""
    Route.BASE = settings.discord_api_url
    clock = _Clock()
    async with discord.Client(intents=discord.Intents.none(), http_trace=clock.trace()) as client:
        login = await _login(client, settings.discord_token.get_secret_value())
        yield login
        if not login.ok:
            return
        for finding in clock_findings("Discord", clock.ahead):
            yield finding
        try:
            application = await client.application_info()
            words = f"{application.name}, id {application.id}"
            yield ReportLine(ok=True, subject="application", words=words, see="the-token")
            shards, address, limit = await client.http.get_bot_gateway()
            yield gateway_finding(address, shards, limit)
            guilds = await _guilds(client)
        except UNREACHABLE as error:
            yield ReportLine(ok=False, subject="application", words=unanswered(error), see="the-token")
            return
    if not guilds:
        words = "none yet. Run `python -m bot invite` and open the link"
        yield note("servers", words, "the-servers")
    for guild in guilds:
        yield guild_finding(guild)


async def _login(client: discord.Client, token: str) -> ReportLine:
    try:
        await client.login(token)
    except discord.LoginFailure:
        words = "Discord rejected DISCORD_TOKEN. Set it to a new token from the developer portal's Bot page"
        return ReportLine(ok=False, subject="token", words=words, see="the-token")
    except UNREACHABLE as error:
        return ReportLine(ok=False, subject="token", words=unanswered(error), see="the-token")
    return ReportLine(ok=True, subject="token", words=f"logged in as {client.user}", see="the-token")


def unanswered(error: Exception) -> str:
    """Say why Discord gave no answer that helps, and what to do."""
    if isinstance(error, discord.GatewayNotFound) and isinstance(error.__cause__, discord.HTTPException):
        error = error.__cause__
    if isinstance(error, discord.HTTPException):
        is_page = error.text.lstrip().startswith("<")
        if is_page and error.status in CLOUDFLARE:
            seconds = retry_after(error)
            until = f"for {seconds:,.0f} seconds" if seconds else "for now"
            return f"Cloudflare blocks this machine's IP address {until}. Wait, and restart the bot less often"
        if error.status not in NOT_THERE:
            return f"Discord answered HTTP {error.status}. Wait, and check discordstatus.com"
    # What is no API at all answers text where fields are looked for.
    if isinstance(error, discord.HTTPException | TypeError | KeyError):
        return "DISCORD_API_URL doesn't lead to Discord. Correct it, or remove it"
    name = type(error).__name__
    return f"{NOT_REACHED} ({name}). Check this machine's {suspects(name)}"


def suspects(error: str) -> str:
    """Return what of this machine to check after a connection failed with an error of that name."""
    return "clock and CA certificates" if re.search("Certificate|SSL", error) else "network"


def gateway_finding(address: str, shards: int, limit: SessionStartLimit) -> ReportLine:
    """Report how many sessions Discord still lets the bot begin today."""
    needed = max(1, shards)
    left, total = limit["remaining"], limit["total"]
    words = f"{address}, {shards} shard{'s' if shards > 1 else ''}, {left} of {total} session starts left"
    if left >= max(needed, min(FEW_SESSIONS, total // 10)):
        return ReportLine(ok=True, subject="gateway", words=words, see="the-gateway")
    hours = limit["reset_after"] / 3_600_000
    resets = f"{left} of {total} session starts left, more in {hours:.1f} hours"
    if left < needed:
        words = f"{resets}. The bot waits until then. Find out what restarts it so often"
        return ReportLine(ok=False, subject="gateway", words=words, see="the-gateway")
    words = f"{resets}. Find out what restarts the bot so often"
    return note("gateway", words, "the-gateway")


def guild_finding(guild: Mapping[str, Any]) -> ReportLine:
    granted = discord.Permissions(int(guild["permissions"]))
    missing = () if granted.administrator else missing_permissions(granted)
    words = (
        f"missing permissions: {', '.join(missing)}. Allow them for the bot's role" if missing else "all permissions"
    )
    name = "".join(char if char.isprintable() else " " for char in guild["name"])
    return ReportLine(ok=not missing, vital=False, subject=f"server {name}", words=words, see="the-servers")


async def _guilds(client: discord.Client) -> list[Mapping[str, Any]]:
    """Read every server the bot is in, page by page, with what it may do there."""
    guilds: list[Mapping[str, Any]] = []
    while True:
        last = int(guilds[-1]["id"]) if guilds else None
        page: list[Mapping[str, Any]] = [*await client.http.get_guilds(GUILD_PAGE, after=last, with_counts=False)]
        guilds += page
        if len(page) < GUILD_PAGE:
            return guilds


async def check_segmind(settings: Settings) -> AsyncGenerator[ReportLine]:
    """Ask Segmind for the credits and the models, at a pace of this command's own, which is kept in memory."""
    async with open_database("sqlite:///:memory:") as database, open_segmind_session() as session:
        clock = SystemClock()
        segmind = segmind_client(settings, session, SoloBudget(budget_row(settings, database, clock), clock))
        try:
            credits_left = await segmind.credits()
        except InvalidKey:
            words = "Segmind rejected SEGMIND_API_KEY. Set it to a new key from Segmind's console"
            yield ReportLine(ok=False, subject="Segmind key", words=words, see="the-key")
            return
        except SegmindError as error:
            words = f"Segmind returned no balance ({error.words}). Check SEGMIND_API_URL and this machine's "
            words += suspects("" if error.status else error.detail)
            yield ReportLine(ok=False, subject="Segmind key", words=words, see="the-key")
            return
        yield ReportLine(ok=True, subject="Segmind key", words="accepted", see="the-key")
        now = datetime.now(UTC)
        for finding in clock_findings("Segmind", ahead_of(segmind.server_time(now), now)):
            yield finding
        for finding in credits_findings(settings, credits_left.paid + credits_left.free):
            yield finding
        async for finding in check_models(segmind, settings.offer.models):
            yield finding


def credits_findings(settings: Settings, left: Decimal) -> Iterable[ReportLine]:
    """Hold what is left against the price of one video."""
    price = max(price for model in settings.offer.models for price in model.prices_usd.values())
    enough = left >= price
    words = (
        dollars(left)
        if enough
        else f"{dollars(left)}, but one video costs {dollars(price)}. Buy credits in Segmind's console"
    )
    yield ReportLine(ok=enough, subject="Segmind credits", words=words, see="the-credits")


async def check_models(segmind: SegmindClient, models: Iterable[VideoModel]) -> AsyncGenerator[ReportLine]:
    """Look the models up in Segmind's public catalog; nothing is asked of the models themselves."""
    try:
        entries = await segmind.catalog()
    except SegmindError as error:
        words = f"Segmind's model list can't be read ({error.words}). Check SEGMIND_HISTORY_URL, or try again later"
        yield note("model", words, "the-models")
        return
    for model in models:
        entry = find_entry(entries, model)
        if entry is None or entry.retired:
            gone = "is retired" if entry else "isn't in Segmind's catalog"
            words = f"{model.slug} {gone}. Set another model in SEGMIND_MODELS"
            yield ReportLine(ok=False, subject="model", words=words, see="the-models")
        elif changed := unmet(model, entry.schema):
            words = f"{model.slug} no longer accepts what the bot sends: {', '.join(changed)}. Update the bot"
            yield note("model", words, "the-models")
        else:
            yield ReportLine(ok=True, subject="model", words=model.slug, see="the-models")
