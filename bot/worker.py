"""A process that drives jobs and delivers them over REST, without a connection to the gateway."""

import asyncio

import discord
import structlog

from bot.app import stop_signal, use_discord_at
from bot.delivery.answers import count_answers
from bot.delivery.leave_by import deadline_trace
from bot.health import serve_health
from bot.observing.metrics import Metrics
from bot.services import open_services
from bot.settings import Settings

log = structlog.get_logger(__name__)


def worker_client(metrics: Metrics) -> discord.Client:
    """Make a client for REST alone, whose posts leave in time or not at all."""
    trace = count_answers(deadline_trace(), metrics.discord_answered)
    return discord.Client(intents=discord.Intents(guilds=True), max_messages=None, http_trace=trace)


async def run_worker(settings: Settings) -> None:
    """Drive a share of the jobs in PostgreSQL until SIGINT or SIGTERM.

    Raises `discord.LoginFailure` for a wrong token.
    """
    use_discord_at(settings.discord_api_url)
    metrics = Metrics()
    async with (
        worker_client(metrics) as client,
        open_services(settings, client, metrics=metrics) as services,
        serve_health(settings.http_host, settings.http_port, services.outside),
    ):
        stop = asyncio.create_task(stop_signal(), name="stop-signal")
        await client.login(settings.discord_token.get_secret_value())
        unfinished = await services.dispatcher.resume()
        log.info("worker_ready", user=str(client.user), unfinished=unfinished)
        await stop
        log.info("stopping")
