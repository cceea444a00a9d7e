"""Deletes work files that no job needs, and finished jobs that are older than the operator keeps."""

import asyncio
import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from bot.jobs.clock import Clock, steady_now
from bot.jobs.driving.one_process import Drivers
from bot.jobs.storage.jobs import JobStore

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds
UNTOUCHED_FOR: Final = timedelta(hours=1)  # a driver that comes back to its job finds its files again
# Folders of jobs, of characters that are being saved (`bot.cast.pictures`), and videos on their way off a post or back
# to it (`bot.moderation.hidden_videos`).
_MADE_HERE: Final = re.compile(r"(?:cast-|hidden-)?[0-9]+")
AT_ONCE: Final = 500  # rows in one transaction: no one waits long for the database


async def keep_folders_clear(folder: Path, dispatcher: Drivers, clock: Clock) -> None:
    """Clear what was left in `folder` now and then, until cancelled."""
    while True:
        await clock.sleep(EVERY)
        await clear_folders(folder, dispatcher, clock)


async def clear_folders(folder: Path, dispatcher: Drivers, clock: Clock) -> int:
    """Remove what is of no job driven here and was not touched for long; return how much that is."""
    old = await asyncio.to_thread(_untouched, folder, clock.now() - UNTOUCHED_FOR)
    left = [each for each in old if not (each.name.isdecimal() and dispatcher.drives(int(each.name)))]
    for each in left:
        await asyncio.to_thread(_remove, each)
    if left:
        log.info("old_folders_cleared", count=len(left))
    return len(left)


def _untouched(folder: Path, since: datetime) -> list[Path]:
    """List what was made here and in which nothing has come or gone since then."""
    if not folder.is_dir():
        return []
    return [
        each
        for each in folder.iterdir()
        if _MADE_HERE.fullmatch(each.name) and datetime.fromtimestamp(each.stat().st_mtime, UTC) < since
    ]


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


async def thin(store: JobStore, now: datetime, keep: timedelta) -> int:
    """Delete the jobs that ended longer than `keep` ago; return how many."""
    before = now - keep
    deleted = 0
    while (batch := await store.delete_ended(before=before, at_most=AT_ONCE)) > 0:
        deleted += batch
    if deleted:
        log.info("old_jobs_deleted", count=deleted, ended_before=before.isoformat())
    return deleted


async def keep_thin(store: JobStore, clock: Clock, keep: timedelta) -> None:
    """Thin now and then, until cancelled."""
    while True:
        await thin(store, await steady_now(clock), keep)
        await clock.sleep(EVERY)
