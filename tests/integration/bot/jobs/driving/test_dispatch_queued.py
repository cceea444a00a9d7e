"""What a process does with the rows that the work queue hands out, whatever becomes of its worker."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any

import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.jobs.driving.many_processes import SWEEP_EVERY, QueuedDispatcher
from bot.jobs.driving.work_queue import WorkerForgotten
from bot.jobs.states import State
from bot.jobs.tasks import LONGEST_RESTART_WAIT, RESTART_WAIT
from tests.support.clock import PATIENCE
from tests.support.stage import Stage


class Rows:
    """Rows that no other process works on; `troubles` end the next workers."""

    def __init__(self) -> None:
        self.troubles: list[Exception] = []
        self.workers = 0
        self.enlisted: list[int] = []
        self.drive: Callable[[int], Awaitable[None]] | None = None
        self.begun = asyncio.Event()

    async def work(self, drive: Callable[[int], Awaitable[None]]) -> None:
        self.workers += 1
        self.drive = drive
        self.begun.set()
        if self.troubles:
            raise self.troubles.pop(0)
        await asyncio.Event().wait()

    async def enlist_now(self, job_ids: Iterable[int]) -> None:
        self.enlisted += job_ids

    async def requeue_stalled(self) -> Sequence[int]:
        return []

    async def requeue_orphans(self) -> Sequence[int]:
        return []

    async def works(self, times: int) -> None:
        """Wait until so many workers have begun."""
        async with asyncio.timeout(PATIENCE):
            while self.workers < times:
                self.begun.clear()
                await self.begun.wait()


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
async def dispatcher(stage: Stage, rows: Rows) -> AsyncIterator[QueuedDispatcher]:
    queue: Any = rows
    dispatcher = QueuedDispatcher(stage.engine, queue)
    running = asyncio.create_task(dispatcher.run())
    yield dispatcher
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_worker_that_ends_is_followed_by_another_and_the_log_says_why(
    stage: Stage, rows: Rows, dispatcher: QueuedDispatcher
) -> None:
    rows.troubles = [WorkerForgotten(), RuntimeError("the queue")]
    with capture_logs() as told:
        await dispatcher.resume()
        for number in (1, 2):
            await rows.works(number)
            await stage.clock.has_slept(RESTART_WAIT * number)
            stage.clock.slept.clear()
            stage.clock.advance(RESTART_WAIT * number)
        await rows.works(3)
    ended = [(line["event"], line["log_level"]) for line in told if line["event"].startswith("worker_")]
    assert ended == [("worker_forgotten", "warning"), ("worker_ended", "error")]


async def test_a_database_that_stays_away_is_one_line_and_the_pauses_grow(
    stage: Stage, rows: Rows, dispatcher: QueuedDispatcher
) -> None:
    refused = psycopg.OperationalError("Connection refused")
    lost = ConnectorException()  # of the queue's own connections, which nothing else watches
    lost.__cause__ = refused
    rows.troubles = [lost, *(OperationalError("ANALYZE", {}, refused) for _ in range(7))]
    pauses = [min(RESTART_WAIT * 2**turn, LONGEST_RESTART_WAIT) for turn in range(8)]
    with capture_logs() as told:
        await dispatcher.resume()
        for number, pause in enumerate(pauses, start=1):
            await rows.works(number)
            await stage.clock.has_slept(pause)
            stage.clock.slept.clear()
            stage.clock.advance(pause)
        await rows.works(9)
    assert [line["exc_info"] for line in told if line["event"] == "worker_ended"] == [lost]


async def test_once_it_is_stopped_no_worker_begins(rows: Rows, dispatcher: QueuedDispatcher) -> None:
    await dispatcher.resume()
    await rows.works(1)
    [worker] = [task for task in asyncio.all_tasks() if task.get_name() == "worker"]
    await dispatcher.stop()
    async with asyncio.timeout(PATIENCE):
        await worker
    assert rows.workers == 1


@pytest.mark.parametrize("state", [State.DELIVERED, State.HELD, State.UNDELIVERED])
async def test_a_row_whose_job_nobody_has_to_drive_is_let_by(
    stage: Stage, rows: Rows, dispatcher: QueuedDispatcher, state: State
) -> None:
    job = await stage.begin(state)
    await dispatcher.resume()
    await rows.works(1)
    assert rows.drive is not None
    await rows.drive(job.id)
    await rows.drive(4_242)  # its member has had it deleted
    assert (dispatcher.driving, await stage.saved(job)) == (0, job)


async def test_only_a_job_that_has_a_driver_already_needs_a_row_of_its_own(
    stage: Stage, rows: Rows, dispatcher: QueuedDispatcher
) -> None:
    job = await stage.begin(State.QUEUED)
    await dispatcher.dispatch(job)
    assert rows.enlisted == []
    await dispatcher.dispatch(job.evolve(driver="former"))
    assert rows.enlisted == [job.id]


async def test_cards_and_notices_that_are_owed_are_seen_to_with_each_sweep(
    stage: Stage, rows: Rows, dispatcher: QueuedDispatcher
) -> None:
    await dispatcher.resume()
    await rows.works(1)
    failed = await stage.begin(State.FAILED)
    stage.clock.advance(600.0)
    async with asyncio.timeout(PATIENCE):
        while State.FAILED not in stage.cards.states(failed.id):
            await stage.store.get(failed.id)  # a turn of the database, in which the sweep has its own
            stage.clock.advance(SWEEP_EVERY)


async def test_a_job_that_is_driven_elsewhere_is_nothing_to_let_go_of(
    stage: Stage, dispatcher: QueuedDispatcher
) -> None:
    job = await stage.begin(State.QUEUED)
    await dispatcher.release(job.id)
    assert not dispatcher.drives(job.id)
    assert await stage.saved(job) == job
