"""What moderators decide about a job: approve it, reject it, take it down, hide it and put it back."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection
from typing_extensions import Unpack

from bot.jobs.clock import Clock
from bot.jobs.decisions import Decided, Decision, Pause, decision_on
from bot.jobs.driving.one_process import Dispatcher, Drivers
from bot.jobs.errors import JobError, StaleJob, WrongState
from bot.jobs.model import Changes, Job, Problem, ProblemCode, ReviewMode
from bot.jobs.ports import Cards, NotTaken, PortError, Standing, ended_by, problem_of
from bot.jobs.states import CANCELLABLE, DRIVEN, IN_FLIGHT, MADE, REVIEWED, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.ledger import Reserve, SpendLimits
from bot.jobs.storage.saving import Enlist
from bot.jobs.tasks import for_each, keep_looking

log = structlog.get_logger(__name__)

WATCH_EVERY: Final = 20.0  # seconds
WATCHED: Final = CANCELLABLE - {State.ACCEPTED}  # what waits unpaid, its card known
AT_ONCE: Final = 50  # jobs for which Discord is asked how their members stand

# Where a no ends a job, by where it is.
_REJECTED_TO: Final = {
    State.HELD: State.REJECTED,
    State.WAITING: State.REJECTED,
    State.REVIEW: State.WITHHELD,
    State.UNDELIVERED: State.WITHHELD,
}
_TAKEN_DOWN_TO: Final = {
    **_REJECTED_TO,
    State.ACCEPTED: State.REJECTED,
    State.PREPARING: State.REJECTED,
    State.DELIVERED: State.TAKEN_DOWN,
}
# Nothing stops the run: it is noted, and the video withheld when it is there.
_NOTED_IN: Final = IN_FLIGHT | {State.COMPLETED}
# The job's driver applies it before the post, or right after one that has left already.
_NOTED_FOR_TAKEDOWN: Final = _NOTED_IN | {State.POSTING}


class ApprovalObjected(JobError):
    """It cannot be approved as things stand: `code` says why."""

    def __init__(self, job_id: int, code: ProblemCode) -> None:
        super().__init__(f"job {job_id} can't be approved: {code}")
        self.code = code


class ApprovalPaused(JobError):
    """It cannot be approved while no new work may begin: `pause` says where."""

    def __init__(self, job_id: int, pause: Pause) -> None:
        super().__init__(f"job {job_id} can't be approved: paused ({pause})")
        self.pause = pause


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """Two moderators at once give one outcome: the second gets `WrongState`, and finds the decision written down."""

    store: JobStore
    dispatcher: Dispatcher
    cards: Cards
    standing: Standing
    clock: Clock
    owe: Enlist  # notes that a job's post has to be brought in line with what is saved in the same transaction
    settle: Callable[[AsyncConnection, int], Awaitable[bool]]  # notes a job's reports as decided; were there any?
    limits: SpendLimits

    async def approve(
        self, job_id: int, by_id: int, *, spoiler: bool, reserve: Reserve | None = None, channel_id: int | None = None
    ) -> Job:
        """Let a job go on that waits for a moderator; its video is posted in `channel_id`, if given.

        Nothing is spent yet on what was asked for on an earlier UTC day: from now on its price counts for this one, if
        there is room, and `reserve` finds room.

        Raises `WrongState`, `ApprovalObjected`, `ApprovalPaused`, `SpendLimitReached`, what `reserve` raises, and as
        `Standing.objection` does.
        """
        while True:
            job = await self._expect(job_id, REVIEWED)
            if channel_id is not None:
                job = job.sent_to(channel_id)
            if (objection := await self.standing.objection(job)) is not None:
                raise ApprovalObjected(job_id, objection)
            # A finished video is no new work: it is paid for.
            if job.state is State.HELD and (pause := await self.standing.pause(job)) is not None:
                raise ApprovalPaused(job_id, pause)
            handling = replace(job.request.handling, spoiler=job.request.handling.spoiler or spoiler)
            changes: Changes = {"approved": True, "handling": handling, "driver": "", "problem": None}
            if job.state is State.HELD:
                approved = job.move(State.PREPARING, self.clock.now(), **changes)
            else:
                changes["post_attempts"] = job.post_attempts + 1
                approved = job.move(State.POSTING, self.clock.now(), **changes)
            kind = Decided.APPROVED_AS_SPOILER if spoiler else Decided.APPROVED
            decision, today = self._decision(job, kind, by_id), approved.state_since.date()
            if job.state is State.HELD and job.spend_day < today:
                saving = self.store.save_on(today, approved, decision, limits=self.limits, reserve=reserve)
            else:
                saving = self.store.save(approved, decision)
            if (saved := await self._saved(job, saving, decision)) is not None:
                await self.dispatcher.dispatch(saved)
                return saved

    async def reject(self, job_id: int, by_id: int, reason: str, *, also: Enlist | None = None) -> Job:
        """Say no to a job that a moderator has to look at, before it is made or after; raises `WrongState`.

        `also` is part of the transaction.
        """
        while True:
            job = await self._expect(job_id, _NOTED_IN | set(_REJECTED_TO))
            if job.approved or job.request.handling.review is ReviewMode.OFF or job.cancel_requested:
                raise WrongState(job_id, job.state)
            decision = self._decision(job, Decided.REJECTED, by_id, reason)
            problem = Problem(code=ProblemCode.NOT_APPROVED)
            # An earlier attempt may have posted it unseen.
            owing = both(self.owe if job.post_attempts else None, also)
            refusing = self._refuse(job, _REJECTED_TO, decision, also=owing, problem=problem, reason=reason)
            if (saved := await refusing) is not None:
                return saved

    async def take_down(self, job_id: int, by_id: int, reason: str, *, also: Enlist | None = None) -> Job:
        """Take back whatever there is of a job that is not over, or was posted; raises `WrongState`.

        What is on its way to the channel is noted, and honored before the post, or right after one that left already.

        That someone has deleted the post meanwhile takes no decision from moderators: theirs is still noted.

        `also` is part of the transaction: who has taken it down finds no form for what was to be done with it.
        """
        while True:
            job = await self._expect_undecided(job_id, _NOTED_FOR_TAKEDOWN | set(_TAKEN_DOWN_TO))
            if job.cancel_requested and job.problem is not None and job.problem.code is ProblemCode.REMOVED:
                raise WrongState(job_id, job.state)  # a moderator has done so already
            decision = self._decision(job, Decided.TAKEN_DOWN, by_id, reason)
            problem = Problem(code=ProblemCode.REMOVED)
            settling = both(self._settle_and_owe, also)
            refusing = self._refuse(job, _TAKEN_DOWN_TO, decision, also=settling, problem=problem, reason=reason)
            if (saved := await refusing) is not None:
                return saved

    async def hide(self, job_id: int, reason: str, *, also: Enlist | None = None) -> Job:
        """Hide a posted video until a moderator decides; raises `WrongState` where there is nothing to hide.

        `also` is part of the transaction.
        """
        while True:
            job = await self._expect(job_id, {State.DELIVERED})
            if job.hidden:
                raise WrongState(job_id, job.state)
            decision, owing = self._decision(job, Decided.HIDDEN, None, reason), both(self.owe, also)
            if (saved := await self._save(job, job.evolve(hidden=True), decision, also=owing)) is not None:
                return saved

    async def put_back(self, job_id: int, by_id: int) -> Decided:
        """Show a hidden video again, or dismiss the reports of one that is not hidden; return which it was.

        The reports are decided on in the same transaction. Raises `WrongState` where no one has left any to decide on.
        """
        while True:
            job = await self._expect_undecided(job_id, {State.DELIVERED})
            kind = Decided.PUT_BACK if job.hidden else Decided.DISMISSED
            decision = self._decision(job, kind, by_id)
            settle = self._settle_and_owe if job.hidden else self._settle_what_is_left
            if await self._save(job, job.evolve(hidden=False), decision, also=settle) is not None:
                return kind

    async def _settle_and_owe(self, connection: AsyncConnection, job: Job) -> bool:
        """Decide on a job's reports as part of a transaction; return whether there were any."""
        settled = await self.settle(connection, job.id)
        await self.owe(connection, job)
        return settled

    async def _settle_what_is_left(self, connection: AsyncConnection, job: Job) -> None:
        if not await self._settle_and_owe(connection, job):
            raise WrongState(job.id, job.state)

    async def _refuse(
        self,
        job: Job,
        ends: dict[State, State],
        decision: Decision,
        *,
        also: Enlist | None = None,
        **changes: Unpack[Changes],
    ) -> Job | None:
        """Save a no: as the end of a job, or as a note on a run that cannot be stopped."""
        if job.state in _NOTED_FOR_TAKEDOWN:
            refused = job.evolve(cancel_requested=True).evolve(**changes)
        elif job.deleted_by_hand:
            refused = job.evolve(**changes)
        else:
            refused = job.evolve(hidden=False).move(ends[job.state], self.clock.now(), **changes)
        saved = await self._save(job, refused, decision, also=also)
        if saved is not None and job.state in DRIVEN - IN_FLIGHT:
            await self.dispatcher.release(job.id)  # who waits, or fetches, for what may take days
            if saved.state in MADE:
                await self.dispatcher.dispatch(saved)
        return saved

    async def end_what_waits(self, guild_id: int | None = None, member_id: int | None = None) -> None:
        """End what waits of a member, or in a server, and may not be posted any more: nothing was paid for it.

        What cannot be told now is asked again before it is paid for.
        """
        mine = [
            job
            for job in await self._waiting()
            if guild_id in {None, job.request.guild_id} and member_id in {None, job.request.member_id}
        ]
        await for_each(mine, self._end_if_objected)

    async def watch(self, drivers: Drivers) -> None:
        """End what waits and may no longer be posted, every few seconds, until cancelled.

        Without a privileged intent Discord does not say which members leave or lose a role. Each process looks at the
        jobs that it drives and at those without a driver, at most `AT_ONCE` at a time.
        """
        await drivers.resumed()
        last = 0

        async def look() -> bool:
            nonlocal last
            waiting = [job for job in await self._waiting() if job.state is State.HELD or drivers.drives(job.id)]
            later = [job for job in waiting if job.id > last] or waiting
            batch = sorted(later, key=lambda job: job.id)[:AT_ONCE]
            await for_each(batch, self._end_if_objected)
            last = batch[-1].id if batch else 0
            return bool(batch)

        await self.clock.sleep(WATCH_EVERY)
        await keep_looking(look, self.store.engine, *WATCHED, every=WATCH_EVERY, clock=self.clock)

    async def _waiting(self) -> Sequence[Job]:
        """Read what waits unpaid, its card known."""
        return await self.store.in_states(WATCHED)

    async def _end_if_objected(self, job: Job) -> None:
        try:
            problem = await self._objection(job)
            if problem is None:
                return
            await self.store.save(job.move(ended_by(problem.code), self.clock.now(), problem=problem))
        except (PortError, StaleJob) as error:
            log.info("not_ended", job=job.id, why=type(error).__name__)
        else:
            await self.dispatcher.release(job.id)

    async def _objection(self, job: Job) -> Problem | None:
        try:
            objection = await self.standing.objection(job)
        except NotTaken as error:  # there is no such channel, or the bot has left the server
            return problem_of(error)
        return None if objection is None else Problem(code=objection)

    async def _save(self, before: Job, after: Job, decision: Decision, *, also: Enlist | None = None) -> Job | None:
        """Save a decision with what it changes; None where someone else has changed the job meanwhile."""
        return await self._saved(before, self.store.save(after, decision, also=also), decision)

    async def _saved(self, before: Job, saving: Awaitable[Job], decision: Decision) -> Job | None:
        try:
            saved = await saving
        except StaleJob:
            return None
        if saved.state is before.state:
            self.cards.changed(saved)  # a move is shown by itself
        log.info("decided", job=saved.id, kind=decision.kind.value, by=decision.by_id)
        return saved

    def _decision(self, job: Job, kind: Decided, by_id: int | None, reason: str = "") -> Decision:
        return decision_on(job, kind, self.clock.now(), by_id=by_id, reason=reason)

    async def _expect_undecided(self, job_id: int, states: frozenset[State] | set[State]) -> Job:
        """Read a job in one of `states`, or one whose video someone has deleted before moderators decided on it."""
        job = await self._expect(job_id, states | {State.TAKEN_DOWN})
        if job.state is State.TAKEN_DOWN and not job.deleted_by_hand:
            raise WrongState(job_id, job.state)
        return job

    async def _expect(self, job_id: int, states: frozenset[State] | set[State]) -> Job:
        job = await self.store.get(job_id)
        if job is None or job.state not in states:
            raise WrongState(job_id, job and job.state)
        return job


def both(first: Enlist | None, second: Enlist | None) -> Enlist:
    """Return what does one after the other as part of a transaction, as far as they are given."""

    async def enlist(connection: AsyncConnection, job: Job) -> None:
        for each in (first, second):
            if each is not None:
                await each(connection, job)

    return enlist
