"""Jobs driven by several dispatchers on one PostgreSQL, with a real local Segmind behind them."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.driving.many_processes import LATE_POST, LOOK_EVERY, QueuedDispatcher
from bot.jobs.driving.owed import CARD_WITHIN
from bot.jobs.driving.work_queue import STALLED_AFTER, open_work_queue
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.states import DRIVEN, State
from bot.jobs.steps.engine import Engine
from bot.jobs.storage.jobs import JobStore
from tests.support.clock import PATIENCE
from tests.support.database import LIMIT
from tests.support.jobs import a_job
from tests.support.stage import Stage

STEP = 0.2  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """One process's dispatcher on the shared database."""

    stage: Stage
    engine: Engine
    database: AsyncEngine
    dispatcher: QueuedDispatcher

    async def begin(self, state: State) -> Job:
        """Save a job in a state with what it has there, not yet anybody's."""
        job = a_job(state, at=self.stage.clock.now())
        # In one save: a dispatcher that runs may take the job right after it.
        added = await self.engine.store.add(job.evolve(**self.stage._facts_of(job)), daily_limit_usd=LIMIT)
        if state in DRIVEN:
            await self.dispatcher._queue.enlist_now([added.id])
        return added

    async def saved(self, job: Job) -> Job:
        found = await self.engine.store.get(job.id)
        assert found is not None
        return found

    async def runs_on(self) -> None:
        """Have Segmind say of every run that it is still queued."""
        queued: dict[str, object] = {"status": "QUEUED", "request_id": "r"}
        await self.stage.segmind.add_faults({"kind": "answer", "operation": "status", "status": 200, "body": queued})

    async def until(self, holds: Callable[[], bool]) -> None:
        """Let time pass, slowly against what the database takes, until something holds."""
        async with asyncio.timeout(PATIENCE), self.database.connect() as connection:
            while not holds():
                await connection.execute(text("SELECT 1"))
                self.stage.clock.advance(STEP)

    async def driver_changed(self, job: Job) -> Job:
        """Let time pass, with no heartbeat ever being new, until somebody else drives a job."""
        while (found := await self.saved(job)).driver == job.driver:
            async with self.database.begin() as connection:
                silent = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"
                await connection.execute(text(silent))
            self.stage.clock.advance(LOOK_EVERY)
        return found


@asynccontextmanager
async def process(stage: Stage, url: str) -> AsyncGenerator[Process]:
    async with open_database(url) as database, open_work_queue(url, database) as rows:
        store = JobStore(database, enlist=rows.enlist)
        store.tell(stage.announcer)
        engine = replace(stage.engine, store=store)
        dispatcher = QueuedDispatcher(engine, rows)
        running = asyncio.create_task(dispatcher.run())
        try:
            yield Process(stage=stage, engine=engine, database=database, dispatcher=dispatcher)
        finally:
            await dispatcher.stop()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


@pytest.fixture
async def here(stage: Stage, postgres_url: str) -> AsyncGenerator[Process]:
    async with process(stage, postgres_url) as opened:
        yield opened


@pytest.fixture
async def there(stage: Stage, postgres_url: str, here: Process) -> AsyncGenerator[Process]:
    async with process(stage, postgres_url) as opened:
        yield opened


async def test_nothing_is_driven_before_the_bot_can_deliver(here: Process, there: Process) -> None:
    await here.runs_on()
    job = await here.begin(State.QUEUED)
    await there.dispatcher.resume()
    await there.until(lambda: there.dispatcher.driving == 1)
    assert here.dispatcher.driving == 0
    assert (await here.saved(job)).driver


async def test_a_job_accepted_here_may_be_driven_there(here: Process, there: Process) -> None:
    await there.dispatcher.resume()
    job = await here.begin(State.QUEUED)
    await here.dispatcher.dispatch(job)
    await here.stage.finishes()
    await there.until(lambda: State.DELIVERED in there.stage.cards.states(job.id))
    assert (await here.saved(job)).state is State.DELIVERED
    assert len(here.stage.posts.posts) == 1


