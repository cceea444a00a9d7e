"""Everything the bot works with, opened together and closed in reverse."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

import discord
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.automod.book import RuleBook
from bot.automod.discord_rules import AutomodSource
from bot.cast.lasting import LastingImages
from bot.cast.pictures import CharacterPictures
from bot.cast.store import CastStore
from bot.catalogue.models import CHARACTER_RULES
from bot.catalogue.offer import Offer
from bot.config import Settings
from bot.database.reading import open_reader
from bot.database.watch import open_watched
from bot.delivery.cards import CardEditor
from bot.delivery.notices import PrivateNotices
from bot.delivery.posts import MessageRemover, PostSender
from bot.discord_api.channel_pace import ChannelTurns
from bot.gate.gate import Gate, GateFactsReader
from bot.gate.spend_warnings import WarningStore
from bot.gate.text_rules import ServerTexts
from bot.gate.usage import UsageStore, keep_usage_thin
from bot.jobs.clock import Clock, SystemClock
from bot.jobs.driving.control import JobControl
from bot.jobs.driving.intake import Intake
from bot.jobs.driving.one_process import Drivers, InProcessDispatcher
from bot.jobs.history.earlier_requests import EarlierRequests
from bot.jobs.history.reading import SharedHistory
from bot.jobs.pacing.planner import Planner, places_for
from bot.jobs.pacing.queue import FairQueue
from bot.jobs.prices import Prices
from bot.jobs.run_times import RunTimes
from bot.jobs.steps.engine import Engine, EngineLimits
from bot.jobs.steps.giving_up import Breakdowns
from bot.jobs.steps.reviewing import keep_reviewing
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import SpendLimits
from bot.jobs.storage.saving import Announcer
from bot.jobs.tasks import supervised
from bot.jobs.upkeep.cleanup import keep_folders_clear, keep_thin
from bot.jobs.upkeep.reconciler import OrphanStore, Reconciler
from bot.media.fetch import Fetcher, open_fetch_session
from bot.media.images.checker import ImageChecker
from bot.media.videos.checker import VideoChecker
from bot.media.videos.fitting import VideoFitter
from bot.members.done_notice import DoneNotices
from bot.members.emptying import MessageEmptier
from bot.members.forgetting import Forgetting
from bot.members.help_words import CommandMentions
from bot.members.preferences import PreferenceStore
from bot.moderation.decide import Moderation
from bot.moderation.moderators import Moderators, find_room, keep_moderation_thin, moderators_of
from bot.moderation.report_store import owe_in, owe_known_in, settle_in
from bot.observing.metrics import Gauges, Metrics
from bot.observing.status import Outside, Readiness, SegmindState
from bot.operator.notices import OperatorNotices
from bot.operator.orders import OrderStore, OrderTaker
from bot.operator.watch import Operating, OperatorNews, operating_of
from bot.records.log_channel import LogChannel, RecordKeeping, keep_records
from bot.requests.consent import ConsentStore
from bot.requests.waiting import PausedStore
from bot.segmind.client import SegmindClient
from bot.segmind_account import TIMEOUTS, budget_row, open_segmind_session, segmind_client
from bot.settings.store import SettingsStore
from bot.ui.attempts import RecentPresses
from bot.ui.language import read_catalogues

if TYPE_CHECKING:
    from bot.jobs.driving.work_queue import WorkQueue

CARDS_GRACE: Final = 1.5  # seconds for the last edits when the bot stops
LEAST_CARDS_GRACE: Final = 0.3  # the same where a request in flight took the time: a restart shows the card anew
DRIVERS_AND_CARDS: Final = 8.0  # seconds that both may take together, of the ten that a stop may last
MAX_VIDEO_BYTES: Final = 512 * 1024 * 1024  # a safeguard; a 10 s video in 1080p has some 30 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What cogs and commands call."""

    settings: Settings
    clock: Clock
    outside: Outside
    offer: Offer
    store: JobStore
    intake: Intake
    dispatcher: Drivers
    control: JobControl
    cards: CardEditor
    removal: MessageRemover
    presses: RecentPresses
    segmind: SegmindClient
    consents: ConsentStore
    paused: PausedStore
    preferences: PreferenceStore
    forgetting: Forgetting
    commands: CommandMentions
    cast: CastStore
    pictures: CharacterPictures
    guild_settings: SettingsStore
    gate: Gate
    usage: UsageStore
    prices: Prices
    warnings: WarningStore
    log_channel: LogChannel
    records: RecordKeeping
    operating: Operating
    moderators: Moderators
    moderation: Moderation
    notices: PrivateNotices
    automod: RuleBook


