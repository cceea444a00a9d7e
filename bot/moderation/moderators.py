"""The stores and messages that moderators work with, opened together, and the thinning of what they keep."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import discord
import structlog
from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.catalogue.offer import Offer
from bot.database.tables import blocks, breakdowns, cases, jobs, reports, reviews
from bot.discord_api.channel_pace import PacedChannels
from bot.gate.limits import caps_of
from bot.gate.stops import OperatorStore
from bot.gate.usage import LimitReached, Rebooking
from bot.jobs.clock import Clock, steady_now
from bot.jobs.driving.one_process import Drivers
from bot.jobs.errors import SpendLimitReached, WrongState
from bot.jobs.kept_files import Files
from bot.jobs.model import Job
from bot.jobs.ports import Cards
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import Reserve, SpendLimits
from bot.jobs.storage.records import DecisionStore
from bot.jobs.tasks import Work
from bot.moderation.blocks import BlockedImageStore, BlockStore
from bot.moderation.decide import Moderation
from bot.moderation.hidden_videos import HiddenVideos
from bot.moderation.history import RecordReader
from bot.moderation.member_standing import MemberStanding
from bot.moderation.report_messages import ReportMessages
from bot.moderation.review_card import reports_counted
from bot.moderation.review_messages import ReviewMessages
from bot.moderation.store import ReportStore, ReviewStore, owe_in, settle_in, undecided_in
from bot.records.log_channel import LogChannel
from bot.settings.store import SettingsStore
from bot.ui.language import speaking

log = structlog.get_logger(__name__)

EVERY: Final = 3_600.0  # seconds between two rounds of thinning


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderators:
    blocks: BlockStore
    blocked_images: BlockedImageStore
    decisions: DecisionStore
    record: RecordReader
    reports: ReportStore
    review_store: ReviewStore
    reviews: ReviewMessages
    standing: MemberStanding
    cases: ReportMessages

    async def look_again(self, guild_id: int) -> None:
        """Check all that waits for a server's moderators at once: where they read it may have changed."""
        await self.reviews.look_again(guild_id)
        await self.cases.look_again(guild_id)


def moderators_of(
    client: discord.Client,
    database: AsyncEngine,
    *,
    jobs: JobStore,
    settings: SettingsStore,
    log_channel: LogChannel,
    files: Files,
    offer: Offer,
    clock: Clock,
    turns: PacedChannels | None = None,
) -> Moderators:
    """`turns` are those of all processes, if there are several."""
    blocks, blocked_images = BlockStore(database, clock), BlockedImageStore(database)
    decisions, review_store = DecisionStore(database), ReviewStore(database)
    record, reports = RecordReader(database), ReportStore(database)
    return Moderators(
        blocks=blocks,
        blocked_images=blocked_images,
        decisions=decisions,
        record=record,
        reports=reports,
        review_store=review_store,
        reviews=ReviewMessages(
            client,
            store=review_store,
            jobs=jobs,
            decisions=decisions,
            record=record,
            settings=settings,
            log_channel=log_channel,
            offer=offer,
            clock=clock,
            turns=turns,
        ),
        standing=MemberStanding(client, settings, blocks, OperatorStore(database), blocked_images, log_channel, clock),
        cases=ReportMessages(
            client,
            store=reports,
            jobs=jobs,
            decisions=decisions,
            record=record,
            settings=settings,
            videos=HiddenVideos(client, files),
            offer=offer,
            clock=clock,
            turns=turns,
        ),
    )


def moderation_of(
    moderators: Moderators, store: JobStore, cards: Cards, drivers: Drivers, clock: Clock, limits: SpendLimits
) -> Moderation:
    """Return what moderators decide with, once the engine is there to carry it out."""
    return Moderation(
        store=store,
        dispatcher=drivers,
        cards=cards,
        standing=moderators.standing,
        clock=clock,
        owe=owe_in,
        settle=settle_in,
        limits=limits,
    )


def moderators_work(
    moderators: Moderators, moderation: Moderation, settings: SettingsStore, drivers: Drivers, database: AsyncEngine
) -> Work:
    hiding = partial(hide_if_due, moderators, moderation, settings)
    return {
        "cases": partial(moderators.cases.run, drivers.resumed, hiding),
        "waiting": partial(moderation.watch, drivers),
        "moderation-thinning": partial(keep_moderation_thin, database, moderation.clock),
    }


async def hide_if_due(moderators: Moderators, moderation: Moderation, settings: SettingsStore, job_id: int) -> None:
    """Hide a posted video that is not hidden yet, if its undecided reports are as many as its server hides one for.

    A process may have died after it saved the report that made them so many, so each look at a case begins with this.
    """
    job = await moderation.store.get(job_id)
    if job is None or job.state is not State.DELIVERED or job.hidden:
        return
    threshold = (await settings.get(job.request.guild_id)).report_threshold
    _newest, count = await moderators.reports.open(job_id)
    if not threshold or count < threshold:
        return

    async def make_sure(connection: AsyncConnection, hidden: Job) -> None:
        if await undecided_in(connection, job_id) < threshold:  # a moderator has just dismissed them
            raise WrongState(job_id, hidden.state)

    with speaking(job.request.guild_locale):  # the record is the server's, not the reporter's
        why = reports_counted(count)
    with suppress(WrongState):  # hidden before, or decided meanwhile
        await moderation.hide(job_id, why, also=make_sure)


async def find_room(settings: SettingsStore, job: Job) -> Reserve:
    """Return what finds room under the caps of a job's server as they are now; it raises `SpendLimitReached`."""
    rebooking = Rebooking(terms=caps_of(await settings.get(job.request.guild_id)))

    async def reserve(connection: AsyncConnection, saved: Job) -> None:
        try:
            await rebooking(connection, saved)
        except LimitReached:
            raise SpendLimitReached from None

    return reserve


async def thin_moderation(engine: AsyncEngine, now: datetime) -> int:
    """Delete what belongs to jobs that are on record no more, and blocks that have ended; return how many rows."""
    deleted = 0
    for table in (reviews, reports, cases, breakdowns):
        gone = table.c.job_id.not_in(select(jobs.c.id))
        async with engine.begin() as connection:
            deleted += (await connection.execute(delete(table).where(gone))).rowcount
    async with engine.begin() as connection:
        deleted += (await connection.execute(delete(blocks).where(blocks.c.until <= now))).rowcount
    if deleted:
        log.info("moderation_thinned", count=deleted)
    return deleted


async def keep_moderation_thin(engine: AsyncEngine, clock: Clock) -> None:
    """Thin now and then, until cancelled."""
    while True:
        await thin_moderation(engine, await steady_now(clock))
        await clock.sleep(EVERY)
