"""Which process drives which job, kept by procrastinate in PostgreSQL: a row for each job that has to be driven.

A row is inserted in the transaction that saves its job, is taken by one worker, and goes when the driver is done. Its
lock is the job's id, so no two workers hold rows of one job. Workers send heartbeats; the rows of one that fell silent
are put back by whichever process notices.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from contextlib import asynccontextmanager
from typing import Final

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from sqlalchemy import Text, cast, column, exists, make_url, select, table, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.tables import jobs
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN

log = structlog.get_logger(__name__)

TASK: Final = "drive"
CONNECTIONS: Final = 4  # besides the engine's and one that listens
CONCURRENCY: Final = 100_000  # a driver is an asyncio task that mostly waits: no limit that anybody meets
FETCH_EVERY: Final = 2.0  # seconds; a new row is told of at once, one put back is found by looking
HEARTBEAT_EVERY: Final = 5.0  # seconds
STALLED_AFTER: Final = 25.0  # seconds without a heartbeat from which others take a worker's jobs
MANY: Final = 50  # rows at once after which the database's statistics of them are renewed
BROKE_WAIT: Final = 10  # seconds before a job whose driver broke is driven again

_rows = table("procrastinate_jobs", column("lock"), column("status"))
_LIVE: Final = (Status.TODO.value, Status.DOING.value)


class _GoOn(BaseRetryStrategy):
    """Puts a row back when its driver was stopped with its worker, or broke: a job is never dropped."""

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision:  # noqa: ARG002
        wait = 0 if isinstance(exception, asyncio.CancelledError) else BROKE_WAIT
        return RetryDecision(retry_in={"seconds": wait})


class WorkQueue:
    """The rows of all processes, and this process's share of them."""

    def __init__(self, app: App, database: AsyncEngine) -> None:
        self._app = app
        self._database = database
        self._drive: Callable[[int], Awaitable[None]] | None = None
        app.task(name=TASK, retry=_GoOn())(self._run)

    async def enlist(self, connection: AsyncConnection, job: Job) -> None:
        """Insert a job's row as part of the caller's transaction; one that waits to be taken already is enough."""
        raw = await connection.get_raw_connection()
        key = str(job.id)
        row = self._app.configure_task(TASK, lock=key, queueing_lock=key, connection=raw.driver_connection)
        try:
            async with connection.begin_nested():
                await row.defer_async(job_id=job.id)
        except AlreadyEnqueued:
            log.debug("already_enlisted", job=job.id)

    async def enlist_now(self, job_ids: Collection[int]) -> None:
        """Insert rows for jobs that are saved already."""
        for job_id in job_ids:
            key = str(job_id)
            try:
                await self._app.configure_task(TASK, lock=key, queueing_lock=key).defer_async(job_id=job_id)
            except AlreadyEnqueued:
                log.debug("already_enlisted", job=job_id)
        if len(job_ids) >= MANY:
            await self._analyze()

    async def requeue_stalled(self) -> list[int]:
        """Give the rows of silent workers to others; return their jobs.

        Each becomes a new row: a worker that wakes up and ends its old one must not end the new owner's.
        """
        taken: list[int] = []
        for row in await self._app.job_manager.get_stalled_jobs(task_name=TASK, seconds_since_heartbeat=STALLED_AFTER):
            assert row.id is not None  # noqa: S101 - it comes from the database
            try:
                await self._app.job_manager.finish_job_by_id_async(row.id, status=Status.FAILED, delete_job=True)
            except ConnectorException:
                continue  # another process was quicker
            taken.append(int(str(row.task_kwargs["job_id"])))
        await self.enlist_now(taken)
        return taken

    async def requeue_orphans(self) -> list[int]:
        """Insert rows for unfinished jobs that have none, such as those of a database moved here; return these jobs."""
        live = exists().where(_rows.c.lock == cast(jobs.c.id, Text), cast(_rows.c.status, Text).in_(_LIVE))
        query = select(jobs.c.id).where(jobs.c.state.in_(list(DRIVEN)), ~live).order_by(jobs.c.created_at)
        async with self._database.connect() as connection:
            orphans = list((await connection.scalars(query)).all())
        await self.enlist_now(orphans)
        return orphans

    async def work(self, drive: Callable[[int], Awaitable[None]]) -> None:
        """Take rows and drive their jobs until cancelled; then stop the drivers and put their rows back.

        Ends by itself where the database is lost: whoever cannot send heartbeats must not go on driving.
        """
        self._drive = drive
        await self._analyze()
        await self._app.run_worker_async(
            name="reelcast",
            concurrency=CONCURRENCY,
            fetch_job_polling_interval=FETCH_EVERY,
            update_heartbeat_interval=HEARTBEAT_EVERY,
            stalled_worker_timeout=STALLED_AFTER,
            shutdown_graceful_timeout=0,
            delete_jobs="always",
            install_signal_handlers=False,
        )

    async def _analyze(self) -> None:
        """Have the planner know how many rows wait: guessing few, it reads all of them to take each (2,000: 0.2 s)."""
        async with self._database.begin() as connection:
            await connection.execute(text("ANALYZE procrastinate_jobs"))

    async def _run(self, job_id: int) -> None:
        assert self._drive is not None  # noqa: S101 - rows are taken by `work` alone
        await self._drive(job_id)


@asynccontextmanager
async def open_work_queue(url: str, database: AsyncEngine) -> AsyncGenerator[WorkQueue]:
    """Connect procrastinate to the database at `url`, which `database` has migrated."""
    address = make_url(url).render_as_string(hide_password=False)
    connector = PsycopgConnector(conninfo=address, min_size=1, max_size=CONNECTIONS)
    async with App(connector=connector).open_async() as app:
        yield WorkQueue(app, database)