@asynccontextmanager
async def open_services(
    settings: Settings,
    client: discord.Client,
    *,
    clock: Clock | None = None,
    metrics: Metrics | None = None,
    troubles: Mapping[str, Callable[[], str]] | None = None,
) -> AsyncGenerator[Services]:
    """Open database, HTTP sessions and the job engine, delivering through `client`.

    `metrics` are those that `client` tells of Discord's answers, if it does; `troubles` say, by part, what is wrong
    with what only the caller knows.

    Drivers start with `dispatcher.resume()`, once `client` is logged in. On leaving, drivers stop first, then the last
    edits of cards go out, then everything closes.
    """
    clock = clock or SystemClock()
    metrics = metrics or Metrics()
    segmind_state = SegmindState()
    await asyncio.to_thread(read_catalogues)
    offer = settings.offer
    async with (
        aclosing(ImageChecker()) as images,
        open_watched(settings.database_url, clock.monotonic) as (database, watch),
        open_reader(database) as reader,
        _open_rows(settings, database) as rows,
        open_segmind_session() as segmind_session,
        open_fetch_session(settings.attachment_hosts) as attachment_session,
        open_fetch_session(settings.segmind_output_hosts) as output_session,
    ):
        budget = budget_row(settings, database)
        planner = Planner(budget, clock)

        def heard(operation: str, status: int | None, seconds: float) -> None:
            metrics.segmind_answered(operation, status, seconds)
            segmind_state.answered(operation, status, seconds)

        segmind = segmind_client(settings, segmind_session, planner, heard=heard)
        store = JobStore(database, enlist=rows and rows.enlist)
        cast = CastStore(database)
        work_folder = settings.data_dir / "work"
        run_times = RunTimes(await store.finished_runs(), offer=offer)
        turns = None if rows is None else ChannelTurns(database, clock)
        notices = PrivateNotices(client, offer, store.notice_given, turns and turns.post, owed=store.owe_notice)
        cards = CardEditor(
            client,
            offer,
            clock,
            run_times=run_times,
            shown=store.card_shown,
            newest=store.get,
            turn=turns and turns.edit,
            unshown=notices.owe,
        )
        places = places_for(settings.segmind_max_in_flight, settings.segmind_requests_per_minute, offer.shortest_run)
        attachments, outputs = (
            Fetcher(attachment_session, settings.attachment_hosts),
            Fetcher(output_session, settings.segmind_output_hosts),
        )
        queue = FairQueue(store, places, clock, cards.moved_up)
        guild_settings, preferences = SettingsStore(database), PreferenceStore(database)
        log_channel = LogChannel(client, guild_settings, turns)
        moderators = moderators_of(
            client,
            database,
            jobs=store,
            settings=guild_settings,
            log_channel=log_channel,
            attachments=attachments,
            outputs=outputs,
            folder=settings.data_dir,
            offer=offer,
            clock=clock,
            turns=turns,
        )
        store.tell(Announcer(cards=cards, queued=queue.note, counted=metrics.moved))
        engine = Engine(
            store=store,
            segmind=segmind,
            budget=planner,
            queue=queue,
            cards=cards,
            posts=PostSender(client, VideoFitter(), turns and turns.post),
            notices=notices,
            reviews=moderators.reviews,
            standing=moderators.standing,
            elements=LastingImages(cast, segmind, clock, images, work_folder),
            owe=owe_in,
            history=SharedHistory(store, segmind, clock),
            earlier=EarlierRequests(store, segmind, clock),
            references=attachments,
            outputs=outputs,
            images=images,
            videos=VideoChecker(),
            clock=clock,
            breakdowns=Breakdowns(database),
            folder=work_folder,
            limits=EngineLimits(
                max_in_flight=places,
                max_video_bytes=MAX_VIDEO_BYTES,
                submit_timeout=timedelta(seconds=TIMEOUTS.submit),
                spend=spend_limits(settings),
            ),
            caps=partial(find_room, guild_settings),
            tell_operator=OperatorNews(OperatorNotices(database), clock),
            offer=offer,
            run_times=run_times,
            tell_done=DoneNotices(client, preferences).tell,
        )
        dispatcher = _drivers(engine, rows)
        reconciler = Reconciler(engine, dispatcher, OrphanStore(database))
        intake = Intake(
            store=store,
            dispatcher=dispatcher,
            cards=cards,
            clock=clock,
            daily_limit_usd=settings.spend_limit_usd_per_day,
            monthly_limit_usd=settings.spend_limit_usd_per_month,
            log_prompts=settings.log_prompts,
        )
        usage, warnings, paused = UsageStore(database), WarningStore(database), PausedStore(database)
        records = keep_records(client, database, guild_settings, log_channel, clock)
        operating = operating_of(client, database, settings=settings, engine=engine, drivers=dispatcher, budget=budget)
        automod = RuleBook(AutomodSource(client), clock.monotonic)
        control = JobControl(
            store=store,
            dispatcher=dispatcher,
            cards=cards,
            clock=clock,
            look=moderators.reviews.look_again,
            owe=owe_known_in,
        )
        forgetting = Forgetting(
            database, MessageEmptier(client), store, dispatcher=dispatcher, cards=cards, clock=clock
        )
        moderation = Moderation(
            store=store,
            dispatcher=dispatcher,
            cards=cards,
            standing=moderators.standing,
            clock=clock,
            owe=owe_in,
            settle=settle_in,
            limits=spend_limits(settings),
        )
        work = {
            "planner": planner.run,
            "queue": queue.run,
            "dispatcher": dispatcher.run,
            "reconciler": reconciler.run,
            "cases": partial(moderators.cases.run, dispatcher.resumed),
            "waiting": partial(moderation.watch, dispatcher),
            "reviews": partial(keep_reviewing, engine, dispatcher.resumed),
            "wishes": OrderTaker(OrderStore(database), engine=engine, control=control, dispatcher=dispatcher).run,
            **({} if turns is None else {"channel-turns": turns.run}),
            "folders": partial(keep_folders_clear, work_folder, dispatcher, clock),
            "forgetting": forgetting.run,
            "emptying": partial(forgetting.emptying.run, dispatcher.resumed),
            "thinning": partial(keep_thin, store, clock, timedelta(days=settings.keep_jobs_days)),
            **records.work,
            "operator": operating.watch.run,
            "moderation-thinning": partial(keep_moderation_thin, database, clock),
            "usage-thinning": partial(keep_usage_thin, [usage, warnings, paused], clock),
        }
        background = [asyncio.create_task(supervised(name, run, clock), name=name) for name, run in work.items()]
        try:
            yield Services(
                settings=settings,
                clock=clock,
                outside=Outside(
                    metrics=metrics,
                    gauges=Gauges(
                        metrics,
                        database=database,
                        budget=budget,
                        driving=lambda: dispatcher.driving,
                        latency=lambda: client.latency,
                        clock=clock,
                    ),
                    readiness=Readiness(
                        connected=partial(is_connected, client),
                        database=database,
                        segmind=segmind_state,
                        troubles={
                            "database": lambda: watch.trouble,
                            "machine": lambda: engine.machine.trouble,
                            **(troubles or {}),
                        },
                    ),
                    background=background,
                ),
                offer=offer,
                store=store,
                intake=intake,
                dispatcher=dispatcher,
                control=control,
                cards=cards,
                removal=MessageRemover(client),
                presses=RecentPresses(clock.monotonic),
                segmind=segmind,
                consents=ConsentStore(database),
                paused=paused,
                preferences=preferences,
                forgetting=forgetting,
                commands=CommandMentions(client),
                cast=cast,
                pictures=CharacterPictures(attachments, images, work_folder, CHARACTER_RULES),
                guild_settings=guild_settings,
                gate=Gate(GateFactsReader(reader), clock, ServerTexts(automod)),
                automod=automod,
                usage=usage,
                prices=operating.prices,
                warnings=warnings,
                log_channel=log_channel,
                records=records,
                operating=operating,
                moderators=moderators,
                notices=notices,
                moderation=moderation,
            )
        finally:
            began = clock.monotonic()
            await dispatcher.stop()
            left = DRIVERS_AND_CARDS - (clock.monotonic() - began)
            await cards.close(min(CARDS_GRACE, max(LEAST_CARDS_GRACE, left)))
            for task in background:
                task.cancel()
            await asyncio.gather(*background, return_exceptions=True)


@asynccontextmanager
async def _open_rows(settings: Settings, database: AsyncEngine) -> AsyncGenerator[WorkQueue | None]:
    """Open the queue that hands jobs out to processes; None where one process drives all."""
    if settings.database_file is not None:
        yield None
        return
    from bot.jobs.driving.work_queue import open_work_queue  # noqa: PLC0415 - SQLite does without the library

    async with open_work_queue(settings.database_url, database) as rows:
        yield rows


def _drivers(engine: Engine, rows: WorkQueue | None) -> Drivers:
    if rows is None:
        return InProcessDispatcher(engine)
    from bot.jobs.driving.many_processes import QueuedDispatcher  # noqa: PLC0415 - as above

    return QueuedDispatcher(engine, rows)


def spend_limits(settings: Settings) -> SpendLimits:
    """Give what the whole bot may spend."""
    return SpendLimits(per_day=settings.spend_limit_usd_per_day, per_month=settings.spend_limit_usd_per_month)


def is_connected(client: discord.Client) -> bool:
    """Tell whether each shard of this process has its gateway; a client for REST alone needs but its login."""
    if isinstance(client, discord.AutoShardedClient):
        return client.is_ready() and not any(shard.is_closed() for shard in client.shards.values())
    return client.user is not None
