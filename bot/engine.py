"""The job engine, connected with the rooms that show jobs to people, and all that keeps jobs going."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Final

from bot.delivery.delivery import Delivery
from bot.jobs.clock import Clock
from bot.jobs.driving.control import JobControl
from bot.jobs.driving.intake import Intake
from bot.jobs.driving.one_process import Drivers, drivers_of
from bot.jobs.history.earlier_requests import EarlierRequests
from bot.jobs.history.reading import SharedHistory
from bot.jobs.model import Job
from bot.jobs.pacing.one_request import OneRequest
from bot.jobs.pacing.planner import places_for
from bot.jobs.pacing.queue import FairQueue
from bot.jobs.ports import Elements
from bot.jobs.steps.engine import Engine, EngineLimits
from bot.jobs.steps.giving_up import Breakdowns
from bot.jobs.steps.reviewing import keep_reviewing
from bot.jobs.storage.ledger import Reserve, SpendLimits
from bot.jobs.storage.saving import Announcer
from bot.jobs.tasks import Work
from bot.jobs.upkeep.cleanup import keep_folders_clear, keep_thin
from bot.jobs.upkeep.reconciler import OrphanStore, Reconciler
from bot.media.videos.checker import VideoChecker
from bot.moderation.moderators import Moderators
from bot.moderation.store import owe_in
from bot.operator.notices import OperatorNotices
from bot.operator.watch import OperatorNews
from bot.resources import Resources
from bot.segmind_account import TIMEOUTS

CARDS_GRACE: Final = 1.5  # seconds for the last edits when the bot stops
LEAST_CARDS_GRACE: Final = 0.3  # the same where a request in flight took the time: a restart shows the card again
DRIVERS_AND_CARDS: Final = 8.0  # seconds that both may take together, of the ten that a stop may last


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Intake, control, and the dispatcher; `work` is the background work."""

    engine: Engine
    dispatcher: Drivers
    intake: Intake
    control: JobControl
    work: Work


def jobs_of(
    opened: Resources,
    delivery: Delivery,
    moderators: Moderators,
    *,
    elements: Elements,
    caps: Callable[[Job], Awaitable[Reserve]],
    tell_done: Callable[[Job], Awaitable[None]],
) -> Jobs:
    """Build the engine and what works with it; nothing is driven before `dispatcher.resume`."""
    settings, clock, store, cards = opened.settings, opened.clock, opened.store, delivery.cards
    segmind, planner, files = opened.account.client, opened.account.planner, opened.files
    limits = EngineLimits(
        max_in_flight=places_for(
            settings.segmind_max_in_flight, settings.segmind_requests_per_minute, settings.offer.shortest_run
        ),
        submit_timeout=timedelta(seconds=TIMEOUTS.submit),
        spend=SpendLimits(per_day=settings.spend_limit_usd_per_day, per_month=settings.spend_limit_usd_per_month),
    )
    queue = FairQueue(store, limits.max_in_flight, clock, cards.moved_up)
    store.tell(Announcer(cards=cards, queued=queue.note, counted=opened.metrics.moved))
    engine = Engine(
        store=store,
        segmind=segmind,
        budget=planner,
        queue=queue,
        cards=cards,
        posts=delivery.posts,
        notices=delivery.notices,
        reviews=moderators.reviews,
        standing=moderators.standing,
        elements=elements,
        owe=owe_in,
        history=SharedHistory(store, segmind, clock),
        earlier=EarlierRequests(store, segmind, clock),
        references=files.attachments,
        outputs=files.outputs,
        images=files.images,
        videos=VideoChecker(),
        clock=clock,
        breakdowns=Breakdowns(opened.database),
        folder=files.work,
        limits=limits,
        one_request=OneRequest(opened.database),
        caps=caps,
        tell_operator=OperatorNews(OperatorNotices(opened.database), clock),
        offer=settings.offer,
        run_times=delivery.run_times,
        tell_done=tell_done,
        answers_first=opened.answers_first,
    )
    dispatcher = drivers_of(engine, opened.rows)
    intake = Intake(
        store=store,
        dispatcher=dispatcher,
        cards=cards,
        clock=clock,
        daily_limit_usd=limits.spend.per_day,
        monthly_limit_usd=limits.spend.per_month,
        log_prompts=settings.log_prompts,
    )
    look = moderators.reviews.look_again
    control = JobControl(store=store, dispatcher=dispatcher, cards=cards, clock=clock, look=look, owe=owe_in)
    work: Work = {
        "planner": planner.run,
        "queue": queue.run,
        "dispatcher": dispatcher.run,
        "reconciler": Reconciler(engine, dispatcher, OrphanStore(opened.database)).run,
        "reviews": partial(keep_reviewing, engine, dispatcher.resumed),
        "folders": partial(keep_folders_clear, files.work, dispatcher, clock),
        "thinning": partial(keep_thin, store, clock, timedelta(days=settings.keep_jobs_days)),
    }
    return Jobs(engine=engine, dispatcher=dispatcher, intake=intake, control=control, work=work)


@asynccontextmanager
async def stopped_first(jobs: Jobs, delivery: Delivery, clock: Clock) -> AsyncGenerator[None]:
    """On exit, stop the drivers, then give the last edits of cards the remaining time."""
    try:
        yield
    finally:
        began = clock.monotonic()
        await jobs.dispatcher.stop()
        left = DRIVERS_AND_CARDS - (clock.monotonic() - began)
        await delivery.cards.close(min(CARDS_GRACE, max(LEAST_CARDS_GRACE, left)))
