"""Many large videos that are finished at the same moment: each is fetched, looked at and uploaded for real."""

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp

from benchmarks.processes import running
from benchmarks.scale.jobs import Eye, open_eye, running_jobs, save, standing_ages
from benchmarks.scale.stage import Stage, channels, open_stage
from benchmarks.subjects import MEMBER, says_ready
from benchmarks.usage import Usage, read_usage
from bot.jobs.states import DRIVEN
from sandbox.member.sandbox import Sandbox

LOOK_EVERY: Final = 0.1  # seconds between two looks at the process
LOOKS: Final = 5  # at the process, to one at the database
BOOSTED: Final = "Animation Guild"  # takes files of 50 MiB
REQUESTS_PER_MINUTE: Final = 6_000  # so that all of them are known to be finished in seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    videos: int
    video_bytes: int
    settling: float  # seconds from the bot's word that it is ready until its memory is what it is at rest
    within: float  # seconds; longer is not waited


@dataclass(slots=True, kw_only=True)
class Highest:
    """The highest figures seen; they only rise."""

    pss_kib: int = 0
    rss_kib: int = 0
    disk_bytes: int = 0  # in files that are being worked on


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """What was measured, from before the runs ended until nothing was left to deliver."""

    plan: Plan
    posted: int  # messages with a whole video, as a member sees them
    seconds: float
    before: Usage
    highest: Highest
    cpu_seconds: float

    @property
    def growth_mib(self) -> float:
        return (self.highest.pss_kib - self.before.pss_kib) / 1024


async def deliver(plan: Plan, folder: Path, session: aiohttp.ClientSession) -> Delivered:
    """Let all runs end at one moment, and watch the bot until every video is posted."""
    opening = open_stage(folder, session, requests_per_minute=REQUESTS_PER_MINUTE, video_bytes=plan.video_bytes)
    async with opening as stage:
        file = folder / "reelcast.db"
        url = f"sqlite:///{file}"
        submitted = time.monotonic()
        request_ids = await stage.submit([0.0] * plan.videos)
        places = channels(stage.discord, boosted=True)
        cards = [await stage.card(place) for place in places]
        await save(list(running_jobs(request_ids, standing_ages(plan.videos), places, cards)), file, url)
        await stage.open(url)
        environment = {**stage.environment, "DATABASE_URL": url}
        async with (
            open_eye(url) as eye,
            running("bot", ["run"], is_ready=says_ready, folder=folder, environment=environment) as bot,
        ):
            await asyncio.sleep(plan.settling)
            before = read_usage(bot.pid)
            await stage.let_runs_end(submitted)
            began = time.monotonic()
            highest = await _highest_until_delivered(eye, bot.pid, folder / "work", plan.within)
            seconds, after = time.monotonic() - began, read_usage(bot.pid)
        return Delivered(
            plan=plan,
            posted=await _posted(stage, plan),
            seconds=seconds,
            before=before,
            highest=highest,
            cpu_seconds=after.cpu_seconds - before.cpu_seconds,
        )


async def _highest_until_delivered(eye: Eye, pid: int, work: Path, within: float) -> Highest:
    """Watch a process until no job is left to drive, or the time is over."""
    highest = Highest()
    over_at = time.monotonic() + within
    while time.monotonic() < over_at and any(state in DRIVEN for state in await eye.states()):
        for _ in range(LOOKS):
            usage = read_usage(pid)
            highest.pss_kib = max(highest.pss_kib, usage.pss_kib)
            highest.rss_kib = max(highest.rss_kib, usage.rss_kib)
            highest.disk_bytes = max(highest.disk_bytes, _bytes_in(work))
            await asyncio.sleep(LOOK_EVERY)
    return highest


def _bytes_in(folder: Path) -> int:
    """Add up the files below a folder; what goes while it is looked at, folders too, counts nothing."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += (Path(place) / name).stat().st_size
    return total


async def _posted(stage: Stage, plan: Plan) -> int:
    """Count the messages with a video of full size in the channels."""
    async with Sandbox.connect(stage.discord["control_url"]) as sandbox:
        messages = [
            message
            for place in channels(stage.discord, boosted=True)
            for message in await sandbox.member(MEMBER, guild=BOOSTED, channel=place.channel_id).messages()
        ]
    return sum(any(file.size == plan.video_bytes for file in message.attachments) for message in messages)
