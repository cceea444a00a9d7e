"""A job that breaks its own step again and again before anything is paid ends: nothing is charged for it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final
from uuid import uuid4

import aiohttp
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.changes import NOTED_BY_CALLER, Remembered
from bot.database.outages import is_away
from bot.database.statements import insert_if_absent
from bot.database.tables import breakdowns
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import PortError
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.jobs.tasks import uncancelled
from bot.media.errors import ChildFailed, FetchError
from bot.segmind.errors import SegmindError

log = structlog.get_logger(__name__)

MOST_FAILURES: Final = 5  # in the same way, one after another
MOST_DEATHS: Final = 3  # of the process, with no other job in its step
# Nothing is paid, or may have been.
UNPAID: Final = frozenset({State.PREPARING, State.HELD, State.WAITING})
# Trouble of the world, which says nothing about a job.
_PASSING: Final = (
    *(PortError, SegmindError, FetchError, aiohttp.ClientError, TimeoutError),
    *(OperationalError, InterfaceError),
)


class Breakdowns:
    """What went wrong with jobs before they were paid for, as all processes and restarts know it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        # A power cut that undoes a mark is itself no death that the job caused.
        self._marking = engine.execution_options(durable=False, **{NOTED_BY_CALLER: True})
        self._process = uuid4().hex
        # Of its own marks this process notes none as a change: no dead process has left them.
        self._left = Remembered[None, frozenset[int]](engine, breakdowns.name)
        self._suspects = asyncio.Lock()
        self._in_step: set[int] = set()

    @asynccontextmanager
    async def in_step(self, job_id: int) -> AsyncGenerator[int]:
        """Mark a job as in its step while the block runs; give how often the process died with it alone there.

        Of jobs whose mark a dead process has left, one at a time takes its step: so it shows which of them it is.
        """
        if not await self._was_left(job_id):
            async with self._marked(job_id) as deaths:
                yield deaths
            return
        async with self._suspects, self._marked(job_id) as deaths:
            yield deaths

    @asynccontextmanager
    async def _marked(self, job_id: int) -> AsyncGenerator[int]:
        try:
            yield await self._begin(job_id)
        except BaseException:
            await self._end(job_id)
            raise
        finally:
            self._in_step.discard(job_id)

    async def _was_left(self, job_id: int) -> bool:
        return job_id in await self._left.read(None, self._all_left)

    async def _all_left(self) -> frozenset[int]:
        left = select(breakdowns.c.job_id).where(breakdowns.c.process.not_in(["", self._process]))
        async with self._engine.connect() as connection:
            return frozenset(await connection.scalars(left))

    @uncancelled
    async def _begin(self, job_id: int) -> int:
        mine = breakdowns.c.job_id == job_id
        self._in_step.add(job_id)
        async with self._marking.begin() as connection:
            beside = self._in_step - {job_id}
            values: dict[str, Any] = {"process": self._process, "alone": int(not beside)}
            if beside:
                await connection.execute(update(breakdowns).where(breakdowns.c.job_id.in_(beside)).values(alone=0))
            first = insert_if_absent(connection, breakdowns, {"job_id": job_id, **values})
            if (await connection.execute(first.returning(breakdowns.c.job_id))).one_or_none() is not None:
                return 0
            row = (await connection.execute(select(breakdowns).where(mine).with_for_update())).one()
            died = bool(row.process) and row.process != self._process and row.alone
            deaths: int = row.deaths + int(bool(died))
            await connection.execute(update(breakdowns).where(mine).values(**values, deaths=deaths))
        return deaths

    @uncancelled
    async def _end(self, job_id: int) -> None:
        """Take the mark away; a database that is away leaves it, which this process does not take for a death."""
        try:
            async with self._marking.begin() as connection:
                await connection.execute(
                    update(breakdowns).where(breakdowns.c.job_id == job_id).values(process="", alone=0)
                )
        except Exception as error:
            if not is_away(error):
                raise

    @uncancelled
    async def failed(self, job_id: int, way: str) -> int:
        """Note that a job failed in some way; return how often it did so, one time after another."""
        mine = breakdowns.c.job_id == job_id
        async with self._engine.begin() as connection:
            await connection.execute(insert_if_absent(connection, breakdowns, {"job_id": job_id}))
            row = (await connection.execute(select(breakdowns).where(mine).with_for_update())).one()
            failures: int = row.failures + 1 if row.way == way else 1
            await connection.execute(update(breakdowns).where(mine).values(way=way, failures=failures))
        return failures

    @uncancelled
    async def forget(self, job_id: int) -> None:
        """Forget the failures of a job that has ended; those of one that has left PREPARING go with its save."""
        async with self._engine.begin() as connection:
            await connection.execute(delete(breakdowns).where(breakdowns.c.job_id == job_id))


def is_its_own(error: Exception) -> bool:
    """Return whether an error of a job's step may come from the job itself, and not from the world around it."""
    of_system = isinstance(error, OSError) and error.errno is not None
    return not (isinstance(error, _PASSING) or of_system or is_away(error))


async def is_hopeless(engine: Engine, job: Job, error: Exception) -> bool:
    """Count a failure of an unpaid job's step; return whether the job can only fail.

    Never raises for what the database does: the next failure is counted.
    """
    if job.state not in UNPAID or not is_its_own(error):
        return False
    try:
        return await engine.breakdowns.failed(job.id, _way_of(error)) >= MOST_FAILURES
    except Exception as trouble:
        if not is_away(trouble):
            log.exception("breakdown_not_noted", job=job.id)
        return False


async def end_hopeless(engine: Engine, job: Job, error: Exception) -> Job:
    """End a job that can only fail, if it still is where nothing was paid; return it as it is then."""
    if job.state not in UNPAID:
        return job
    try:
        return await give_up(engine, job, _way_of(error), error.image if isinstance(error, ChildFailed) else None)
    except StaleJob:
        return job
    except Exception as trouble:
        if not is_away(trouble):
            raise
        return job


async def give_up(engine: Engine, job: Job, way: str, image: int | None = None) -> Job:
    """End a job that breaks its step, at no cost; raises `StaleJob`."""
    log.error("gave_up", job=job.id, state=job.state.value, why=way, image=image)
    ended = await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.BROKEN, detail=way, image=image))
    await engine.breakdowns.forget(job.id)
    return ended


def _way_of(error: Exception) -> str:
    """Name the way in which a step failed: with nothing in it that a member wrote."""
    name = type(error).__name__
    return f"{name}: {error.how}" if isinstance(error, ChildFailed) else name
