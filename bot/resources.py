"""What a process opens before its rooms: the database, the work queue, Segmind, and the ways to fetch files."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import discord
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.database.changes import changes_of
from bot.database.engine import listen, open_watched
from bot.database.reading import Reader, open_reader
from bot.discord_api.channel_pace import ChannelTurns
from bot.discord_api.door import is_connected
from bot.jobs.clock import AnswersFirst, Clock
from bot.jobs.driving.one_process import open_rows
from bot.jobs.kept_files import Files
from bot.jobs.storage.jobs import JobStore
from bot.jobs.tasks import Work
from bot.media.fetch import open_fetcher
from bot.media.images.checker import ImageChecker
from bot.observing.health import Outside, Readiness, SegmindState
from bot.observing.metrics import Gauges, Metrics
from bot.segmind_account import SegmindAccount, open_account

if TYPE_CHECKING:
    from bot.jobs.driving.work_queue import WorkQueue

Troubles = Mapping[str, Callable[[], str]]  # what is wrong, by part; empty while nothing is


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What rooms are opened from."""

    settings: Settings
    client: discord.Client
    clock: Clock
    metrics: Metrics
    database: AsyncEngine
    reader: Reader
    rows: WorkQueue | None  # hands jobs out to processes; None where one process drives all
    turns: ChannelTurns | None  # the pace of channels, where several processes speak in them
    account: SegmindAccount
    segmind_state: SegmindState
    files: Files
    store: JobStore
    troubles: Troubles
    answers_first: AnswersFirst

    @property
    def work(self) -> Work:
        """Background work: hearing of what other programs have written."""
        if self.rows is not None:
            return {"changes": partial(listen, self.database)}
        return {"changes": partial(changes_of(self.database).run, self.clock.sleep)}

    def outside(
        self, *, driving: Callable[[], int], machine: Callable[[], str], background: Iterable[asyncio.Task[None]]
    ) -> Outside:
        """Return the process as seen from outside; `machine` says what this machine lacks."""
        client = self.client
        return Outside(
            metrics=self.metrics,
            gauges=Gauges(
                self.metrics,
                database=self.database,
                budget=self.account.budget,
                driving=driving,
                latency=lambda: client.latency,
            ),
            readiness=Readiness(
                connected=partial(is_connected, client),
                database=self.database,
                segmind=self.segmind_state,
                troubles={"machine": machine, **self.troubles},
            ),
            background=background,
        )


@asynccontextmanager
async def open_resources(
    settings: Settings,
    client: discord.Client,
    *,
    clock: Clock,
    metrics: Metrics,
    troubles: Troubles,
    answers_first: AnswersFirst,
) -> AsyncGenerator[Resources]:
    segmind_state = SegmindState()

    def heard(operation: str, status: int | None, seconds: float) -> None:
        metrics.segmind_answered(operation, status, seconds)
        segmind_state.answered(operation, status, seconds)

    async with (
        aclosing(ImageChecker()) as images,
        open_watched(settings.database_url, clock.monotonic) as (database, watch),
        open_reader(database) as reader,
        open_rows(settings.database_url, database) as rows,
        open_account(settings, database, clock, heard=heard, answers_first=answers_first) as account,
        # A repeated request may have its images in Segmind's storage alone.
        open_fetcher(settings.attachment_hosts | settings.segmind_output_hosts) as attachments,
        open_fetcher(settings.segmind_output_hosts) as outputs,
    ):
        yield Resources(
            settings=settings,
            client=client,
            clock=clock,
            metrics=metrics,
            database=database,
            reader=reader,
            rows=rows,
            turns=None if rows is None else ChannelTurns(database, clock),
            account=account,
            segmind_state=segmind_state,
            files=Files(attachments=attachments, outputs=outputs, images=images, data_dir=settings.data_dir),
            store=JobStore(database, enlist=rows and rows.enlist),
            troubles={"database": lambda: watch.trouble, **troubles},
            answers_first=answers_first,
        )
