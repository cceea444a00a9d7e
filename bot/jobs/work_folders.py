"""Folders of jobs that this process drives no more: another has taken them over, or they were over before it began."""

import asyncio
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import structlog

from bot.jobs.clock import Clock
from bot.jobs.dispatch import Drivers

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds
UNTOUCHED_FOR: Final = timedelta(hours=1)  # a driver that comes back to its job finds its files again


async def keep_folders_clear(folder: Path, dispatcher: Drivers, clock: Clock) -> None:
    """Clear the folders of jobs in `folder` now and then, until cancelled."""
    while True:
        await clock.sleep(EVERY)
        await clear_folders(folder, dispatcher, clock)


async def clear_folders(folder: Path, dispatcher: Drivers, clock: Clock) -> int:
    """Remove the folders of jobs that are not driven here and were not touched for long; return how many."""
    old = await asyncio.to_thread(_untouched, folder, clock.now() - UNTOUCHED_FOR)
    ours = [each for each in old if not dispatcher.drives(int(each.name))]
    for each in ours:
        await asyncio.to_thread(shutil.rmtree, each, ignore_errors=True)
    if ours:
        log.info("old_folders_cleared", count=len(ours))
    return len(ours)


def _untouched(folder: Path, since: datetime) -> list[Path]:
    """List the folders named after jobs in which nothing has come or gone since then."""
    if not folder.is_dir():
        return []
    return [
        each
        for each in folder.iterdir()
        if each.name.isdecimal() and each.is_dir() and datetime.fromtimestamp(each.stat().st_mtime, UTC) < since
    ]
