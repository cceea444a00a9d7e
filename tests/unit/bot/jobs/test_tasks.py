"""Work that outlives its caller's cancellation, and work that is started again."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from bot.database.engine import open_database
from bot.jobs.tasks import RESTART_WAIT, finish_within, in_background, keep_looking, supervised, uncancelled
from tests.support.clock import PATIENCE, ManualClock
from tests.support.database import file_url

LONG = 60.0  # real seconds that no test comes to


class Work:
    """A piece of work that goes on until it is let finish."""

    def __init__(self) -> None:
        self.began = asyncio.Event()
        self.may_finish = asyncio.Event()
        self.finished = False
        self.cancelled = False

    async def run(self) -> str:
        self.began.set()
        try:
            await self.may_finish.wait()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        self.finished = True
        return "done"


async def test_work_that_is_not_disturbed_returns_its_result() -> None:
    work = Work()
    work.may_finish.set()
    assert await finish_within(work.run(), grace=0) == "done"


async def test_an_error_of_the_work_reaches_the_caller() -> None:
    async def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        await finish_within(broken(), grace=None)


@pytest.mark.parametrize("grace", [None, LONG])
async def test_a_cancelled_caller_waits_for_the_work_and_is_cancelled_then(grace: float | None) -> None:
    work = Work()
    caller = asyncio.create_task(finish_within(work.run(), grace=grace))
    await work.began.wait()
    caller.cancel()
    await asyncio.wait({caller}, timeout=0)
    assert not caller.done()
    work.may_finish.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.finished


async def test_work_that_outlasts_its_grace_is_cancelled_itself() -> None:
    work = Work()
    caller = asyncio.create_task(finish_within(work.run(), grace=0.01))
    await work.began.wait()
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.cancelled


async def test_an_error_after_the_cancellation_is_not_left_unseen() -> None:
    may_break = asyncio.Event()

    async def breaks() -> None:
        await may_break.wait()
        raise ValueError("seen by nobody else")

    caller = asyncio.create_task(finish_within(breaks(), grace=None))
    await asyncio.wait({caller}, timeout=0)
    caller.cancel()
    may_break.set()
    with pytest.raises(asyncio.CancelledError):
        await caller


async def test_a_second_cancellation_does_not_leave_the_work_behind() -> None:
    work = Work()
    caller = asyncio.create_task(finish_within(work.run(), grace=None))
    await work.began.wait()
    caller.cancel()
    await asyncio.wait({caller}, timeout=0)
    caller.cancel()
    await asyncio.wait({caller}, timeout=0)
    assert not caller.done()
    work.may_finish.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.finished


async def test_an_uncancelled_function_is_whole_and_keeps_its_name() -> None:
    work = Work()

    @uncancelled
    async def save() -> str:
        return await work.run()

    caller = asyncio.create_task(save())
    await work.began.wait()
    caller.cancel()
    work.may_finish.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert work.finished
    assert save.__name__ == "save"


async def test_a_background_task_that_breaks_is_started_again_after_a_moment() -> None:
    clock = ManualClock()
    starts = 0
    recovered = asyncio.Event()

    async def work() -> None:
        nonlocal starts
        starts += 1
        if starts == 1:
            raise ValueError("once")
        recovered.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(supervised("work", work, clock))
    await clock.asleep()
    assert starts == 1
    clock.advance(RESTART_WAIT)
    await recovered.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert starts == 2


async def test_a_background_task_that_goes_on_breaking_is_started_ever_later() -> None:
    clock = ManualClock()

    async def work() -> None:
        raise ValueError("again")

    task = asyncio.create_task(supervised("work", work, clock))
    while len(clock.slept) < 9:
        await clock.asleep()
        clock.advance(clock.slept[-1])
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert clock.slept[:9] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_a_background_task_ends_when_told_even_if_its_cleanup_breaks() -> None:
    began = asyncio.Event()

    async def work() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            raise ValueError("in place of the cancellation")

    async with in_background({"one": work}, ManualClock()) as tasks:
        await began.wait()
    assert all(task.cancelled() for task in tasks)


@pytest.mark.parametrize("found", [True, False])
async def test_who_keeps_looking_ends_when_told_even_if_a_look_takes_the_cancellation_for_its_own(
    tmp_path: Path, found: bool
) -> None:
    began = asyncio.Event()

    async def look() -> bool:
        began.set()
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return found

    async with open_database(file_url(tmp_path)) as engine:
        looking = asyncio.create_task(keep_looking(look, engine, "wishes", every=LONG, clock=ManualClock()))
        await began.wait()
        looking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(looking, PATIENCE)


async def test_background_work_lasts_as_long_as_its_context() -> None:
    work = Work()

    async def run() -> None:
        await work.run()

    async with in_background({"one": run}, ManualClock()) as tasks:
        await work.began.wait()
        assert [task.get_name() for task in tasks] == ["one"]
    assert all(task.cancelled() for task in tasks)
    assert work.cancelled
