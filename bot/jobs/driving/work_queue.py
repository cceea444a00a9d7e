"""Which process drives which job, kept by procrastinate in PostgreSQL: a row for each job that has to be driven.

A row is inserted in the transaction that saves its job, is taken by one worker, and goes when the driver is done. Its
lock is the job's id, so no two workers hold rows of one job. Workers send heartbeats; the rows of one that fell silent
are put back by whichever process notices.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Generator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import structlog
from procrastinate import App, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job as Row
from procrastinate.jobs import Status
from procrastinate.manager import JobManager
from procrastinate.retry import BaseRetryStrategy, RetryDecision
from psycopg import AsyncConnection as Session
from psycopg.errors import ForeignKeyViolation, RaiseException
from sqlalchemy import TextClause, make_url, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.engine import postgresql_options
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN

log = structlog.get_logger(__name__)

TASK: Final = "drive"
CONNECTIONS: Final = 4  # in addition to the engine's and one that listens
CONCURRENCY: Final = 100_000  # a driver is an asyncio task that mostly waits: no limit that anyone meets
FETCH_EVERY: Final = (
    15.0  # seconds; of a row that is due all are told at once, one that has to wait is found by looking
)
HEARTBEAT_EVERY: Final = 5.0  # seconds
STALLED_AFTER: Final = 25.0  # seconds without a heartbeat from which others take a worker's jobs
MANY: Final = 50  # rows at once after which the database's statistics of them are renewed
AT_ONCE: Final = datetime(2000, 1, 1, tzinfo=UTC)  # whatever this machine's clock says beside the server's
BROKE_WAIT: Final = 10  # seconds before a job whose driver broke is driven again

# One statement each: a process that dies in it changed nothing, and of two at once one finds nothing left. A row that
# is put back is a new one: a worker that wakes up and ends its old one must not end the new owner's.
_REQUEUE_STALLED: Final = text("""
    WITH silent AS (
        DELETE FROM procrastinate_jobs
        WHERE status = 'doing' AND task_name = :task AND (
            worker_id IS NULL
            OR worker_id IN (SELECT id FROM procrastinate_workers WHERE last_heartbeat < now() - :silence)
        )
        RETURNING *
    )
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
    SELECT queue_name, task_name, lock, queueing_lock, args FROM silent ORDER BY id
    ON CONFLICT DO NOTHING
    RETURNING lock
""")
_INSERT_ORPHANS: Final = text("""
    INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
    SELECT 'default', :task, id::text, id::text, jsonb_build_object('job_id', id) FROM jobs
    WHERE state = ANY(:driven) AND NOT EXISTS (
        SELECT FROM procrastinate_jobs AS live WHERE live.lock = jobs.id::text AND live.status IN ('todo', 'doing')
    )
    ORDER BY created_at
    ON CONFLICT DO NOTHING
    RETURNING lock
""")


# As procrastinate tells of new rows. It doesn't tell of one that is put back, as when its worker stops.
_TELL: Final = """
    SELECT pg_notify('procrastinate_any_queue_v1', json_build_object('type', 'job_inserted', 'job_id', id)::text)
    FROM procrastinate_jobs WHERE id = %(job_id)s AND status = 'todo' AND scheduled_at <= now()
"""


class _GoOn(BaseRetryStrategy):
    """Puts a row back when its driver was stopped with its worker, or broke: a job is never dropped."""

    def get_retry_decision(self, *, exception: BaseException, job: Row) -> RetryDecision:  # noqa: ARG002
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_at=AT_ONCE)
        return RetryDecision(retry_in={"seconds": BROKE_WAIT})


class WorkerForgotten(Exception):
    """This worker fell silent for so long that another has struck it off: its rows are with others."""


class _Rows(JobManager):
    """The rows as procrastinate keeps them, where a driver may end after others have taken its row away."""

    async def finish_job_by_id_async(self, job_id: int, status: Status, delete_job: bool) -> None:
        with _unless_gone(job_id):
            await super().finish_job_by_id_async(job_id, status, delete_job)

    async def retry_job_by_id_async(
        self,
        job_id: int,
        retry_at: datetime,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        try:
            with _unless_gone(job_id):
                await super().retry_job_by_id_async(job_id, retry_at, priority, queue, lock)
                await self.connector.execute_query_async(_TELL, job_id=job_id)
        except UniqueViolation:  # another row waits for this very job
            await self.finish_job_by_id_async(job_id, Status.ABORTED, delete_job=True)


@contextmanager
def _unless_gone(row_id: int) -> Generator[None]:
    try:
        yield
    except ConnectorException as error:
        if not isinstance(error.__cause__, RaiseException):  # what procrastinate's own functions say of such a row
            raise
        log.info("row_taken_by_others", row=row_id)


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
        """Give the rows of silent workers to others; return their jobs."""
        return await self._requeue(_REQUEUE_STALLED, silence=timedelta(seconds=STALLED_AFTER))

    async def requeue_orphans(self) -> list[int]:
        """Insert rows for unfinished jobs that have none, such as those of a database moved here; return these jobs."""
        return await self._requeue(_INSERT_ORPHANS, driven=list(DRIVEN))

    async def _requeue(self, statement: TextClause, **values: object) -> list[int]:
        async with self._database.begin() as connection:
            requeued = [int(lock) for lock in await connection.scalars(statement, {"task": TASK, **values})]
        if len(requeued) >= MANY:
            await self._analyze()
        return requeued

    async def work(self, drive: Callable[[int], Awaitable[None]]) -> None:
        """Take rows and drive their jobs until cancelled; then stop the drivers and put their rows back.

        Ends by itself if the database is lost: a process that cannot send heartbeats must not keep driving. Raises
        `WorkerForgotten` after a long silence.
        """
        self._drive = drive
        await self._analyze()
        try:
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
        except ConnectorException as error:
            if isinstance(error.__cause__, ForeignKeyViolation):  # no worker's row is left to take jobs for
                raise WorkerForgotten from None
            raise

    async def _analyze(self) -> None:
        """Tell PostgreSQL's planner how many rows wait: if it expects few, it reads all to take one (2,000: 0.2 s)."""
        async with self._database.begin() as connection:
            await connection.execute(text("ANALYZE procrastinate_jobs"))

    async def _run(self, job_id: int) -> None:
        assert self._drive is not None  # noqa: S101 - rows are taken by `work` alone
        await self._drive(job_id)


@asynccontextmanager
async def open_work_queue(url: str, database: AsyncEngine) -> AsyncGenerator[WorkQueue]:
    """Connect procrastinate to the database at `url`, which `database` has migrated."""
    address = make_url(url)
    connector = PsycopgConnector(
        conninfo=address.render_as_string(hide_password=False),
        kwargs=postgresql_options(address),
        configure=_commit_each_statement,
        min_size=1,
        max_size=CONNECTIONS,
    )
    async with App(connector=connector).open_async() as app:
        app.job_manager = _Rows(connector)
        yield WorkQueue(app, database)


async def _commit_each_statement(session: Session[Any]) -> None:
    """Let the server commit: a process that froze before its own commit would keep what it had locked."""
    await session.set_autocommit(True)
