"""A member's requests are deleted at their wish. What Segmind is paid for is still settled."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.statements import erase_remains
from bot.database.tables import cases, decisions, jobs, reports, reviews
from bot.jobs.clock import Clock, steady_now
from bot.jobs.decisions import Decided
from bot.jobs.driving.one_process import Dispatcher
from bot.jobs.model import Job
from bot.jobs.ports import Cards
from bot.jobs.states import CANCELLABLE, ENDED, IN_FLIGHT, State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.records import forget_contents
from bot.jobs.storage.rows import from_row
from bot.jobs.tasks import uncancelled
from bot.jobs.upkeep.reconciler import LOOKS_BACK
from bot.members.emptying import OVER, Empties, Emptying, MessageKind, note_message

log = structlog.get_logger(__name__)

# So long after its submit a request is looked for in the history, or would look like a charge without an owner.
SETTLED_AFTER: Final = LOOKS_BACK + timedelta(hours=1)
TIDY_EVERY: Final = 600.0  # seconds
AT_ONCE: Final = 500  # rows in one statement
# Where what is not over goes at once; what is in progress at Segmind, or on its way to the channel, goes on.
_ENDS_AS: Final = {
    **dict.fromkeys(CANCELLABLE, State.CANCELLED),
    State.COMPLETED: State.WITHHELD,
    State.REVIEW: State.WITHHELD,
    State.UNDELIVERED: State.WITHHELD,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """What was deleted."""

    requests: int
    running: int  # of these, at Segmind, and still charged


class Forgetting:
    """Deletes in one transaction: the driver of a deleted job learns of it at its next save, and stops."""

    def __init__(
        self,
        engine: AsyncEngine,
        messages: Empties,
        store: JobStore,
        *,
        dispatcher: Dispatcher,
        cards: Cards,
        clock: Clock,
    ) -> None:
        """`messages` empties the messages that show something of what is deleted."""
        self.emptying = Emptying(engine, messages, clock)
        self._engine = engine
        self._store = store
        self._dispatcher = dispatcher
        self._cards = cards
        self._clock = clock

    @uncancelled
    async def forget(self, member_id: int, *, remove_messages: bool) -> Forgotten:
        """Delete all requests of a member, in every server, and note which messages show something of them.

        These are emptied, or removed where `remove_messages` says so; a video that is not removed stays as it is.
        """
        now = self._clock.now()
        async with self._store.saving() as saving:
            connection = saving.connection
            mine = select(jobs).where(jobs.c.member_id == member_id, jobs.c.forgotten == 0)
            in_turn = mine.order_by(jobs.c.id).with_for_update()  # so that of two presses one waits for the other
            found = [from_row(row) for row in await connection.execute(in_turn)]
            await _note_messages(connection, found, now, remove=remove_messages)
            unsettled = sorted((job for job in found if not _is_settled(job, now)), key=lambda job: job.spend_day)
            bare = [await saving.save(_bare(job, now, remove=remove_messages)) for job in unsettled]
            gone = [job.id for job in found if _is_settled(job, now)]
            gone += [job.id for job in bare if _is_settled(job, now)]
            await _delete(connection, gone)
            await _delete_words(connection, member_id, [job.id for job in found])
            await forget_contents(connection, member_id)
        for job in found:
            if job.state in _ENDS_AS:
                await self._dispatcher.release(job.id)
        running = [job for job in bare if job.state in IN_FLIGHT]
        for job in running:
            self._cards.changed(job)
        log.info("member_forgotten", requests=len(found), running=len(running))
        return Forgotten(requests=len(found), running=len(running))

    async def erase(self) -> None:
        """Remove what was deleted from the database's files."""
        await erase_remains(self._engine)

    @uncancelled
    async def tidy(self, now: datetime) -> int:
        """Delete what has been settled since; return how many rows."""
        settled_by = now - SETTLED_AFTER
        unowned = or_(jobs.c.submitted_at.is_(None), jobs.c.submitted_at < settled_by)
        # Posts that no channel shows by then are no longer looked for.
        unsought = or_(jobs.c.post_attempts == 0, jobs.c.state_since < settled_by)
        async with self._engine.begin() as connection:
            # Of what is gone already the messages are noted; what was posted since is to be looked after, too.
            mine = and_(jobs.c.forgotten > 0, jobs.c.state.in_(list(OVER)))
            posted = select(jobs).where(mine, jobs.c.post_message_id.is_not(None)).with_for_update()
            late = [from_row(row) for row in await connection.execute(posted)]
            for job in late:
                await _note_messages(connection, [job], now, remove=job.remove_posts)
                left = {"post_message_id": None, "post_attempts": job.post_attempts if job.has_unknown_posts else 0}
                changed = update(jobs).where(jobs.c.id == job.id).values(**left, version=jobs.c.version + 1)
                await connection.execute(changed)
            return (await connection.execute(delete(jobs).where(mine, unowned, unsought))).rowcount

    async def run(self) -> None:
        """Delete settled jobs now and then, until cancelled."""
        while True:
            if deleted := await self.tidy(await steady_now(self._clock)):
                log.info("settled_jobs_deleted", count=deleted)
            await self._clock.sleep(TIDY_EVERY)


