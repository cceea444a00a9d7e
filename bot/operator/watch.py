"""For the bot operator: what they can stop, see, and decide, and a watch that tells them what they must know."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

import discord
import structlog
from sqlalchemy import exists, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.database.changes import changes_of
from bot.database.locks import take_turn
from bot.database.record_tables import operator_notices, records
from bot.database.tables import jobs, orphans, spending
from bot.gate.stops import OperatorStore
from bot.jobs.clock import Clock
from bot.jobs.driving.control import JobControl
from bot.jobs.driving.one_process import Dispatcher
from bot.jobs.model import Job, ProblemCode
from bot.jobs.pacing.budget import BudgetRow
from bot.jobs.ports import News
from bot.jobs.prices import Prices
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.storage.rows import from_row
from bot.jobs.tasks import Work, keep_looking
from bot.operator.figures import SPENDING, Caps, OperatorFigures, is_past, spending_notices
from bot.operator.model_watch import ModelWatch
from bot.operator.notices import HAPPENED, NoticeKind, OperatorNotices, Operators
from bot.operator.orders import OrderStore, OrderTaker
from bot.operator.stuck_jobs import Doubts
from bot.operator.words import notice_sentence
from bot.segmind.client import SegmindClient
from bot.segmind.errors import InvalidKey, SegmindError

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = timedelta(seconds=30)  # at the database, which costs no request
ASK_EVERY: Final = timedelta(minutes=10)  # at Segmind: a request for the credits
ASK_IN_TROUBLE: Final = timedelta(minutes=1)
FRESH: Final = timedelta(minutes=2)  # a refusal that shows that something is wrong now
LOOKS_BACK: Final = timedelta(days=7)  # for what happened while no one watched; as long it is in view
# What may show in a look once it has changed.
_HAPPENED: Final = (State.FAILED, State.QUEUED, orphans.name, jobs.name)
MOST_AT_ONCE: Final = 4  # notices in a message of 2,000 characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Operating:
    """What `/operator` works with."""

    operators: Operators
    store: OperatorStore
    figures: OperatorFigures
    prices: Prices
    notices: OperatorNotices
    doubts: Doubts
    budget: BudgetRow
    database: AsyncEngine
    watch: "OperatorWatch"
    orders: OrderTaker

    @property
    def work(self) -> Work:
        return {"operator": self.watch.run, "wishes": self.orders.run}

    async def credits(self, *, within: float) -> Decimal | None:
        """Ask Segmind what is left, in US dollars; None where it does not say in so many seconds."""
        try:
            async with asyncio.timeout(within):
                left = await self.watch.segmind.credits()
        except (SegmindError, TimeoutError):
            return None
        return left.paid + left.free


@dataclass(frozen=True, slots=True)
class OperatorNews:
    """Takes what a job has to tell the operator: see `bot.jobs.ports.TellOperator`."""

    notices: OperatorNotices
    clock: Clock

    async def __call__(self, news: News, *, about: str, detail: str) -> None:
        kind = NoticeKind(news.value)
        if await self.notices.note(kind, self.clock.now(), about=about, detail=detail):
            log.error("operator_notice", kind=kind.value, detail=detail)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorWatch:
    """Tells each trouble once, not for each job, and again only after it ended; of several processes one looks."""

    client: discord.Client
    database: AsyncEngine
    operators: Operators
    notices: OperatorNotices
    segmind: SegmindClient
    model_watch: ModelWatch
    prices: Prices
    credits_low_usd: Decimal
    figures: OperatorFigures
    caps: Caps
    clock: Clock
    seen: dict[str, int | None] = field(
        default_factory=dict[str, int | None], init=False
    )  # as of when each part was done last
    failed_until: dict[str, float] = field(default_factory=dict[str, float], init=False)

    async def run(self) -> None:
        """Watch until cancelled."""
        every, longest = LOOK_EVERY.total_seconds(), ASK_EVERY.total_seconds()
        await self.clock.sleep(every)
        topics = (*_HAPPENED, spending.name, State.COMPLETED, operator_notices.name)
        await keep_looking(self._look_in_turn, self.database, *topics, every=every, longest=longest, clock=self.clock)

    async def _look_in_turn(self) -> bool:
        """Look where it is this process's turn; return whether there is more to do soon."""
        if self.client.user is None:
            return True
        if not await take_turn(self.database, "operator_looked", self.clock.now(), every=LOOK_EVERY):
            return True
        refused = await self.look()
        return refused or bool(await self.notices.untold())

    async def answered_elsewhere(self) -> None:
        """Take note that another process with the bot's token answered a member; told with the next look."""
        try:
            await self._note(NoticeKind.ANOTHER_BOT, self.clock.now())
        except SQLAlchemyError as error:
            log.warning("operator_notice_not_saved", kind=NoticeKind.ANOTHER_BOT.value, error=type(error).__name__)

    async def try_key(self) -> None:
        """Ask Segmind for the credits, so that `/readyz` knows of a wrong key before the first request of a member."""
        with suppress(SegmindError):
            await self.segmind.credits()

    async def look(self) -> bool:
        """Look once at what happened, ask Segmind if it is time to, and tell what is new.

        Return whether Segmind refuses runs now.
        """
        now = self.clock.now()
        refused = await self._failed(now - FRESH, ProblemCode.SERVICE) if self._may_be_refused() else ()
        every = ASK_IN_TROUBLE if refused else ASK_EVERY
        if await take_turn(self.database, "operator_asked", now, every=every):
            self.seen.clear()  # what changes with time alone is checked again, too
            await self._ask(now)
        await self._if_changed(self._note_what_happened, now, *_HAPPENED)
        await self._if_changed(self._note_spending, now, spending.name)
        await self._if_changed(self._note_prices, now, State.COMPLETED, jobs.name)
        await self.model_watch.look(
            lambda kind, about, detail: self._note(kind, now, about=about, detail=detail), refused=bool(refused)
        )
        await self._note_refusal(refused, now)
        await self._tell(now)
        return bool(refused)

    def _may_be_refused(self) -> bool:
        """Return whether a job has failed just now, as far as is known."""
        version, moment = changes_of(self.database).heard(*_HAPPENED), self.clock.monotonic()
        if version is None or self.seen.get("failed") != version:
            self.failed_until["at"] = moment + FRESH.total_seconds()
        self.seen["failed"] = version
        return moment <= self.failed_until["at"]

    async def _if_changed(self, work: Callable[[datetime], Awaitable[None]], now: datetime, *topics: str) -> None:
        """Do one part of a look, unless nothing that it reads has changed since it was done last."""
        version = changes_of(self.database).heard(*topics)
        if version is None or self.seen.get(work.__name__) != version:
            await work(now)
            self.seen[work.__name__] = version

    async def _note_what_happened(self, now: datetime) -> None:
        since = now - LOOKS_BACK
        charges = select(orphans.c.request_id).where(orphans.c.noted_at > since)
        async with self.database.connect() as connection:
            ids = [str(row.request_id) for row in await connection.execute(charges)]
        found = {(NoticeKind.CHARGE, each): each for each in ids}
        for job in await self._failed(since, ProblemCode.UNSETTLED):
            found[NoticeKind.UNSETTLED, str(job.id)] = str(job.id)
        for job in await self._failed(since, ProblemCode.BROKEN):  # once for all, however many a member sends
            found[NoticeKind.BROKEN, ""] = f"{job.id} ({job.problem.detail if job.problem else ''})"
        for job in await self._failed(since, ProblemCode.INPUTS):
            model = job.request.model
            found.setdefault((NoticeKind.INPUTS, model), f"{model} ({job.problem.detail if job.problem else ''})")
        for (kind, about), detail in found.items():
            await self._note(kind, now, about=about, detail=detail)
        for notice in await self.notices.current(NoticeKind.ANOTHER_BOT):
            if notice.at <= since:
                await self.notices.over(notice.kind)
        for notice in await self.notices.current(*HAPPENED):
            # What is found still would be told again.
            if notice.at <= since and (notice.kind, notice.about) not in found:
                await self.notices.over(notice.kind, about=notice.about)

    async def _note_spending(self, now: datetime) -> None:
        """Note where the bot's own caps are near or reached."""
        today = now.date()
        known = await self.notices.current(*SPENDING)
        for notice in known:
            if is_past(notice, today):
                await self.notices.over(notice.kind, about=notice.about)
        prices, caps = await self.prices.all(), self.caps
        if any(price.costs for price in prices):
            caps = replace(caps, cheapest_usd=min(price.usd for price in prices))
        for new in spending_notices(await self.figures.spent(today), caps, today, known):
            await self._note(new.kind, now, about=new.about, detail=new.detail)

    async def _failed(self, since: datetime, code: ProblemCode) -> Sequence[Job]:
        """Read the jobs that failed since then for a reason, the newest first."""
        query = (
            select(jobs)
            .join(records, records.c.job_id == jobs.c.id)  # where the code can be asked for, of jobs that may be many
            .where(jobs.c.state == State.FAILED, jobs.c.state_since > since, records.c.problem == code)
            .order_by(jobs.c.state_since.desc())
        )
        async with self.database.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    async def _ask(self, now: datetime) -> None:
        """Ask Segmind for key and credits; what cannot be asked now stays as it was."""
        try:
            left = await self.segmind.credits()
        except InvalidKey:
            await self._note(NoticeKind.KEY, now)
            return
        except SegmindError as error:
            log.info("credits_not_read", error=type(error).__name__)
            return
        await self.notices.over(NoticeKind.KEY)
        usd = left.paid + left.free
        if usd < self.credits_low_usd:
            await self._note(NoticeKind.CREDITS, now, detail=f"{usd:.2f}")
        else:
            await self.notices.over(NoticeKind.CREDITS)

    async def _note_prices(self, now: datetime) -> None:
        """Note where Segmind charges notably something else than is configured."""
        for price in await self.prices.all():
            about = f"{price.model}:{price.duration}"
            if price.differs:
                detail = f"{price.model}, {price.duration} s: ${price.usd:.2f} instead of ${price.configured:.2f}"
                await self._note(NoticeKind.PRICE, now, about=about, detail=detail)
            else:
                await self.notices.over(NoticeKind.PRICE, about=about)

    async def _note_refusal(self, refused: Sequence[Job], now: datetime) -> None:
        """Tell of the newest refusal that nothing else explains, until a run is accepted again."""
        if refused:
            # Credits that run low explain none: they are not gone yet.
            gone = {notice.about for notice in await self.notices.current(NoticeKind.MODEL)}
            unexplained = [job.problem for job in refused if job.request.model not in gone]
            if unexplained and unexplained[0] is not None and not await self.notices.current(NoticeKind.KEY):
                await self._note(NoticeKind.SERVICE, now, detail=unexplained[0].detail)
            return
        for notice in await self.notices.current(NoticeKind.SERVICE):
            accepted = exists().where(jobs.c.request_id.is_not(None), jobs.c.submitted_at > notice.at)
            async with self.database.connect() as connection:
                if await connection.scalar(select(accepted)):
                    await self.notices.over(NoticeKind.SERVICE)

    async def _note(self, kind: NoticeKind, now: datetime, *, about: str = "", detail: str = "") -> None:
        if await self.notices.note(kind, now, about=about, detail=detail):
            log.error("operator_notice", kind=kind.value, words=detail)

    async def _tell(self, now: datetime) -> None:
        notices = (await self.notices.untold())[:MOST_AT_ONCE]
        if not notices:
            return
        if await self.operators.tell("\n".join(notice_sentence(each) for each in notices)):
            await self.notices.told(notices, now)


