"""Rows that say which process drives which job: never lost, never with two, handed on from the dead."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from procrastinate.jobs import Status
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.driving import work_queue
from bot.jobs.driving.work_queue import MANY, WorkerForgotten, WorkQueue, open_work_queue
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.clock import PATIENCE
from tests.support.database import LIMIT
from tests.support.jobs import NOON, a_job

Rows = list[tuple[str, str]]


class Process:
    """What one process has of the queue, with drivers that only note their job and wait to be let go."""

    def __init__(self, database: AsyncEngine, queue: WorkQueue) -> None:
        self.queue = queue
        self.store = JobStore(database, enlist=queue.enlist)
        self.driven: list[int] = []
        self.stopped: list[int] = []
        self.let_go = asyncio.Event()
        self._database = database
        self._noted = asyncio.Condition()

    async def drive(self, job_id: int) -> None:
        await self._note(self.driven, job_id)
        try:
            await self.let_go.wait()
        except asyncio.CancelledError:
            await self._note(self.stopped, job_id)
            raise

    async def has_driven(self, count: int) -> list[int]:
        async with asyncio.timeout(PATIENCE), self._noted:
            await self._noted.wait_for(lambda: len(self.driven) >= count)
        return self.driven

    async def save_preparing(self) -> Job:
        """Accept a job and save it in the first state that is driven."""
        job = await self.store.add(a_job(), daily_limit_usd=LIMIT)
        return await self.store.save(job.move(State.PREPARING, NOON, card_message_id=7))

    async def rows(self) -> Rows:
        """Return the lock and the status of every row."""
        query = text("SELECT lock, status::text FROM procrastinate_jobs ORDER BY id")
        async with self._database.connect() as connection:
            return [(row.lock, row.status) for row in await connection.execute(query)]

    async def take_and_fall_silent(self) -> int:
        """Take a row as a worker whose last heartbeat is a minute old; return the row's id."""
        manager = self.queue._app.job_manager
        worker_id = await manager.register_worker()
        row = await manager.fetch_job(queues=None, worker_id=worker_id)
        assert row is not None
        assert row.id is not None
        async with self._database.begin() as connection:
            await connection.execute(
                text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
            )
        return row.id

    async def _note(self, notes: list[int], job_id: int) -> None:
        async with self._noted:
            notes.append(job_id)
            self._noted.notify_all()


@asynccontextmanager
async def process(url: str) -> AsyncGenerator[Process]:
    async with open_database(url) as database, open_work_queue(url, database) as queue:
        yield Process(database, queue)


@asynccontextmanager
async def working(of: Process) -> AsyncGenerator["asyncio.Task[None]"]:
    """Have a process take rows until the block ends, and then stop as on SIGTERM."""
    worker = asyncio.create_task(of.queue.work(of.drive))
    try:
        yield worker
    finally:
        worker.cancel()
        await asyncio.gather(worker, return_exceptions=True)


@pytest.fixture
async def here(postgres_url: str) -> AsyncGenerator[Process]:
    async with process(postgres_url) as opened:
        yield opened


@pytest.fixture
async def there(postgres_url: str, here: Process) -> AsyncGenerator[Process]:
    async with process(postgres_url) as opened:
        yield opened


async def test_a_job_gets_its_row_in_the_transaction_that_saves_it(here: Process) -> None:
    job = await here.save_preparing()
    assert await here.rows() == [(str(job.id), "todo")]


async def test_a_save_that_does_not_count_leaves_no_row(here: Process) -> None:
    job = await here.store.add(a_job(), daily_limit_usd=LIMIT)
    await here.store.save(job.move(State.EXPIRED, NOON))
    with pytest.raises(StaleJob):
        await here.store.save(job.move(State.PREPARING, NOON))
    assert await here.rows() == []


async def test_a_job_that_waits_to_be_taken_gets_no_second_row(here: Process, there: Process) -> None:
    job = await here.save_preparing()
    await there.store.save(job.evolve(cancel_requested=True))
    await there.queue.enlist_now([job.id])
    assert await here.rows() == [(str(job.id), "todo")]


async def test_a_job_that_has_a_driver_gets_no_row_by_being_saved(here: Process) -> None:
    job = await here.store.add(a_job(), daily_limit_usd=LIMIT)
    await here.store.save(job.move(State.PREPARING, NOON, driver="7f"))
    assert await here.rows() == []


async def test_each_job_is_driven_by_one_process_and_its_row_goes_when_it_is_done(
    here: Process, there: Process
) -> None:
    async with working(here), working(there):
        jobs = [await here.save_preparing() for _ in range(10)]
        while len(here.driven) + len(there.driven) < len(jobs):
            done = len(here.driven), len(there.driven)
            waits = [asyncio.ensure_future(one.has_driven(n + 1)) for one, n in zip((here, there), done, strict=True)]
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
        assert sorted(here.driven + there.driven) == sorted(job.id for job in jobs)
        assert await here.rows() == [(str(job.id), "doing") for job in jobs]
        here.let_go.set()
        there.let_go.set()
    assert not here.stopped
    assert not there.stopped


