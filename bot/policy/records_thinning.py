"""Each server's record is kept for as long as the server wants, and no longer."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from bot.jobs.clock import Clock, steady_now
from bot.policy.records import RecordStore
from bot.settings.store import SettingsStore

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds
AT_ONCE: Final = 500  # rows in one transaction: nobody waits long for the database


async def thin_records(store: RecordStore, settings: SettingsStore, now: datetime) -> int:
    """Delete what is older than its server keeps; return how many rows."""
    deleted = 0
    for guild_id in await store.servers():
        before = now - timedelta(days=(await settings.get(guild_id)).keep_records_days)
        while batch := await store.thin(guild_id, before=before, at_most=AT_ONCE):
            deleted += batch
    return deleted


async def keep_records_thin(store: RecordStore, settings: SettingsStore, clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        if deleted := await thin_records(store, settings, await steady_now(clock)):
            log.info("old_records_deleted", count=deleted)
        await clock.sleep(EVERY)
