"""A server's record: where it is searched, what of it the log channel is owed, and who sees to both."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial

import discord
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.delivery.log_channel import LogChannel
from bot.delivery.log_mirror import LogMirror
from bot.jobs.clock import Clock
from bot.policy.records import RecordStore
from bot.policy.records_log import RecordLog
from bot.policy.records_thinning import keep_records_thin
from bot.settings.store import SettingsStore


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordKeeping:
    store: RecordStore
    log: RecordLog
    mirror: LogMirror
    work: Mapping[str, Callable[[], Awaitable[None]]]  # what goes on in the background, by name


def keep_records(
    client: discord.Client, database: AsyncEngine, settings: SettingsStore, channel: LogChannel, clock: Clock
) -> RecordKeeping:
    store, log = RecordStore(database), RecordLog(database)
    mirror = LogMirror(client, log, settings, channel, clock)
    thin = partial(keep_records_thin, store, settings, clock)
    return RecordKeeping(
        store=store, log=log, mirror=mirror, work={"records-log": mirror.run, "records-thinning": thin}
    )
