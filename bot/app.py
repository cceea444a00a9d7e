"""The bot itself: discord.py's client with our commands, and how it runs until stopped."""

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, Final

import discord
import structlog
from discord import app_commands
from discord.ext import commands
from discord.http import HTTPClient, Route
from yarl import URL

from bot.automod.discord_rules import rule_of
from bot.config import Settings
from bot.discord_api.door import Door, begin_anew_at
from bot.discord_api.leave_by import count_answers, deadline_trace
from bot.discord_api.registration import Registration
from bot.jobs.clock import SystemClock, monotonic
from bot.observing.health import serve_health
from bot.observing.metrics import Metrics
from bot.services import Services, open_services
from bot.starting import Front, open_persistently, until_stopped
from bot.ui.answers import ANSWER, Shape, say
from bot.ui.arrivals import Arrivals
from bot.ui.attempts import DISCORD_AWAY, single_tries
from bot.ui.commands import CommandLinks, CommandTranslator, with_file_types
from bot.ui.failures import answer_broken
from bot.ui.language import _, speak
from bot.ui.text import replace_nul

__all__ = ["Reelcast", "Services", "open_bot", "run"]

log = structlog.get_logger(__name__)

EXTENSIONS: Final = (
    *("cogs.requests.video", "cogs.requests.pictures", "cogs.requests.again"),
    *("cogs.members.card_buttons", "cogs.members.videos", "cogs.members.help"),
    *("cogs.consent", "cogs.records", "cogs.operator", "cogs.stray_presses"),
    "cogs.cast.command",
    *("cogs.settings.panel", "cogs.settings.greeting"),
    *("cogs.moderation.review", "cogs.moderation.report", "cogs.moderation.takedown"),
    "cogs.moderation.blocks",
)
CLOSE_GRACE: Final = 2.0  # seconds for a farewell to the gateway


class _Tree(app_commands.CommandTree["Reelcast"]):
    """Speaks the member's language, answers each error with a sentence, and logs the details for the operator."""

    async def interaction_check(self, interaction: discord.Interaction["Reelcast"], /) -> bool:
        speak(interaction.locale.value)
        if interaction.type is discord.InteractionType.autocomplete:
            replace_nul(interaction.data)
            await self._complete(interaction)
            return False
        shape = interaction.command.extras.get(ANSWER, Shape.PRIVATE) if interaction.command else Shape.PRIVATE
        return await self.client.arrivals.receive(interaction, shape)

    async def on_error(
        self, interaction: discord.Interaction["Reelcast"], error: app_commands.AppCommandError, /
    ) -> None:
        if isinstance(error, app_commands.CommandNotFound | app_commands.CommandSignatureMismatch):
            log.info("command_unknown", interaction=interaction.id, command=_name_of(interaction))
            await say(interaction, _("The bot no longer has this command. Reload Discord to see the new ones."))
            return
        cause = error.__cause__ if isinstance(error, app_commands.CommandInvokeError) and error.__cause__ else error
        await answer_broken(interaction, _name_of(interaction), cause)

    async def _complete(self, interaction: discord.Interaction["Reelcast"]) -> None:
        """Offer choices for the option that a member fills in; whatever goes wrong costs them the offer alone.

        discord.py would log a traceback for an offer that comes too late, as when a member types on.
        """
        command = interaction.command
        data: Any = interaction.data
        focused = _focused(data.get("options", ()))
        if not isinstance(command, app_commands.Command) or focused is None:
            log.info("command_unknown", interaction=interaction.id, command=_name_of(interaction))
            return
        try:
            await command._invoke_autocomplete(interaction, focused, interaction.namespace)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        except (discord.HTTPException, app_commands.CommandSignatureMismatch, *DISCORD_AWAY) as error:
            log.info("choices_not_offered", interaction=interaction.id, error=type(error).__name__)
        except Exception:
            log.exception("choices_broke", interaction=interaction.id, command=_name_of(interaction))