def _bare(job: Job, now: datetime, *, remove: bool) -> Job:
    """End what can be ended, and keep what has to be settled of the rest: charges, and posts to look for."""
    ended = job.move(_ENDS_AS[job.state], now) if job.state in _ENDS_AS else job
    bare = replace(ended.bare(), remove_posts=remove)
    if bare.state not in OVER:
        return bare
    bare = bare.evolve(retry_at=None)
    return bare.evolve(post_message_id=None, post_attempts=bare.post_attempts if bare.has_unknown_posts else 0)


def _is_settled(job: Job, now: datetime) -> bool:
    if job.state not in ENDED or job.has_unknown_posts:
        return False
    return job.submitted_at is None or job.submitted_at < now - SETTLED_AFTER


async def _note_messages(connection: AsyncConnection, found: Sequence[Job], now: datetime, *, remove: bool) -> None:
    by_id = {job.id: job for job in found}
    for job in found:
        for message_id, channel_id, deed in _messages_of(job, remove=remove):
            await note_message(connection, job, message_id, channel_id, deed, now)
    for ids in _batches(list(by_id)):
        shown = select(reviews.c.job_id, reviews.c.channel_id, reviews.c.request_message_id, reviews.c.video_message_id)
        for row in await connection.execute(shown.where(reviews.c.job_id.in_(ids))):
            for message_id in (row.request_message_id, row.video_message_id):
                await note_message(
                    connection, by_id[row.job_id], message_id, row.channel_id, MessageKind.MODERATORS, now
                )
        told = select(cases.c.job_id, cases.c.channel_id, cases.c.message_id)
        for row in await connection.execute(told.where(cases.c.job_id.in_(ids))):
            await note_message(
                connection, by_id[row.job_id], row.message_id, row.channel_id, MessageKind.MODERATORS, now
            )


def _messages_of(job: Job, *, remove: bool) -> Iterator[tuple[int | None, int, MessageKind]]:
    under_way = job.state in IN_FLIGHT or job.state is State.POSTING
    yield (
        job.card_message_id,
        job.request.channel_id,
        MessageKind.REMOVE if remove and not under_way else MessageKind.CARD,
    )
    yield job.post_message_id, job.video_channel_id, MessageKind.REMOVE if remove else MessageKind.POST


async def _delete(connection: AsyncConnection, job_ids: Sequence[int]) -> None:
    for ids in _batches(job_ids):
        await connection.execute(delete(jobs).where(jobs.c.id.in_(ids)))


async def _delete_words(connection: AsyncConnection, member_id: int, job_ids: Sequence[int]) -> None:
    """Delete where moderators see the jobs, and what the member wrote about other people's; the record stays."""
    for ids in _batches(job_ids):
        await connection.execute(delete(reviews).where(reviews.c.job_id.in_(ids)))
        await connection.execute(delete(cases).where(cases.c.job_id.in_(ids)))
    await connection.execute(update(reports).where(reports.c.member_id == member_id).values(reason=""))
    reported = (decisions.c.by_id == member_id, decisions.c.kind == Decided.REPORTED)
    await connection.execute(update(decisions).where(*reported).values(reason="", reason_key=""))


def _batches(job_ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (job_ids[start : start + AT_ONCE] for start in range(0, len(job_ids), AT_ONCE))
