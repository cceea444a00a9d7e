"""A process that drives jobs and delivers them over REST, without a connection to the gateway."""

import asyncio

import discord
import structlog

from bot.app import stop_signal, use_discord_at
from bot.health import serve_health
from bot.services import open_services
from bot.settings import Settings

log = structlog.get_logger(__name__)


async def run_worker(settings: Settings) -> None:
    """Drive a share of the jobs in PostgreSQL until SIGINT or SIGTERM.

    Raises `discord.LoginFailure` for a wrong token.
    """
    use_discord_at(settings.discord_api_url)
    ready = asyncio.Event()
    async with (
        discord.Client(intents=discord.Intents(guilds=True), max_messages=None) as client,
        open_services(settings, client) as services,
        serve_health(settings.http_host, settings.http_port, ready.is_set),
    ):
        stop = asyncio.create_task(stop_signal(), name="stop-signal")
        await client.login(settings.discord_token.get_secret_value())
        unfinished = await services.dispatcher.resume()
        ready.set()
        log.info("worker_ready", user=str(client.user), unfinished=unfinished)
        await stop
        log.info("stopping")
