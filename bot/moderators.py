"""What a server's moderators have to do with: their lists, what waits for them, and where they see it."""

from dataclasses import dataclass

import discord
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.delivery.log_channel import LogChannel
from bot.delivery.reviews import ReviewDesk
from bot.delivery.standing import StandingDesk
from bot.jobs.clock import Clock
from bot.jobs.decision_store import DecisionStore
from bot.jobs.store import JobStore
from bot.media.images import ImageDesk
from bot.policy.blocked_images import BlockedImageStore
from bot.policy.blocks import BlockStore
from bot.policy.member_record import RecordReader
from bot.policy.reports import ReportStore
from bot.policy.reviews import ReviewStore
from bot.policy.settings_store import SettingsStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderators:
    blocks: BlockStore
    blocked_images: BlockedImageStore
    decisions: DecisionStore
    reports: ReportStore
    review_store: ReviewStore
    reviews: ReviewDesk
    standing: StandingDesk


def moderators_of(
    client: discord.Client,
    database: AsyncEngine,
    *,
    jobs: JobStore,
    settings: SettingsStore,
    log_channel: LogChannel,
    images: ImageDesk,
    clock: Clock,
) -> Moderators:
    blocks, blocked_images = BlockStore(database, clock), BlockedImageStore(database)
    decisions, review_store = DecisionStore(database), ReviewStore(database)
    return Moderators(
        blocks=blocks,
        blocked_images=blocked_images,
        decisions=decisions,
        reports=ReportStore(database),
        review_store=review_store,
        reviews=ReviewDesk(
            client,
            store=review_store,
            jobs=jobs,
            decisions=decisions,
            record=RecordReader(database),
            settings=settings,
            log_channel=log_channel,
            images=images,
            clock=clock,
        ),
        standing=StandingDesk(client, settings, blocks, blocked_images, log_channel, clock),
    )
