"""A server's log channel: single messages to its moderators, and its record, one line per entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from functools import partial
from typing import Any, Final

import discord
import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import decisions
from bot.discord_api.channel_pace import AtOnce, PacedChannels
from bot.discord_api.errors import translated
from bot.discord_api.sending import words_nonce
from bot.jobs.clock import Clock
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.jobs.states import TOLD
from bot.jobs.tasks import Work, keep_looking
from bot.records.store import AT_ONCE, Item, RecordLog, RecordStore, keep_records_thin
from bot.records.words import log_line
from bot.settings.store import SettingsStore
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=10)  # one message for each server in this time: far below Discord's limits
TOPICS: Final = (*TOLD, decisions.name)  # what may be owed once these have changed
MESSAGE_LIMIT: Final = 2_000  # characters; Discord's
GIVEN_UP: Final = timedelta(days=1)  # after which what Discord never took is told no more
_SILENT: Final = discord.AllowedMentions.none()


class Heard(Enum):
    """The outcome of a message to the log channel."""

    SAID = auto()
    NOBODY = auto()  # the server has no log channel
    CLOSED = auto()  # it is gone, or closed to the bot
    UNCLEAR = auto()  # Discord is in trouble: the message may still be there


class LogChannel:
    """Says things by channel id, so that no gateway is needed; nothing that goes wrong here stops anyone."""

    def __init__(self, client: discord.Client, settings: SettingsStore, turns: PacedChannels | None = None) -> None:
        """`turns` are those of all processes, where there are several."""
        self._client = client
        self._settings = settings
        self._turns = turns or AtOnce()

    async def say(self, guild_id: int, words: str | discord.ui.LayoutView) -> bool:
        """Tell a server's moderators; return whether a channel has the message. Never raises for what Discord does.

        `words` are in the language of the server and ping no one. A server without a log channel is told nothing.
        """
        return await self.send(guild_id, words) is Heard.SAID

    async def send(self, guild_id: int, words: str | discord.ui.LayoutView, *, nonce: str | None = None) -> Heard:
        """Do the same, and return the outcome; Discord drops a repeat of the same `nonce` for some minutes."""
        channel_id = (await self._settings.get(guild_id)).log_channel_id
        if channel_id is None:
            return Heard.NOBODY
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        said: dict[str, Any] = {"content": words} if isinstance(words, str) else {"view": words}
        if nonce is not None:
            said["nonce"] = nonce
        await self._turns.post(channel_id)
        try:
            with translated():
                await channel.send(**said, allowed_mentions=_SILENT)
        except OutcomeUnclear as error:
            log.warning("log_channel_unclear", guild=guild_id, channel=channel_id, error=error.detail)
            return Heard.UNCLEAR
        except PortError as error:
            log.warning("log_channel_closed", guild=guild_id, channel=channel_id, error=error.detail)
            return Heard.CLOSED
        return Heard.SAID


class LogMirror:
    """Says what is owed; it stays owed in the database until it is said, so nothing is lost when the bot dies."""

    def __init__(
        self, client: discord.Client, records: RecordLog, settings: SettingsStore, channel: LogChannel, clock: Clock
    ) -> None:
        self._client = client
        self._records = records
        self._settings = settings
        self._channel = channel
        self._clock = clock

    async def run(self) -> None:
        """Tell what is owed now and then, until cancelled."""
        await self._clock.sleep(EVERY.total_seconds())
        every = EVERY.total_seconds()
        await keep_looking(self._look, self._records.engine, *TOPICS, every=every, clock=self._clock)

    async def _look(self) -> bool:
        """Tell what is owed, where it is this process's turn; return whether there may be more."""
        if self._client.user is None:
            return True
        owed = await self._records.owed()
        if not owed or not await self._records.is_my_turn(self._clock.now(), every=EVERY):
            return bool(owed)
        return await self._tell_all(owed)

    async def tell(self) -> None:
        """Send each server the next message that it is owed."""
        await self._tell_all(await self._records.owed())

    async def _tell_all(self, owed: Mapping[int, Sequence[Item]]) -> bool:
        left = [await self._tell(guild_id, items) for guild_id, items in owed.items()]
        return any(left)

    async def _tell(self, guild_id: int, items: Sequence[Item]) -> bool:
        """Tell a server one message; return whether there may be more to tell."""
        settings = await self._settings.get(guild_id)
        if settings.log_channel_id is None:
            await self._records.settle(items)
            return len(items) >= AT_ONCE
        oldest = self._clock.now() - GIVEN_UP
        past = [item for item in items if item.is_said_already or item.at < oldest]
        due = [item for item in items if item not in past]
        with speaking(settings.language or self._locale(guild_id)):
            told, words = _message(due)
        heard = (
            await self._channel.send(guild_id, words, nonce=words_nonce("m", *[item.key for item in told]))
            if told
            else Heard.SAID
        )
        settled = past if heard is Heard.UNCLEAR else [*past, *told]
        await self._records.settle(settled)
        return len(settled) < len(items) or len(items) >= AT_ONCE

    def _locale(self, guild_id: int) -> str | None:
        guild = self._client.get_guild(guild_id)
        return guild.preferred_locale.value if guild else None


def _message(items: Sequence[Item]) -> tuple[Sequence[Item], str]:
    """Write as many lines as one message takes."""
    told: list[Item] = []
    words = ""
    for item in items:
        more = f"{words}\n{log_line(item)}" if words else log_line(item)
        if len(more) > MESSAGE_LIMIT:
            break
        told, words = [*told, item], more
    return told, words


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKeeping:
    store: RecordStore
    log: RecordLog
    mirror: LogMirror
    work: Work


def keep_records(
    client: discord.Client, database: AsyncEngine, settings: SettingsStore, channel: LogChannel, clock: Clock
) -> RecordKeeping:
    store, log = RecordStore(database), RecordLog(database)
    mirror = LogMirror(client, log, settings, channel, clock)
    thin = partial(keep_records_thin, store, settings, clock)
    return RecordKeeping(
        store=store, log=log, mirror=mirror, work={"records-log": mirror.run, "records-thinning": thin}
    )
