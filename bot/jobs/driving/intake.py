"""The way in: a request becomes a saved job, and a job with a card on the screen gets a driver."""

import contextlib
import secrets
from decimal import Decimal
from typing import Final, Protocol

import structlog

from bot.jobs.clock import Clock
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job, VideoRequest
from bot.jobs.ports import Cards
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import Reserve

log = structlog.get_logger(__name__)

MOST_MARKS: Final = 999_999_999  # of nine digits, as custom ids have them


class Dispatches(Protocol):
    async def dispatch(self, job: Job) -> None: ...


class Intake:
    def __init__(
        self,
        *,
        store: JobStore,
        dispatcher: Dispatches,
        cards: Cards,
        clock: Clock,
        daily_limit_usd: Decimal,
        monthly_limit_usd: Decimal | None = None,
        log_prompts: bool = False,
    ) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._cards = cards
        self._clock = clock
        self._daily_limit_usd = daily_limit_usd
        self._monthly_limit_usd = monthly_limit_usd
        self._log_prompts = log_prompts

    async def accept(
        self, job_id: int, request: VideoRequest, *, price_usd: Decimal, reserve: Reserve | None = None
    ) -> Job:
        """Save a request as a job and reserve its price, and what `reserve` finds room for.

        Raises `SpendLimitReached` when the bot's spending has no room, and whatever `reserve` raises; nothing is saved
        then.
        """
        now = self._clock.now()
        job = Job(
            id=job_id,
            request=request,
            state=State.ACCEPTED,
            state_since=now,
            created_at=now,
            spend_day=now.date(),
            reserved_usd=price_usd,
            card_mark=secrets.randbelow(MOST_MARKS) + 1,
        )
        saved = await self._store.add(
            job, daily_limit_usd=self._daily_limit_usd, monthly_limit_usd=self._monthly_limit_usd, reserve=reserve
        )
        log.info(
            "job_accepted",
            job=job.id,
            guild=request.guild_id,
            channel=request.channel_id,
            price=str(price_usd),
            **({"prompt": request.prompt} if self._log_prompts else {}),
        )
        return saved

    async def card_sent(self, job: Job, message_id: int) -> None:
        """Continue a job whose card is in the channel; a card that came too late shows what became of its job."""
        shown = job.evolve(card_message_id=message_id)
        try:
            preparing = await self._store.save(shown.move(State.PREPARING, self._clock.now()))
        except StaleJob:
            log.warning("card_too_late", job=job.id)
            await self._tell_late_card(shown)
        else:
            await self._dispatcher.dispatch(preparing)

    async def _tell_late_card(self, job: Job) -> None:
        """Have a card that came late show what became of its job: dropped, found meanwhile, or deleted."""
        with contextlib.suppress(StaleJob):  # another process that saves it knows its card
            newest = await self._store.get(job.id)
            if newest is not None and newest.card_message_id is None:
                newest = await self._store.save(newest.evolve(card_message_id=job.card_message_id))
            self._cards.changed(newest or job.bare())

    async def card_failed(self, job: Job, **why: object) -> None:
        """Drop a job whose card surely is not there; its reservation is released. The log says `why`."""
        log.warning("card_failed", job=job.id, **why)
        with contextlib.suppress(StaleJob):  # dropped already, for want of a card
            await self._store.save(job.move(State.EXPIRED, self._clock.now()))
