"""The one way to save a job: every move is checked, saved, counted, logged, and shown."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final

import structlog
from sqlalchemy import Boolean, and_, bindparam, case, delete, or_, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.changes import NOTED_BY_CALLER, Remembered, changes_of
from bot.database.tables import breakdowns, jobs
from bot.jobs.decisions import Decision
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.ports import Cards
from bot.jobs.states import DRIVEN, State, check_move
from bot.jobs.storage import ledger
from bot.jobs.storage.records import note, record
from bot.jobs.storage.rows import to_row

log = structlog.get_logger("bot.jobs")

FORGOTTEN: Final = "FORGOTTEN"  # what is noted of the save of a job that its member has deleted, beside its state

Enlist = Callable[[AsyncConnection, Job], Awaitable[object]]
Newest = Remembered[int, Job | None]
Moved = Callable[[Job, Job], object]  # hears of a job before and after a move

# Made once: to build a statement with so many values takes longer than to run it.
_MINE: Final = (
    update(jobs)
    .where(jobs.c.id == bindparam("known_id"), jobs.c.version == bindparam("known_version"))
    .execution_options(**{NOTED_BY_CALLER: True})
)
_CAME_NOW: Final = or_(
    jobs.c.state != bindparam("state_now"),
    and_(bindparam("has_problem", type_=Boolean), jobs.c.problem.is_(None)),
)
_LEFT_PREPARING: Final = (
    delete(breakdowns)
    .where(breakdowns.c.job_id == bindparam("known_id"))
    .execution_options(**{NOTED_BY_CALLER: True})  # no dead process's mark comes of it
)
_OWING: Final = _MINE.values(notice_owed=case((_CAME_NOW, 1), else_=jobs.c.notice_owed))
_OWING_NOTHING: Final = _MINE.values(notice_owed=0)


class Saving:
    """One transaction in which jobs are saved; its moves are told once it is committed."""

    def __init__(self, connection: AsyncConnection, enlist: Enlist | None, newest: Newest | None) -> None:
        self.connection = connection
        self.saved: list[Job] = []
        self.moves: list[tuple[Job, Job]] = []
        self.version = None if newest is None else newest.version
        self._enlist = enlist

    async def save(self, job: Job, *decided: Decision, also: Enlist | None = None) -> Job:
        """Save the next value of a job, settle the day's spending with it, and write down what was `decided`.

        `also` is part of the transaction. Raises what it raises, `IllegalMove`, and `StaleJob` when someone else has
        saved the job since `job.version` was read.
        """
        before = job.moved_from
        if before is not None:
            check_move(before.state, job.state)
        saved = replace(job, version=job.version + 1, ledger_usd=job.committed_usd, moved_from=None)
        await self._update(saved, job.version)
        await ledger.settle(self.connection, saved, saved.ledger_usd - job.ledger_usd)
        await record(self.connection, saved)
        await note(self.connection, *decided)
        if also is not None:
            await also(self.connection, saved)
        if self._enlist is not None and saved.state in DRIVEN and not saved.driver:
            await self._enlist(self.connection, saved)
        if before is not None and before.state is State.PREPARING:
            await self.connection.execute(_LEFT_PREPARING, {"known_id": saved.id})
        self.saved.append(saved)
        if before is not None:
            self.moves.append((before, saved))
        return saved

    async def _update(self, saved: Job, version: int) -> None:
        statement = _OWING if saved.owes_notice else _OWING_NOTHING
        row = {**to_row(saved), "known_id": saved.id, "known_version": version}
        if saved.owes_notice:
            row |= {"state_now": saved.state, "has_problem": saved.problem is not None}
        if (await self.connection.execute(statement, row)).rowcount == 0:
            raise StaleJob(saved.id)


@asynccontextmanager
async def saving(
    engine: AsyncEngine, enlist: Enlist | None, moved: Moved | None, newest: Newest | None = None
) -> AsyncGenerator[Saving]:
    """Open a transaction to save jobs in; where it is committed, `moved` hears of each move.

    `enlist` hears of each job saved that has to be driven and has no driver, and is part of the transaction. `newest`
    remembers what was saved.
    """
    transaction: Saving | None = None
    try:
        async with engine.begin() as connection:
            transaction = Saving(connection, enlist, newest)
            yield transaction
    except BaseException:
        for job in transaction.saved if transaction else ():  # it may have been committed after all
            if newest is not None:
                newest.drop(job.id)
            changes_of(engine).note(*_topics(job))
        raise
    for job in transaction.saved:
        if newest is not None:
            newest.put(job.id, job, transaction.version)
        changes_of(engine).note(*_topics(job))
    if moved is not None:
        for before, after in transaction.moves:
            moved(before, after)


def _topics(job: Job) -> Iterator[str]:
    yield job.state
    if job.forgotten:
        yield FORGOTTEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """Makes a saved move known in this process: to the figures, the log, the queue, and the card."""

    cards: Cards
    queued: Callable[[Job], object]  # takes note that a place in the queue may be free
    counted: Moved

    def __call__(self, before: Job, after: Job) -> None:
        self.counted(before, after)
        _log(before, after)
        self.queued(after)
        # The card of what a member has just had deleted is emptied with their other messages.
        if before.forgotten or not after.forgotten:
            self.cards.changed(after)


def _log(before: Job, after: Job) -> None:
    """Log a move; never with what a member wrote."""
    problem = after.problem
    log.info(
        "job_state",
        job=after.id,
        before=before.state.value,
        state=after.state.value,
        request_id=after.request_id,
        **({} if problem is None else {"problem": problem.code.value, problem.log_field: problem.detail}),
        **({"channel": after.video_channel_id, "attempt": after.post_attempts} if after.state is State.POSTING else {}),
    )
