"""What people do to a job that exists: take it back, or have its video sent again."""

import structlog

from bot.jobs.clock import Clock
from bot.jobs.dispatch import Dispatcher
from bot.jobs.errors import StaleJob, WrongState
from bot.jobs.model import Job
from bot.jobs.ports import Cards
from bot.jobs.states import CANCELLABLE, State
from bot.jobs.store import JobStore

log = structlog.get_logger(__name__)


class JobControl:
    """Two people at once give one outcome: the second is told the state that the first one made."""

    def __init__(self, *, store: JobStore, dispatcher: Dispatcher, cards: Cards, clock: Clock) -> None:
        self._store = store
        self._dispatcher = dispatcher
        self._cards = cards
        self._clock = clock

    async def cancel(self, job_id: int) -> Job:
        """Take a request back that has not gone to Segmind; raises `WrongState` where it has, or is over."""
        while True:
            job = await self._expect(job_id, CANCELLABLE)
            try:
                cancelled = await self._store.save(job.move(State.CANCELLED, self._clock.now()))
            except StaleJob:
                continue
            log.info("job_cancelled", job=job_id, before=job.state.value)
            await self._dispatcher.release(job_id)
            self._cards.changed(cancelled)
            return cancelled

    async def send_again(self, job_id: int, channel_id: int) -> Job:
        """Post an undelivered video once more, in any channel; raises `WrongState` where it is not undelivered."""
        while True:
            job = await self._expect(job_id, frozenset({State.UNDELIVERED}))
            try:
                posting = await self._store.save(
                    job.move(
                        State.POSTING,
                        self._clock.now(),
                        post_attempts=job.post_attempts + 1,
                        post_channel_id=channel_id,
                    )
                )
            except StaleJob:
                continue
            log.info("send_again", job=job_id, channel=channel_id, attempt=posting.post_attempts)
            await self._dispatcher.dispatch(posting)
            return posting

    async def _expect(self, job_id: int, states: frozenset[State]) -> Job:
        job = await self._store.get(job_id)
        if job is None or job.state not in states:
            raise WrongState(job_id, job and job.state)
        return job