async def test_a_worker_that_stops_puts_its_rows_back_for_others(here: Process, there: Process) -> None:
    job = await here.save_preparing()
    async with working(here):
        await here.has_driven(1)
    assert here.stopped == [job.id]
    assert await here.rows() == [(str(job.id), "todo")]
    async with working(there):
        assert await there.has_driven(1) == [job.id]


async def test_others_are_told_of_a_row_that_is_put_back(
    here: Process, there: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_queue, "FETCH_EVERY", 3600.0)
    job = await here.save_preparing()
    async with AsyncExitStack() as second:
        async with working(here):
            await here.has_driven(1)
            await second.enter_async_context(working(there))
        assert await there.has_driven(1) == [job.id]


async def test_a_job_whose_driver_broke_is_driven_again_later(here: Process) -> None:
    job = await here.save_preparing()
    broken = asyncio.Event()

    async def break_down(_job_id: int) -> None:
        broken.set()
        raise ConnectionError

    worker = asyncio.create_task(here.queue.work(break_down))
    async with asyncio.timeout(PATIENCE):
        await broken.wait()
    worker.cancel()
    await asyncio.gather(worker, return_exceptions=True)
    assert await here.rows() == [(str(job.id), "todo")]


async def test_nobody_takes_jobs_from_a_worker_that_lives(here: Process, there: Process) -> None:
    await here.save_preparing()
    async with working(here):
        await here.has_driven(1)
        assert await there.queue.requeue_stalled() == []


async def test_the_jobs_of_a_silent_worker_go_to_another_once(here: Process, there: Process) -> None:
    job = await here.save_preparing()
    await here.take_and_fall_silent()
    both = await asyncio.gather(here.queue.requeue_stalled(), there.queue.requeue_stalled())
    assert sorted(both) == [[], [job.id]]
    async with working(there):
        assert await there.has_driven(1) == [job.id]
        assert await there.rows() == [(str(job.id), "doing")]


async def test_a_silent_worker_that_comes_back_does_not_end_the_row_of_its_successor(
    here: Process, there: Process
) -> None:
    job = await here.save_preparing()
    lost = await here.take_and_fall_silent()
    await there.queue.requeue_stalled()
    async with working(there):
        await there.has_driven(1)
        await here.queue._app.job_manager.finish_job_by_id_async(lost, Status.SUCCEEDED, delete_job=True)
        await here.queue._app.job_manager.retry_job_by_id_async(lost, datetime.now(UTC))
        assert await there.rows() == [(str(job.id), "doing")]


async def test_a_row_that_is_put_back_while_another_waits_for_its_job_goes(here: Process) -> None:
    job = await here.save_preparing()
    first = await here.take_and_fall_silent()
    await here.queue.enlist_now([job.id])
    await here.queue._app.job_manager.retry_job_by_id_async(first, datetime.now(UTC))
    assert await here.rows() == [(str(job.id), "todo")]


async def test_a_worker_that_others_have_struck_off_says_so_and_takes_nothing(here: Process) -> None:
    async with here._database.connect() as connection, asyncio.timeout(PATIENCE):
        worker = asyncio.create_task(here.queue.work(here.drive))
        while not (await connection.execute(text("DELETE FROM procrastinate_workers"))).rowcount:
            await connection.commit()
        await connection.commit()
        job = await here.save_preparing()
        with pytest.raises(WorkerForgotten):
            await worker
    assert await here.rows() == [(str(job.id), "todo")]
    assert here.driven == []


async def test_unfinished_jobs_without_a_row_get_one(here: Process) -> None:
    listed = await here.save_preparing()
    moved_here = [await here.store.add(a_job(state), daily_limit_usd=LIMIT) for state in (State.QUEUED, State.POSTING)]
    await here.store.add(a_job(State.DELIVERED), daily_limit_usd=LIMIT)
    assert sorted(await here.queue.requeue_orphans()) == sorted(job.id for job in moved_here)
    assert await here.queue.requeue_orphans() == []
    assert {lock for lock, _ in await here.rows()} == {str(job.id) for job in (listed, *moved_here)}


async def test_a_worker_that_loses_the_database_ends_and_stops_its_drivers(here: Process, there: Process) -> None:
    job = await here.save_preparing()

    async def gone() -> Any:
        async with there._database.begin() as connection:
            await connection.execute(text("ALTER TABLE procrastinate_jobs RENAME TO away"))

    async with working(here) as worker:
        await here.has_driven(1)
        await gone()
        await asyncio.wait({worker}, timeout=PATIENCE)
        assert worker.done()
    assert here.stopped == [job.id]


async def test_the_database_knows_of_many_rows_at_once(here: Process) -> None:
    jobs = [await here.store.add(a_job(State.QUEUED), daily_limit_usd=LIMIT) for _ in range(MANY)]
    await here.queue.enlist_now([job.id for job in jobs])
    async with here._database.connect() as connection:
        query = text("SELECT reltuples FROM pg_class WHERE relname = 'procrastinate_jobs'")
        assert (await connection.execute(query)).scalar_one() == MANY
