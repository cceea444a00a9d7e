"""Places at Segmind and who gets the next one, as the database tells every process."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.engine import open_database
from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.pacing.queue import LONG, LONG_PAUSE, RECHECK, FairQueue
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.tasks import RESTART_WAIT, supervised
from tests.support.clock import PATIENCE, ManualClock
from tests.support.database import LIMIT, file_url
from tests.support.jobs import NOON, a_job, a_request


class Scene:
    """A queue of some places, and jobs that wait in it."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.store = JobStore(engine)
        self.clock = ManualClock(NOON)
        self.positions: dict[int, list[int]] = {}
        self.served: list[Job] = []
        self._jobs: list[Job] = []
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._turn = asyncio.Event()

    def open(self, places: int) -> None:
        """Open the queue with all that wait in it."""
        self.queue = FairQueue(self.store, places, self.clock, self._moved_up)
        self._running = asyncio.create_task(supervised("queue", self.queue.run, self.clock))
        self._tasks = {job.id: asyncio.create_task(self._wait(job)) for job in self._jobs}

    async def close(self) -> None:
        tasks = [self._running, *self._tasks.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def waits(self, *, guild: int = 1, member: int = 1, **facts: object) -> Job:
        """Save a waiting job, younger than those before."""
        at = NOON + timedelta(milliseconds=len(self._jobs))
        job = a_job(State.WAITING, request=a_request(guild_id=guild, member_id=member), at=at)
        job = await self.store.add(job, daily_limit_usd=LIMIT)
        if facts:
            job = await self.store.save(job.evolve(**facts))  # pyright: ignore[reportArgumentType]
        self._jobs.append(job)
        return job

    async def goes(self, job: Job) -> Job:
        """Have a job that was let through submit itself."""
        submitting = job.move(State.SUBMITTING, NOON, body={"job": job.id}, submitted_at=self.clock.now())
        self.clock.advance(0.001)
        saved = await self.store.save(submitting)
        self.queue.note(saved)
        return saved

    async def ends(self, job: Job) -> None:
        self.queue.note(await self.store.save(job.move(State.FAILED, NOON)))

    async def let_through(self, count: int) -> list[Job]:
        """Wait until so many have had their turn."""
        async with asyncio.timeout(PATIENCE):
            while len(self.served) < count:
                self._turn.clear()
                await self._turn.wait()
        return self.served

    async def ends_waiting(self, job: Job) -> None:
        """Wait until a job's wait is over, and raise what ended it."""
        async with asyncio.timeout(PATIENCE):
            await self._tasks[job.id]

    def gives_up(self, job: Job) -> None:
        self._tasks[job.id].cancel()

    async def _wait(self, job: Job) -> None:
        await self.queue.turn(job)
        self.served.append(job)
        self._turn.set()

    def _moved_up(self, job: Job, position: int) -> None:
        self.positions.setdefault(job.id, []).append(position)


@pytest.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    async with open_database(file_url(tmp_path)) as engine:
        scene = Scene(engine)
        yield scene
        await scene.close()


async def test_as_many_are_let_through_as_there_are_places(scene: Scene) -> None:
    jobs = [await scene.waits() for _ in range(4)]
    scene.open(2)
    assert await scene.let_through(2) == jobs[:2]
    await scene.clock.asleep()
    assert scene.served == jobs[:2]


async def test_a_place_that_becomes_free_goes_to_the_next(scene: Scene) -> None:
    first, second, third = [await scene.waits() for _ in range(3)]
    scene.open(1)
    await scene.let_through(1)
    submitted = await scene.goes(first)
    await scene.ends(submitted)
    assert await scene.let_through(2) == [first, second]
    await scene.ends(await scene.goes(second))
    assert await scene.let_through(3) == [first, second, third]


async def test_a_job_at_segmind_holds_its_place_whoever_drives_it(scene: Scene) -> None:
    elsewhere = await scene.store.add(a_job(State.PROCESSING), daily_limit_usd=LIMIT)
    job = await scene.waits()
    scene.open(1)
    await scene.clock.asleep()
    assert scene.served == []
    await scene.store.save(elsewhere.move(State.FAILED, NOON))
    scene.clock.advance(RECHECK)
    assert await scene.let_through(1) == [job]


async def test_servers_take_turns_and_a_new_one_does_not_wait_for_the_old_jobs_of_others(scene: Scene) -> None:
    for guild in (1, 2) * 3:
        await scene.waits(guild=guild)
    late = await scene.waits(guild=3)
    scene.open(1)
    order: list[int] = []
    for number in range(7):
        chosen = (await scene.let_through(number + 1))[number]
        order.append(chosen.request.guild_id)
        await scene.ends(await scene.goes(chosen))
    assert order == [1, 2, 3, 1, 2, 1, 2]
    assert scene.served[2] == late


async def test_a_job_that_was_put_off_has_had_no_turn(scene: Scene) -> None:
    put_off = await scene.waits(guild=1, submitted_at=NOON - timedelta(minutes=1), submit_attempts=1)
    served = await scene.store.add(
        a_job(State.DELIVERED, request=a_request(guild_id=2)).evolve(submitted_at=NOON - timedelta(minutes=9)),
        daily_limit_usd=LIMIT,
    )
    other = await scene.waits(guild=2)
    queue = await scene.store.queue(NOON)
    assert [entry.job_id for entry in queue.served] == [served.id]
    scene.open(1)
    assert await scene.let_through(1) == [put_off]
    await scene.ends(await scene.goes(put_off))
    assert await scene.let_through(2) == [put_off, other]


async def test_a_job_that_gives_up_leaves_its_turn_to_the_next(scene: Scene) -> None:
    first, gone, last = [await scene.waits() for _ in range(3)]
    scene.open(1)
    await scene.let_through(1)
    scene.gives_up(gone)
    await scene.store.save(gone.move(State.CANCELLED, NOON))
    await scene.ends(await scene.goes(first))
    assert await scene.let_through(2) == [first, last]


async def test_a_job_that_rests_is_passed_over_until_it_may_go(scene: Scene) -> None:
    resting = await scene.waits(retry_at=NOON + timedelta(seconds=7))
    job = await scene.waits()
    scene.open(2)
    assert await scene.let_through(1) == [job]
    for _ in range(2):
        await scene.clock.asleep()
        scene.clock.advance(RECHECK)
    assert [each.id for each in await scene.let_through(2)] == [job.id, resting.id]


async def test_a_job_that_another_process_cancelled_waits_no_longer(scene: Scene) -> None:
    elsewhere = await scene.store.add(a_job(State.PROCESSING), daily_limit_usd=LIMIT)
    job, resting = await scene.waits(), await scene.waits(retry_at=NOON + timedelta(minutes=1))
    scene.open(1)
    await scene.clock.asleep()
    await scene.store.save(job.move(State.CANCELLED, NOON))
    scene.clock.advance(RECHECK)
    with pytest.raises(StaleJob):
        await scene.ends_waiting(job)
    await scene.store.save(elsewhere.move(State.FAILED, NOON))
    scene.clock.advance(60)
    assert await scene.let_through(1) == [resting]


async def test_a_long_queue_is_looked_at_with_measure_however_often_jobs_move(scene: Scene) -> None:
    jobs = [await scene.waits() for _ in range(LONG + 2)]
    scene.open(1)
    await scene.let_through(1)
    await scene.clock.asleep()
    questions: asyncio.Queue[str] = asyncio.Queue()
    event.listen(scene.engine.sync_engine, "begin", lambda _: questions.put_nowait("asked"))
    for _ in range(5):
        scene.queue.note(jobs[0])
        await scene.store.spent(NOON.date())
        assert await questions.get() == "asked"
    assert questions.empty(), "nobody asked but this test"
    scene.clock.advance(LONG_PAUSE)
    async with asyncio.timeout(PATIENCE):
        await questions.get()


async def test_a_clock_set_back_makes_no_job_rest_for_long(scene: Scene) -> None:
    resting = await scene.waits(retry_at=NOON + timedelta(minutes=1))
    scene.clock.set_back(timedelta(days=1))
    scene.open(1)
    assert await scene.let_through(1) == [resting]


async def test_each_waiting_job_is_told_its_place_when_that_changes(scene: Scene) -> None:
    first, second, third = [await scene.waits() for _ in range(3)]
    scene.open(1)
    await scene.let_through(1)
    await scene.clock.asleep()
    assert scene.positions == {second.id: [1], third.id: [2]}
    await scene.ends(await scene.goes(first))
    await scene.let_through(2)
    await scene.goes(second)
    await scene.clock.asleep()
    assert scene.positions == {second.id: [1], third.id: [2, 1]}


async def test_a_look_that_broke_leaves_nobody_waiting(scene: Scene) -> None:
    job = await scene.waits()
    troubles = [RuntimeError("the disk")]

    def break_once(*_: object) -> None:
        if troubles:
            raise troubles.pop()

    event.listen(scene.engine.sync_engine, "before_cursor_execute", break_once)
    scene.open(1)
    await scene.clock.asleep()
    scene.clock.advance(RESTART_WAIT)
    assert await scene.let_through(1) == [job]
