"""The bot itself, and the composition root that runs it."""

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

import discord
import structlog
from discord import app_commands
from discord.ext import commands
from discord.http import Route

from bot.delivery.answers import count_answers
from bot.delivery.automod import rule_of
from bot.delivery.gateway import begin_anew_at
from bot.delivery.leave_by import deadline_trace
from bot.delivery.registration import Registration
from bot.health import serve_health
from bot.interactions.errors import answer_broken
from bot.jobs.clock import SystemClock
from bot.observing.metrics import Metrics
from bot.presentation.command_names import CommandTranslator
from bot.presentation.language import speak
from bot.services import Services, open_services
from bot.settings import Settings

__all__ = ["Reelcast", "Services", "open_bot", "run"]

log = structlog.get_logger(__name__)

EXTENSIONS: Final = (
    *("cogs.video", "cogs.studio", "cogs.pictures"),
    *("cogs.details", "cogs.cancel", "cogs.again", "cogs.delete"),
    *("cogs.send_again", "cogs.my_videos", "cogs.quota"),
    *("cogs.jobs", "cogs.privacy", "cogs.help"),
    *("cogs.consent", "cogs.cast", "cogs.missing_images"),
    *("cogs.settings", "cogs.settings_panel", "cogs.settings_greeting"),
    *("cogs.review", "cogs.report", "cogs.takedown", "cogs.blocks"),
    *("cogs.records", "cogs.operator", "cogs.strays"),
)
CLOSE_GRACE: Final = 2.0  # seconds for a farewell to the gateway


class _Tree(app_commands.CommandTree["Reelcast"]):
    """Speaks the language of who asks, answers whatever goes wrong with a sentence, and tells the operator the rest."""

    async def interaction_check(self, interaction: discord.Interaction["Reelcast"], /) -> bool:
        speak(interaction.locale.value)
        return True

    async def on_error(
        self, interaction: discord.Interaction["Reelcast"], error: app_commands.AppCommandError, /
    ) -> None:
        cause = error.__cause__ if isinstance(error, app_commands.CommandInvokeError) and error.__cause__ else error
        name = interaction.command.qualified_name if interaction.command else None
        await answer_broken(interaction, name, cause)


class Reelcast(commands.AutoShardedBot):
    """discord.py's client with our commands; `services` is set before it starts."""

    services: Services

    def __init__(self, **options: Any) -> None:
        self.metrics = Metrics()
        # Voice is no part of this bot: discord.py need not warn that its extras are not installed.
        discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            # Everything we answer comes as an interaction: no members, no messages need be watched or remembered.
            intents=discord.Intents(guilds=True, auto_moderation_configuration=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            tree_cls=_Tree,
            http_trace=count_answers(deadline_trace(), self.metrics.discord_answered),
            **options,
        )
        self.registration = Registration(self.tree.sync, SystemClock())

    async def setup_hook(self) -> None:
        await self.tree.set_translator(CommandTranslator())
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        # What is unfinished does not wait for Discord to take the commands, which it may refuse to for a while.
        await self.services.dispatcher.resume()
        if self.shard_ids is None or 0 in self.shard_ids:  # commands are global: one process registers them for all
            await self.registration.begin()

    async def close(self) -> None:
        await self.registration.close()
        await super().close()

    async def connect(self, *, reconnect: bool = True) -> None:
        shards, address, _ = await self.http.get_bot_gateway()
        begin_anew_at(address)
        self.shard_count = self.shard_count or shards  # known: discord.py need not ask again, which Discord limits
        await super().connect(reconnect=reconnect)

    async def on_automod_rule_create(self, rule: discord.AutoModRule) -> None:
        if known := rule_of(rule):
            self.services.automod.changed(rule.guild.id, known)

    async def on_automod_rule_update(self, rule: discord.AutoModRule) -> None:
        await self.on_automod_rule_create(rule)

    async def on_automod_rule_delete(self, rule: discord.AutoModRule) -> None:
        self.services.automod.removed(rule.guild.id, rule.id)

    async def on_shard_connect(self, shard_id: int) -> None:
        """Take note of a new session: what happened since the one before is not told."""
        count = self.shard_count or 1
        self.services.automod.missed_events(lambda guild_id: (guild_id >> 22) % count == shard_id)

    async def on_ready(self) -> None:
        log.info("ready", user=str(self.user), guilds=len(self.guilds), shards=self.shard_count)


def use_discord_at(api_url: str) -> None:
    """Point discord.py at an API address. The library keeps it in a class attribute, so it counts for the process."""
    Route.BASE = api_url


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncGenerator[Reelcast]:
    """Open the bot with all its services, not yet connected; on leaving everything closes in reverse."""
    use_discord_at(settings.discord_api_url)
    bot = Reelcast(shard_count=settings.shard_count, shard_ids=list(settings.shard_ids) or None)
    async with bot, open_services(settings, bot, metrics=bot.metrics) as services:
        bot.services = services
        yield bot


async def run(settings: Settings) -> None:
    """Run the bot, gateway and drivers, until SIGINT or SIGTERM.

    Raises `discord.LoginFailure` for a wrong token, and whatever else ends the connection for good.
    """
    async with open_bot(settings) as bot, serve_health(settings.http_host, settings.http_port, bot.services.outside):
        token = settings.discord_token.get_secret_value()
        connection = asyncio.create_task(bot.start(token), name="gateway")
        stop = asyncio.create_task(stop_signal(), name="stop-signal")
        try:
            await asyncio.wait({connection, stop}, return_when=asyncio.FIRST_COMPLETED)
            if connection.done():
                await connection
            log.info("stopping")
        finally:
            stop.cancel()
            connection.cancel()
            await asyncio.wait({connection, stop}, timeout=CLOSE_GRACE)


async def stop_signal() -> None:
    """Wait for SIGINT or SIGTERM."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    await stopped.wait()
