"""Where jobs are kept: every save is one transaction that also keeps the day's spending right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Final

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.changes import NOTED_BY_CALLER, Remembered, changes_of
from bot.database.locks import Lock, LockTaken, exclusive
from bot.database.tables import jobs, spending
from bot.jobs.decisions import Decision
from bot.jobs.errors import EqualBodyInDoubt, NoFreePlace
from bot.jobs.fairness import Entry, Queue
from bot.jobs.model import NOTHING, OUTPUT_LIFETIME, Job, normal_id
from bot.jobs.run_times import FinishedRun
from bot.jobs.states import DRIVEN, ENDED, FOUND_AGAIN, IN_DOUBT, IN_FLIGHT, State
from bot.jobs.storage import ledger
from bot.jobs.storage.adding import Additions
from bot.jobs.storage.ledger import UNLIMITED, Reserve, SpendLimits
from bot.jobs.storage.rows import from_row
from bot.jobs.storage.saving import Enlist, Moved, Newest, Saving, saving
from bot.jobs.tasks import uncancelled
from bot.segmind.budget import FARTHEST_RESET

RUNS_REMEMBERED: Final = 500  # far more than `run_times` gives any weight to, over all models and durations
LONGEST_REST: Final = timedelta(seconds=FARTHEST_RESET)  # a rest that ends later was set by a clock set back since
TURNS_REMEMBERED: Final = timedelta(hours=1)  # for so long it counts that a server had a turn


class JobStore:
    """Jobs in the database. Each method is one short transaction that a cancellation lets finish."""

    def __init__(self, engine: AsyncEngine, enlist: Enlist | None = None) -> None:
        """`enlist` hears of each job saved that has to be driven and has no driver, and is part of the transaction."""
        self.engine = engine
        self._enlist = enlist
        self._moved: Moved | None = None
        self._newest: Newest = Remembered(engine, jobs.name)
        self._known_of = Remembered[int, int](engine, jobs.name)  # one job of a member's, until jobs are deleted
        # One connection of this process waits for its turn to submit, and one to reserve: the others are for what need
        # not wait.
        self._submitting, self._reserving = asyncio.Lock(), asyncio.Lock()
        self._additions = Additions(engine, self._reserving)

    def tell(self, moved: Moved) -> None:
        """Have `moved` hear of each move from now on, once it is saved."""
        self._moved = moved

    @uncancelled
    async def add(
        self,
        job: Job,
        *,
        daily_limit_usd: Decimal,
        monthly_limit_usd: Decimal | None = None,
        reserve: Reserve | None = None,
    ) -> Job:
        """Save a new job and reserve its price, and what `reserve` finds room for, in the same transaction.

        Raises `SpendLimitReached` when the spending of the day or of the month would pass its limit, and whatever
        `reserve` raises; nothing is saved then.
        """
        limits = SpendLimits(per_day=daily_limit_usd, per_month=monthly_limit_usd)
        saved = replace(job, version=1, ledger_usd=job.reserved_usd)
        try:
            await self._additions.add(saved, limits, reserve)
        finally:  # also where it is unknown whether it was committed
            changes_of(self.engine).note(saved.state)
        return saved

    def saving(self, *, durable: bool = True) -> AbstractAsyncContextManager[Saving]:
        """Open a transaction to save jobs in; one that moves is checked, counted, logged, and shown."""
        engine = self.engine if durable else self.engine.execution_options(durable=False)
        return saving(engine, self._enlist, self._moved, self._newest)

    @uncancelled
    async def save(self, job: Job, *decided: Decision, also: Enlist | None = None) -> Job:
        """Save the next value of a job as `Saving.save` does; nothing is saved where that raises."""
        before = job.moved_from
        again = before is not None and (before.state, job.state) in FOUND_AGAIN
        async with self.saving(durable=not again or bool(decided) or also is not None) as transaction:
            return await transaction.save(job, *decided, also=also)

    @uncancelled
    async def save_on(
        self, day: date, job: Job, *decided: Decision, limits: SpendLimits, reserve: Reserve | None = None
    ) -> Job:
        """Save the next value of a job whose price is reserved again, for another UTC day than the one that had it.

        Raises as `add` and `save` do; nothing is saved then, and the former day keeps the price.
        """
        async with self._reserving, self.saving() as transaction:
            await exclusive(transaction.connection, Lock.RESERVING)
            saved = await transaction.save(replace(job, spend_day=day), *decided)
            await ledger.move(transaction.connection, saved, job.spend_day, limits, reserve)
        return saved

    @uncancelled
    async def save_submitting(
        self, job: Job, *, places: int, limits: SpendLimits = UNLIMITED, reserve: Reserve | None = None
    ) -> Job:
        """Save the intent to submit, if one of `places` at Segmind is free and no equal body is in doubt.

        What is submitted on another UTC day than the one that has its price is paid for on this one: its price moves
        there in the same transaction, as in `save_on`. Raises `NoFreePlace`, also where that is unknown now,
        `EqualBodyInDoubt`, `SpendLimitReached`, `StaleJob` or what `reserve` raises; nothing is saved then.
        """
        former, day = job.spend_day, job.state_since.date()
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._submitting)
            if former != day:
                await stack.enter_async_context(self._reserving)
            try:
                transaction = await stack.enter_async_context(self.saving())
                await exclusive(transaction.connection, Lock.SUBMITTING)
                await _make_sure_that_it_may_go(transaction.connection, job, places)
                if former == day:
                    return await transaction.save(job)
                await exclusive(transaction.connection, Lock.RESERVING)
                saved = await transaction.save(replace(job, spend_day=day))
                await ledger.move(transaction.connection, saved, former, limits, reserve)
            except LockTaken:
                raise NoFreePlace from None
            return saved

    @uncancelled
    async def make_sure_that_it_may_go(self, job: Job, *, places: int) -> None:
        """Tell beforehand what `save_submitting` would refuse: raises `NoFreePlace` or `EqualBodyInDoubt`."""
        async with self.engine.connect() as connection:
            await _make_sure_that_it_may_go(connection, job, places)

    @uncancelled
    async def get(self, job_id: int) -> Job | None:
        async with self.engine.connect() as connection:
            row = (await connection.execute(select(jobs).where(jobs.c.id == job_id))).one_or_none()
        return None if row is None else from_row(row)

    async def latest(self, job_id: int) -> Job | None:
        """Return a job as `get` does, from memory where this process alone saves jobs and has saved it lately."""
        return await self._newest.read(job_id, partial(self.get, job_id), keep=False)

    @uncancelled
    async def take(self, job_id: int, driver: str) -> tuple[Job, str] | None:
        """Make a job `driver`'s own; return it with its former driver, or None where nothing is left to drive."""
        mine = jobs.c.id == job_id
        async with self.engine.begin() as connection:
            query = select(jobs).where(mine, jobs.c.state.in_(list(DRIVEN))).with_for_update()
            row = (await connection.execute(query)).one_or_none()
            if row is None:
                return None
            await connection.execute(update(jobs).where(mine).values(driver=driver, version=row.version + 1))
        job = from_row(row)
        return replace(job, driver=driver, version=job.version + 1), job.driver

    @uncancelled
    async def in_states(self, states: Iterable[State]) -> Sequence[Job]:
        """Read every job in one of `states`, oldest first."""
        query = select(jobs).where(jobs.c.state.in_(list(states))).order_by(jobs.c.created_at, jobs.c.id)
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [from_row(row) for row in rows]

    @uncancelled
    async def queue(self, now: datetime) -> Queue:
        """Read the jobs that wait (ready at `now`, or resting), are at Segmind, and were submitted recently."""
        resting = and_(jobs.c.retry_at > now, jobs.c.retry_at <= now + LONGEST_REST)
        query = (
            select(
                jobs.c.id,
                jobs.c.guild_id,
                jobs.c.member_id,
                jobs.c.state,
                jobs.c.submitted_at,
                func.coalesce(resting, false()).label("resting"),
            )
            .where(
                or_(
                    jobs.c.state == State.WAITING,
                    jobs.c.state.in_(IN_FLIGHT),
                    and_(jobs.c.state != State.WAITING, jobs.c.submitted_at > now - TURNS_REMEMBERED),
                )
            )
            .order_by(jobs.c.created_at, jobs.c.id)
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        entries = {row.id: Entry(job_id=row.id, guild_id=row.guild_id, member_id=row.member_id) for row in rows}
        submitted = [row for row in rows if row.state != State.WAITING and row.submitted_at is not None]
        return Queue(
            waiting=[entries[row.id] for row in rows if row.state == State.WAITING and not row.resting],
            resting={row.id for row in rows if row.state == State.WAITING and row.resting},
            in_flight={row.id for row in rows if row.state in IN_FLIGHT},
            served=[entries[row.id] for row in sorted(submitted, key=lambda row: row.submitted_at)],
        )

    @uncancelled
    async def owes(self) -> bool:
        """Return whether a job waits for its card to be known or to show its last word, or its member for a notice."""
        owing = or_(jobs.c.state == State.ACCEPTED, jobs.c.card_owed > 0, jobs.c.notice_owed > 0)
        async with self.engine.connect() as connection:
            return bool(await connection.scalar(select(exists().where(owing))))

    @uncancelled
    async def cards_owed(self, *, before: datetime, at_most: int) -> Sequence[Job]:
        """Read jobs that came before a moment to a state that no driver leaves, and whose card may not show it yet."""
        query = (
            select(jobs)
            .where(jobs.c.card_owed > 0, jobs.c.state_since < before)
            .order_by(jobs.c.state_since)
            .limit(at_most)
        )
        async with self.engine.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    @uncancelled
    async def card_shown(self, job: Job) -> None:
        """Note that a job's card shows it as it stands, or never will."""
        shown = update(jobs).where(jobs.c.id == job.id, jobs.c.version == job.version).values(card_owed=0)
        shown = shown.execution_options(**{NOTED_BY_CALLER: True})
        # A power cut may undo this: the card is edited once more then.
        async with self.engine.execution_options(durable=False).begin() as connection:
            await connection.execute(shown)

    @uncancelled
    async def notices_owed(self, *, before: datetime, at_most: int) -> Sequence[Job]:
        """Read jobs that came before a moment to where they owe a notice, and whose member may not have been told."""
        owed = select(jobs).where(jobs.c.notice_owed > 0, jobs.c.state_since < before)
        query = owed.order_by(jobs.c.state_since).limit(at_most)
        async with self.engine.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    @uncancelled
    async def owe_notice(self, job: Job) -> None:
        """Note that a job's member has to hear in private where it has come: its card cannot show that."""
        owing = update(jobs).where(jobs.c.id == job.id, jobs.c.state_since == job.state_since).values(notice_owed=1)
        owing = owing.execution_options(**{NOTED_BY_CALLER: True})
        async with self.engine.begin() as connection:
            await connection.execute(owing)
        changes_of(self.engine).note(job.state)

    async def notice_given(self, job: Job) -> None:
        """Note that a job's member was told what became of it this time, or takes no words."""
        given = update(jobs).where(jobs.c.id == job.id, jobs.c.state_since == job.state_since).values(notice_owed=0)
        given = given.execution_options(**{NOTED_BY_CALLER: True})
        # A power cut may undo this: the member is told once more then.
        async with self.engine.execution_options(durable=False).begin() as connection:
            await connection.execute(given)

    @uncancelled
    async def delete_ended(self, *, before: datetime, at_most: int) -> int:
        """Delete jobs that ended before a moment, and undelivered ones whose file is gone by then; return how many."""
        over = or_(
            jobs.c.state.in_(ENDED),
            and_(jobs.c.state == State.UNDELIVERED, jobs.c.completed_at < before - OUTPUT_LIFETIME),
        )
        old = select(jobs.c.id).where(over, jobs.c.state_since < before).limit(at_most)
        async with self.engine.begin() as connection:
            return (await connection.execute(delete(jobs).where(jobs.c.id.in_(old)))).rowcount

    @uncancelled
    async def never_arrived(self, *, since: datetime) -> Sequence[Job]:
        """Read the jobs that failed with no request known, though one was submitted since then.

        Whatever ended them: an answer may have been read as a no that was none.
        """
        query = select(jobs).where(
            jobs.c.state == State.FAILED, jobs.c.request_id.is_(None), jobs.c.submitted_at >= since
        )
        async with self.engine.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    @uncancelled
    async def newest(
        self, member_id: int, guild_id: int, *, states: Iterable[State], at_most: int, skipped: int = 0
    ) -> Sequence[Job]:
        """Read a member's jobs in a server that are in one of `states`, newest first, without the first few."""
        query = (
            select(jobs)
            .where(*_own(member_id, guild_id), jobs.c.state.in_(list(states)))
            .order_by(jobs.c.created_at.desc(), jobs.c.id.desc())
            .limit(at_most)
            .offset(skipped)
        )
        async with self.engine.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    @uncancelled
    async def is_first(self, job: Job) -> bool:
        """Return whether a job is the only one of its member that is on record, over all servers."""
        known = await self._known_of.read(job.request.member_id, partial(self._one_of, job))
        return known == job.id

    async def _one_of(self, job: Job) -> int:
        """Return the id of another job of a job's member, or of this one if there is none."""
        other = select(jobs.c.id).where(jobs.c.member_id == job.request.member_id, jobs.c.id != job.id).limit(1)
        async with self.engine.connect() as connection:
            return await connection.scalar(other) or job.id

    @uncancelled
    async def owned(self, request_ids: Iterable[str]) -> set[str]:
        """Return which of these request ids, however they are written, belong to a job of ours."""
        keys = {each: normal_id(each) for each in request_ids}
        query = select(jobs.c.request_id, jobs.c.history_key).where(
            or_(jobs.c.history_key.in_(set(keys.values())), jobs.c.request_id.in_(list(keys)))
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        known = {row.request_id for row in rows} | {row.history_key for row in rows}
        return {each for each, key in keys.items() if each in known or key in known}

    @uncancelled
    async def unseen(self, body_hashes: Iterable[str], *, since: datetime, until: datetime) -> Sequence[Job]:
        """Read the accepted jobs, submitted in a span, that the history was not seen to know: the oldest first.

        These are those with one of the bodies, and those whose body is deleted.
        """
        query = (
            select(jobs)
            .where(
                jobs.c.submitted_at.between(since, until),
                jobs.c.request_id.is_not(None),
                jobs.c.history_id.is_(None),
                or_(jobs.c.body_hash.in_(list(body_hashes)), jobs.c.forgotten > 0),
            )
            .order_by(jobs.c.submitted_at, jobs.c.id)
        )
        async with self.engine.connect() as connection:
            return [from_row(row) for row in await connection.execute(query)]

    @uncancelled
    async def seen_as(self, job_id: int, history_id: str) -> bool:
        """Note by which id the history knows a job's request; False where another job has that one."""
        try:
            async with self.saving() as transaction:
                query = select(jobs).where(jobs.c.id == job_id).with_for_update()
                row = (await transaction.connection.execute(query)).one_or_none()
                if row is not None and row.history_id is None:
                    await transaction.save(from_row(row).evolve(history_id=history_id))
        except IntegrityError:
            return False
        return True

    @uncancelled
    async def finished_runs(self) -> list[FinishedRun]:
        """Read the newest runs whose time is known, oldest first."""
        query = (
            select(jobs.c.model, jobs.c.duration, jobs.c.run_seconds, jobs.c.queue_seconds)
            .where(jobs.c.run_seconds.is_not(None))
            .order_by(jobs.c.completed_at.desc())
            .limit(RUNS_REMEMBERED)
        )
        async with self.engine.connect() as connection:
            rows = (await connection.execute(query)).all()
        return [
            FinishedRun(model=row.model, duration=row.duration, seconds=row.run_seconds, queued=row.queue_seconds)
            for row in reversed(rows)
        ]

    @uncancelled
    async def spent(self, day: date) -> Decimal:
        """Tell what is reserved and charged on a UTC day, in US dollars."""
        async with self.engine.connect() as connection:
            return await connection.scalar(select(spending.c.usd).where(spending.c.day == day)) or NOTHING


def _own(member_id: int, guild_id: int) -> tuple[ColumnElement[bool], ...]:
    """Find a member's jobs in a server; what is deleted is no one's."""
    return jobs.c.member_id == member_id, jobs.c.guild_id == guild_id, jobs.c.forgotten == 0


async def _make_sure_that_it_may_go(connection: AsyncConnection, job: Job, places: int) -> None:
    taken = select(func.count()).where(jobs.c.state.in_(IN_FLIGHT)).scalar_subquery()
    equal = exists().where(jobs.c.body_hash == job.body_hash, jobs.c.state.in_(IN_DOUBT), jobs.c.id != job.id)
    row = (await connection.execute(select(taken.label("taken"), equal.label("in_doubt")))).one()
    if row.taken >= places:
        raise NoFreePlace
    if row.in_doubt:
        raise EqualBodyInDoubt
