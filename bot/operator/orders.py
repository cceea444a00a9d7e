"""Orders for a job given on the command line: left in the database, carried out by the running bot."""

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import wishes
from bot.jobs.driving.control import JobControl
from bot.jobs.driving.one_process import Dispatcher
from bot.jobs.errors import StaleJob, WrongState
from bot.jobs.model import Job, ProblemCode
from bot.jobs.states import DRIVEN, State
from bot.jobs.steps.engine import Engine
from bot.jobs.tasks import keep_looking, uncancelled

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 2.0  # seconds between two looks for orders


class OrderStore:
    """One wish for a job at a time: that its work be taken up again."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    @uncancelled
    async def leave(self, job_id: int, now: datetime) -> None:
        """Leave a wish; one for the same job that was answered, or not yet, gives way to it."""
        async with self.engine.begin() as connection:
            await connection.execute(delete(wishes).where(wishes.c.job_id == job_id))
            await connection.execute(wishes.insert().values(job_id=job_id, asked_at=now))

    @uncancelled
    async def take(self, now: datetime) -> int | None:
        """Take the oldest wish that no one has taken; return its job, or None where there is none."""
        oldest = select(wishes.c.job_id).where(wishes.c.taken_at.is_(None)).order_by(wishes.c.asked_at).limit(1)
        async with self.engine.connect() as connection:
            job_id = (await connection.execute(oldest)).scalar_one_or_none()
        if job_id is None:
            return None
        async with self.engine.begin() as connection:
            mine = update(wishes).where(wishes.c.job_id == job_id, wishes.c.taken_at.is_(None)).values(taken_at=now)
            return job_id if (await connection.execute(mine)).rowcount else None

    @uncancelled
    async def answer(self, job_id: int, words: str) -> None:
        """Save the answer to an order."""
        async with self.engine.begin() as connection:
            await connection.execute(update(wishes).where(wishes.c.job_id == job_id).values(answer=words))

    @uncancelled
    async def answered(self, job_id: int) -> str | None:
        """Return the answer to an order, or None until there is one."""
        query = select(wishes.c.answer).where(wishes.c.job_id == job_id)
        async with self.engine.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()


class OrderTaker:
    def __init__(self, wishes: OrderStore, *, engine: Engine, control: JobControl, dispatcher: Dispatcher) -> None:
        self._wishes = wishes
        self._engine = engine
        self._control = control
        self._dispatcher = dispatcher

    async def run(self) -> None:
        """Obey until cancelled."""
        database, clock = self._wishes.engine, self._engine.clock
        await keep_looking(self._obey_all, database, wishes.name, every=LOOK_EVERY, clock=clock)

    async def _obey_all(self) -> None:
        while (job_id := await self._wishes.take(self._engine.clock.now())) is not None:
            words = await self._obey(job_id)
            log.info("wish_obeyed", job=job_id, answer=words)
            await self._wishes.answer(job_id, words)

    async def _obey(self, job_id: int) -> str:
        job = await self._engine.store.get(job_id)
        if job is None:
            return "This job doesn't exist."
        try:
            match what_helps(job, self._engine.clock.now()):
                case State.POSTING:
                    sent = await self._control.send_again(job.id, job.video_channel_id)
                    if sent.state is State.REVIEW:
                        return "The video waits for review. It's posted once a moderator approves it."
                    return f"The video is being posted again, attempt {sent.post_attempts}."
                case State.QUEUED:
                    await self._dispatcher.dispatch(await self._engine.move(job, State.QUEUED, problem=None, driver=""))
                    return "The generation is being followed again."
                case words:
                    return words
        except (StaleJob, WrongState):
            return "The job changed in the meantime. Check it again."


def what_helps(job: Job, now: datetime) -> State | str:
    """Return which state takes a job's work up again without a charge, or why none does."""
    if job.state in DRIVEN:
        return f"The job is in progress: {job.state.value}. You don't need to do anything."
    if job.state is State.UNDELIVERED:
        gone = job.output_ends_at is not None and job.output_ends_at < now
        return "Segmind no longer has the file. It keeps files for about 7 days." if gone else State.POSTING
    if job.state is not State.FAILED:
        return f"The job is finished or waits for review: {job.state.value}. There's nothing to resume."
    if job.problem is not None and job.problem.code is ProblemCode.RECORD_GONE and job.request_id is not None:
        return State.QUEUED
    if job.request_id is None:
        return (
            "The bot knows of no generation for this job. If one turns up in Segmind's history within a day, "
            "the job continues. The member can also request a new video."
        )
    return "The generation failed at Segmind. The member can request a new video."