async def test_a_video_sent_again_finds_a_driver_although_it_had_one(here: Process) -> None:
    await here.dispatcher.resume()
    job = await here.begin(State.UNDELIVERED)
    posting = await here.engine.store.save(
        replace(
            job.move(State.POSTING, here.stage.clock.now(), post_attempts=1, driver="whoever had it before"),
            output_url=here.stage.files.url("/video.mp4"),
        )
    )
    await here.dispatcher.dispatch(posting)
    await here.until(lambda: State.DELIVERED in here.stage.cards.states(job.id))


async def test_whoever_takes_a_post_over_looks_only_when_the_former_drivers_would_show(here: Process) -> None:
    job = await here.begin(State.POSTING)
    await here.engine.store.save(job.evolve(driver="silent, not dead"))
    began = here.stage.clock.monotonic()
    looked_at: list[float] = []
    here.stage.cards.on_change = lambda _: looked_at.append(here.stage.clock.monotonic())
    await here.dispatcher.resume()
    await here.until(lambda: State.DELIVERED in here.stage.cards.states(job.id))
    assert looked_at[0] - began >= LATE_POST
    assert here.stage.posts.looks == 2  # the second when its file is here


async def test_a_takeover_stops_whoever_was_replaced(here: Process, there: Process) -> None:
    await here.runs_on()
    await here.dispatcher.resume()
    job = await here.begin(State.QUEUED)
    await here.until(lambda: here.dispatcher.driving == 1)
    first = await here.saved(job)
    await there.dispatcher.resume()
    second = await there.driver_changed(first)
    assert second.driver != first.driver
    assert second.version > first.version
    with pytest.raises(StaleJob):
        await here.engine.store.save(first.move(State.PROCESSING, here.stage.clock.now()))


async def test_a_job_that_is_over_is_let_go_at_once(here: Process) -> None:
    await here.runs_on()
    await here.dispatcher.resume()
    job = await here.begin(State.QUEUED)
    await here.until(lambda: here.dispatcher.driving == 1)
    folder = here.engine.folder_of(job)
    failed = (await here.saved(job)).move(State.FAILED, here.stage.clock.now())
    await here.engine.store.save(failed)
    await here.dispatcher.release(job.id)
    await here.until(lambda: here.dispatcher.driving == 0)
    assert not folder.exists()


async def test_a_process_that_stood_still_too_long_gives_up_what_it_drove(here: Process) -> None:
    await here.runs_on()
    await here.dispatcher.resume()
    job = await here.begin(State.QUEUED)
    await here.until(lambda: here.dispatcher.driving == 1)
    first = await here.saved(job)
    here.stage.clock.advance(STALLED_AFTER + LOOK_EVERY + 1)
    async with asyncio.timeout(PATIENCE):
        while (await here.saved(job)).driver == first.driver:
            pass  # no time is to pass but the one jump


async def test_a_job_without_a_card_is_dropped(here: Process) -> None:
    job = await here.engine.store.add(a_job(at=here.stage.clock.now() - CARD_WITHIN * 2), daily_limit_usd=LIMIT)
    await here.dispatcher.resume()
    await here.until(lambda: State.EXPIRED in here.stage.cards.states(job.id))


async def test_a_stop_leaves_every_job_to_others(here: Process, there: Process) -> None:
    await here.runs_on()
    await here.dispatcher.resume()
    job = await here.begin(State.QUEUED)
    await here.until(lambda: here.dispatcher.driving == 1)
    first = await here.saved(job)
    await here.dispatcher.stop()
    assert here.dispatcher.driving == 0
    assert await here.saved(job) == first
    await there.dispatcher.resume()
    await there.until(lambda: there.dispatcher.driving == 1)
    assert (await there.saved(job)).driver != first.driver
