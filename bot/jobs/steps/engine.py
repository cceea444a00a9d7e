"""What every step of a job works with."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from typing_extensions import Unpack

from bot.catalogue.offer import Offer
from bot.jobs.clock import AnswersFirst, Clock, Overdue, at_once
from bot.jobs.decisions import Decision
from bot.jobs.errors import Machine, StaleJob
from bot.jobs.history.earlier_requests import EarlierRequests
from bot.jobs.history.reading import SharedHistory
from bot.jobs.kept_files import KeptFiles
from bot.jobs.model import Changes, Job
from bot.jobs.pacing.one_request import OneRequest
from bot.jobs.pacing.queue import FairQueue
from bot.jobs.ports import Cards, Elements, Notices, Posts, Reviews, Standing, TellOperator
from bot.jobs.run_times import RunTimes
from bot.jobs.states import MADE, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import UNLIMITED, Reserve, SpendLimits
from bot.jobs.storage.saving import Enlist
from bot.media.fetch import Fetcher
from bot.media.images.checker import ImageChecker
from bot.media.videos.checker import VideoChecker
from bot.segmind.budget import Budget
from bot.segmind.client import SegmindClient

if TYPE_CHECKING:
    from bot.jobs.steps.giving_up import Breakdowns

MAX_VIDEO_BYTES: Final = 512 * 1024 * 1024  # a safeguard; a 10 s video in 1080p has some 30 MB
DELIVERIES_AT_ONCE: Final = 8  # videos on this machine's disk; few enough to be posted in time in one channel


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineLimits:
    """Figures that the operator sets, or that we do."""

    max_in_flight: int
    submit_timeout: timedelta  # the longest that a POST can take, its timeouts added up
    spend: SpendLimits = UNLIMITED  # by the whole bot
    max_video_bytes: int = MAX_VIDEO_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """The services that a driver's steps share."""

    store: JobStore
    segmind: SegmindClient
    budget: Budget
    queue: FairQueue
    cards: Cards
    posts: Posts
    notices: Notices
    reviews: Reviews
    standing: Standing
    elements: Elements
    owe: Enlist  # notes that a job's post has to be brought in line with what is saved in the same transaction
    references: Fetcher
    outputs: Fetcher
    images: ImageChecker
    videos: VideoChecker
    clock: Clock
    breakdowns: "Breakdowns"
    history: SharedHistory
    earlier: EarlierRequests
    folder: Path  # files that jobs work on; safe to lose
    limits: EngineLimits
    offer: Offer = field(default_factory=Offer)
    run_times: RunTimes = field(default_factory=RunTimes)
    last_queued: dict[int, float] = field(default_factory=dict[int, float])  # by job, monotonic; a restart forgets it
    overdue: Overdue = field(default_factory=Overdue)
    machine: Machine = field(default_factory=Machine)
    one_request: OneRequest | None = None  # None: status and result are always asked for apart
    caps: Callable[[Job], Awaitable[Reserve]] | None = None  # finds room under the caps of a job's server
    tell_operator: TellOperator | None = None
    tell_done: Callable[[Job], Awaitable[None]] | None = None  # hears of each video that this process knows posted
    answers_first: AnswersFirst = at_once  # is waited for before each step
    deliveries: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DELIVERIES_AT_ONCE))

    async def move(self, job: Job, state: State, *decided: Decision, **changes: Unpack[Changes]) -> Job:
        """Save a job in its next state, with what was `decided`.

        What happened outside is true whatever a member has asked for meanwhile: where only that has changed, the move
        is made on the newest value. Raises `StaleJob` when another driver has taken the job over or moved it, and where
        a finished video is not wanted any more.
        """
        before = job
        while True:
            try:
                return await self.store.save(job.move(state, self.clock.now(), **changes), *decided)
            except StaleJob:
                newest = await self.store.get(job.id)
                if newest is None or (newest.state, newest.driver) != (before.state, before.driver):
                    raise
                if newest.cancel_requested and newest.state in MADE:
                    raise
                job = newest

    async def make_sure_of(self, job: Job) -> None:
        """Raise `StaleJob` where someone else has saved a job since it was read."""
        newest = await self.store.latest(job.id)
        if newest is None or newest.version != job.version:
            raise StaleJob(job.id)

    @property
    def kept(self) -> KeptFiles:
        """Return the files kept for moderators."""
        return KeptFiles(self.folder.with_name("kept"))

    async def clear_folder_of(self, job_id: int) -> None:
        """Remove what was fetched for a job; a video that is sent again is fetched again."""
        await asyncio.to_thread(shutil.rmtree, self.folder / str(job_id), ignore_errors=True)

    def folder_of(self, job: Job) -> Path:
        folder = self.folder / str(job.id)
        folder.mkdir(parents=True, exist_ok=True)
        return folder