class Reelcast(commands.AutoShardedBot):
    """discord.py's client with our commands; `services` is set before it starts."""

    services: Services

    def __init__(self, metrics: Metrics | None = None, **options: Any) -> None:
        self.metrics = metrics or Metrics()
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
            http_trace=single_tries(count_answers(deadline_trace(), self.metrics.discord_answered)),
            **options,
        )
        self.arrivals = Arrivals(monotonic)
        self.links = CommandLinks()
        _complete_commands(self.http)
        clock = SystemClock()
        self.registration = Registration(self._see_to_commands, clock)
        self.door = Door(self.http, clock)
        self._taken_up = False

    async def login(self, token: str) -> None:
        await self.door.enter(lambda: super(Reelcast, self).login(token), self._take_up)

    async def setup_hook(self) -> None:
        self.door.open()
        await self.tree.set_translator(CommandTranslator())
        for extension in EXTENSIONS:
            await self.load_extension(extension)
        # What is unfinished does not wait for Discord to take the commands, which it may refuse to for a while.
        await self._take_up()
        await self.registration.begin()

    async def _see_to_commands(self) -> None:
        """Register the commands for every server, and the bot operator's for theirs alone, and learn their ids.

        They are global: the process with the first shard registers them for all.
        """
        if self.shard_ids is not None and 0 not in self.shard_ids:
            self.links.learn(await self.tree.fetch_commands())
            return
        self.links.learn(await self.tree.sync())
        home = self.services.settings.operator_server_id
        if home is None:
            return
        try:
            await self.tree.sync(guild=discord.Object(home))
        except discord.Forbidden as error:  # the bot isn't there, or there is no such server
            log.warning("operator_server_closed", guild=home, code=error.code)

    async def _take_up(self) -> None:
        """Begin to drive what is unfinished, once: what is paid for is followed also where Discord is away."""
        if not self._taken_up:
            self._taken_up = True
            await self.services.jobs.dispatcher.resume()

    async def close(self) -> None:
        await self.registration.close()
        await super().close()

    async def connect(self, *, reconnect: bool = True) -> None:
        shards, address = await self.door.gateway(
            lambda advised: len(self.shard_ids or ()) or self.shard_count or advised
        )
        begin_anew_at(address, self.door)
        self.shard_count = self.shard_count or shards  # known: discord.py need not ask again, which Discord limits
        await super().connect(reconnect=reconnect)

    async def launch_shard(self, gateway: URL, shard_id: int, *, initial: bool = False) -> None:
        await self.door.pause_before_connecting(shard_id)
        await super().launch_shard(gateway, shard_id, initial=initial)

    async def on_automod_rule_create(self, rule: discord.AutoModRule) -> None:
        if known := rule_of(rule):
            self.services.gate.automod.changed(rule.guild.id, known)

    async def on_automod_rule_update(self, rule: discord.AutoModRule) -> None:
        await self.on_automod_rule_create(rule)

    async def on_automod_rule_delete(self, rule: discord.AutoModRule) -> None:
        self.services.gate.automod.removed(rule.guild.id, rule.id)

    async def on_thread_remove(self, thread: discord.Thread) -> None:
        thread.me = None  # discord.py leaves that as it was

    async def on_shard_connect(self, shard_id: int) -> None:
        """Take note of a new session: what happened since the one before is not told."""
        count = self.shard_count or 1
        self.services.gate.automod.missed_events(lambda guild_id: (guild_id >> 22) % count == shard_id)

    async def on_ready(self) -> None:
        log.info("ready", user=str(self.user), guilds=len(self.guilds), shards=self.shard_count)


def _name_of(interaction: discord.Interaction[Any]) -> str:
    """Return the name of the command of an interaction, as Discord sends it where the bot does not have it."""
    data: Any = interaction.data
    return interaction.command.qualified_name if interaction.command else str(data.get("name", ""))[:32]


def _focused(options: Iterable[Any]) -> str | None:
    """Name the option that a member is filling in, also of a subcommand."""
    for option in options:
        if option.get("focused"):
            return option["name"]
        if (found := _focused(option.get("options", ()))) is not None:
            return found
    return None


def _complete_commands(http: HTTPClient) -> None:
    """Have commands registered with what discord.py cannot say of them yet."""
    register = http.bulk_upsert_global_commands

    def completed(application_id: int | str, payload: list[dict[str, Any]]) -> Any:
        return register(application_id, with_file_types(payload))

    http.bulk_upsert_global_commands = completed


def use_discord_at(api_url: str) -> None:
    """Point discord.py at an API address. The library keeps it in a class attribute, so it counts for the process."""
    Route.BASE = api_url


@asynccontextmanager
async def open_bot(settings: Settings, metrics: Metrics | None = None) -> AsyncGenerator[Reelcast]:
    """Open the bot with all its services, not yet connected; on leaving everything closes in reverse."""
    use_discord_at(settings.discord_api_url)
    bot = Reelcast(metrics, shard_count=settings.shard_count, shard_ids=list(settings.shard_ids) or None)
    troubles = {"discord": lambda: bot.door.trouble, "commands": lambda: bot.registration.trouble}
    opened = open_services(
        settings, bot, metrics=bot.metrics, troubles=troubles, answers_first=bot.arrivals.all_answered
    )
    async with bot, opened as services:
        bot.services = services
        yield bot


async def run(settings: Settings) -> None:
    """Run the bot, gateway and drivers, until SIGINT or SIGTERM.

    What may pass, such as a database that is away, is waited for. Raises `discord.LoginFailure` for a wrong token, and
    whatever else ends the connection permanently.
    """
    metrics = Metrics()
    front = Front(metrics)
    async with serve_health(settings.http_host, settings.http_port, front):
        await until_stopped(_connected(settings, metrics, front))


async def _connected(settings: Settings, metrics: Metrics, front: Front) -> None:
    """Open the bot and stay connected until cancelled."""
    async with AsyncExitStack() as stack:
        opened = partial(open_bot, settings, metrics)
        bot = await open_persistently(stack, opened, front, SystemClock(), settings.database_url)
        front.inner = bot.services.outside
        key = asyncio.create_task(bot.services.operating.watch.try_key(), name="key")
        connection = asyncio.create_task(bot.start(settings.discord_token.get_secret_value()), name="gateway")
        try:
            await asyncio.wait({connection})
            await connection
        finally:
            key.cancel()
            connection.cancel()
            await asyncio.wait({key, connection}, timeout=CLOSE_GRACE)
