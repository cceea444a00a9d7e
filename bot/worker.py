"""A process that drives jobs and delivers them over REST, without a connection to the gateway."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import discord
import structlog

from bot.app import use_discord_at
from bot.config import Settings
from bot.discord_api.door import Door
from bot.discord_api.leave_by import count_answers, deadline_trace
from bot.jobs.clock import SystemClock
from bot.observing.health import serve_health
from bot.observing.metrics import Metrics
from bot.services import Services, open_services
from bot.starting import Front, open_persistently, until_stopped

log = structlog.get_logger(__name__)


def worker_client(metrics: Metrics) -> discord.Client:
    """Make a client for REST alone, whose posts leave in time or not at all."""
    trace = count_answers(deadline_trace(), metrics.discord_answered)
    return discord.Client(intents=discord.Intents(guilds=True), max_messages=None, http_trace=trace)


@asynccontextmanager
async def open_worker(settings: Settings, metrics: Metrics) -> AsyncGenerator[tuple[discord.Client, Door, Services]]:
    """Open a client for REST with all services, not yet logged in."""
    use_discord_at(settings.discord_api_url)
    async with worker_client(metrics) as client:
        door = Door(client.http, SystemClock())
        troubles = {"discord": lambda: door.trouble}
        async with open_services(settings, client, metrics=metrics, troubles=troubles) as services:
            yield client, door, services


async def run_worker(settings: Settings) -> None:
    """Drive a share of the jobs in PostgreSQL until SIGINT or SIGTERM.

    What may pass, such as a database that is away, is waited for. Raises `discord.LoginFailure` for a wrong token.
    """
    metrics = Metrics()
    front = Front(metrics)
    async with serve_health(settings.http_host, settings.http_port, front):
        await until_stopped(_working(settings, metrics, front))


async def _working(settings: Settings, metrics: Metrics, front: Front) -> None:
    async with AsyncExitStack() as stack:
        opened = partial(open_worker, settings, metrics)
        client, door, services = await open_persistently(stack, opened, front, SystemClock(), settings.database_url)
        front.inner = services.outside
        token = settings.discord_token.get_secret_value()
        await door.enter(lambda: client.login(token), services.jobs.dispatcher.resume)
        unfinished = await services.jobs.dispatcher.resume()
        log.info("worker_ready", user=str(client.user), unfinished=unfinished)
        await services.operating.watch.try_key()
        await asyncio.Event().wait()
