"""The record, told to each server's log channel: a line for each video and each decision, several in one message."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

import discord
import structlog

from bot.delivery.log_channel import Heard, LogChannel
from bot.discord_api.nonces import words_nonce
from bot.jobs.clock import Clock
from bot.policy.records_log import Item, RecordLog
from bot.presentation.records_words import log_line
from bot.settings.store import SettingsStore
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(seconds=10)  # one message for each server in this time: far below Discord's limits
MESSAGE_LIMIT: Final = 2_000  # characters; Discord's
GIVEN_UP: Final = timedelta(days=1)  # after which what Discord never took is told no more


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
        while True:
            await self._clock.sleep(EVERY.total_seconds())
            if self._client.user is not None and await self._records.is_my_turn(self._clock.now(), every=EVERY):
                await self.tell()

    async def tell(self) -> None:
        """Tell each server one message of what it is owed."""
        for guild_id, items in (await self._records.owed()).items():
            await self._tell(guild_id, items)

    async def _tell(self, guild_id: int, items: Sequence[Item]) -> None:
        settings = await self._settings.get(guild_id)
        if settings.log_channel_id is None:
            await self._records.settle(items)
            return
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
        if heard is Heard.UNCLEAR:
            await self._records.settle(past)
        else:
            await self._records.settle([*past, *told])

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
