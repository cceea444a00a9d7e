"""What people do to a job that exists: take it back, have its video sent again, or have it removed."""

import contextlib
from collections.abc import Awaitable, Callable

import structlog

from bot.jobs.clock import Clock
from bot.jobs.decisions import Decided, decision_on
from bot.jobs.driving.one_process import Dispatcher
from bot.jobs.errors import StaleJob, WrongState
from bot.jobs.model import Handling, Job, ReviewMode
from bot.jobs.ports import Cards
from bot.jobs.states import CANCELLABLE, IN_FLIGHT, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.saving import Enlist

log = structlog.get_logger(__name__)


class JobControl:
    """Two people at once give one outcome: the second is told the state that the first one made."""

    def __init__(
        self,
        *,
        store: JobStore,
        dispatcher: Dispatcher,
        cards: Cards,
        clock: Clock,
        look: Callable[[int], Awaitable[None]],
        owe: Enlist,
    ) -> None:
        """`look` checks all that waits for a server's moderators without waiting for the next sweep.

        `owe` notes, in the transaction of a deletion, that the posts have to go whatever becomes of this process, and
        that moderators who were told of the video are to be shown it.
        """
        self._store = store
        self._dispatcher = dispatcher
        self._cards = cards
        self._clock = clock
        self._look = look
        self._owe = owe

    async def cancel(self, job_id: int) -> Job:
        """Take a request back: at no cost where it has not gone to Segmind, else its video is paid for and withheld.

        Raises `WrongState` if the video is made, the request has ended, or the cancellation is already saved.
        """
        while True:
            job = await self._expect(job_id, CANCELLABLE | IN_FLIGHT)
            if job.state in IN_FLIGHT and job.cancel_requested:
                raise WrongState(job_id, State.CANCELLED)
            try:
                if job.state in IN_FLIGHT:
                    return await self._withhold(job)
                cancelled = await self._store.save(job.move(State.CANCELLED, self._clock.now()))
            except StaleJob:
                continue
            await self._dispatcher.release(job_id)
            return cancelled

    async def _withhold(self, job: Job) -> Job:
        """Note the cancellation of a run that can't be stopped; its driver continues until the cost is settled."""
        noted = await self._store.save(job.evolve(cancel_requested=True))
        log.info("cancel_requested", job=job.id, state=job.state.value)
        self._cards.changed(noted)
        return noted

    async def take_down(self, job_id: int, by_id: int) -> Job:
        """Note that a posted video is to be there no more, and who wants that; raises `WrongState` if it is not posted.

        One that is taken down already is returned as it is: its messages may still have to go.
        """
        while True:
            job = await self._expect(job_id, frozenset({State.DELIVERED, State.TAKEN_DOWN}))
            if job.state is State.TAKEN_DOWN:
                return job
            with contextlib.suppress(StaleJob):
                now = self._clock.now()
                deleted = decision_on(job, Decided.DELETED, now, by_id=by_id)
                gone = job.evolve(hidden=False).move(State.TAKEN_DOWN, now)
                return await self._store.save(gone, deleted, also=self._owe)

    async def send_again(self, job_id: int, channel_id: int, rules: Handling | None = None) -> Job:
        """Post an undelivered video once more, in any channel; raises `WrongState` where it is not undelivered.

        `rules` are those under which it comes there. What no moderator has approved is held to them as well as to those
        that it was asked for under, and comes before moderators first where either wants that.
        """
        while True:
            job = await self._expect(job_id, frozenset({State.UNDELIVERED}))
            if rules is not None and not job.approved:
                job = job.evolve(handling=job.request.handling.held_to(rules))
            sent = job.sent_to(channel_id)
            try:
                if job.awaits_review(ReviewMode.BEFORE_POSTING):
                    waiting = sent.move(State.REVIEW, self._clock.now(), problem=None)
                    saved = await self._store.save(waiting)
                    await self._look(saved.request.guild_id)
                    return saved
                posting = await self._store.save(
                    sent.move(
                        State.POSTING,
                        self._clock.now(),
                        post_attempts=job.post_attempts + 1,
                        driver="",  # its driver has brought it to its end
                    )
                )
            except StaleJob:
                continue
            await self._dispatcher.dispatch(posting)
            return posting

    async def _expect(self, job_id: int, states: frozenset[State]) -> Job:
        job = await self._store.get(job_id)
        if job is None or job.forgotten or job.state not in states:
            raise WrongState(job_id, job and job.state)
        return job