def operating_of(
    client: discord.Client,
    database: AsyncEngine,
    budget: BudgetRow,
    settings: Settings,
    engine: Engine,
    drivers: Dispatcher,
    control: JobControl,
) -> Operating:
    clock = engine.clock
    operators, notices = Operators(client, clock.monotonic), OperatorNotices(database)
    figures, prices = OperatorFigures(database), Prices(database, settings.offer)
    return Operating(
        operators=operators,
        store=OperatorStore(database),
        figures=figures,
        prices=prices,
        notices=notices,
        doubts=Doubts(engine, drivers),
        budget=budget,
        database=database,
        watch=OperatorWatch(
            client=client,
            database=database,
            operators=operators,
            notices=notices,
            segmind=engine.segmind,
            model_watch=ModelWatch(engine.segmind, settings.offer.models, notices, clock),
            prices=prices,
            credits_low_usd=settings.operator_credits_low_usd,
            figures=figures,
            caps=Caps(
                per_day_usd=settings.spend_limit_usd_per_day,
                per_month_usd=settings.spend_limit_usd_per_month,
                cheapest_usd=min(settings.offer.prices_usd.values()),
            ),
            clock=clock,
        ),
        orders=OrderTaker(OrderStore(database), engine=engine, control=control, dispatcher=drivers),
    )
