"""Background tasks that go on, and short pieces of work that a cancellation leaves whole."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.changes import changes_of
from bot.database.outages import is_away
from bot.jobs.clock import Clock
from bot.jobs.model import Job

log = structlog.get_logger(__name__)

RESTART_WAIT: Final = 1.0  # seconds before a background task that broke is started again; doubled for each further
LONGEST_RESTART_WAIT: Final = 60.0

Work = Mapping[str, Callable[[], Awaitable[None]]]  # what goes on in the background, by name

P = ParamSpec("P")
T = TypeVar("T")


async def finish_within(work: Coroutine[Any, Any, T], grace: float | None) -> T:
    """Run `work`; when the caller is cancelled give it `grace` seconds more (None: as long as it takes).

    The cancellation is raised afterwards in any case; work that outlasts its grace is cancelled itself.
    """
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await _wait_for_end(task, grace)
        if not task.done():
            task.cancel()
            await _wait_for_end(task, None)
        if not task.cancelled():
            task.exception()  # seen: the cancellation stands in its place
        raise


async def _wait_for_end(task: asyncio.Future[Any], timeout: float | None) -> None:  # noqa: ASYNC109 - a grace, not an error
    """Wait until `task` is done or the time has passed; being cancelled once more changes nothing."""
    loop = asyncio.get_running_loop()
    until = None if timeout is None else loop.time() + timeout
    while not task.done() and (until is None or loop.time() < until):
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.wait({task}, timeout=None if until is None else max(0.0, until - loop.time()))


def uncancelled(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let each call run to its end, such as a database transaction, even if its caller is cancelled."""

    @wraps(function)
    async def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        return await finish_within(function(*args, **kwargs), grace=None)

    return whole


def heed_cancellation() -> None:
    """Raise `CancelledError` if this task was cancelled, for code that goes on after an exception.

    What a cleanup raises, such as the end of a transaction while the database is away, takes the place of the
    cancellation that began it: who goes on then would never end.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError


async def until_first(*waits: Coroutine[Any, Any, object]) -> None:
    """Wait until the first of several ends; the others are given up."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()


async def keep_looking(
    look: Callable[[], Awaitable[object]],
    engine: AsyncEngine,
    *topics: str,
    every: float,
    clock: Clock,
    longest: float | None = None,
    hurry: Callable[[], Coroutine[Any, Any, object]] | None = None,
) -> None:
    """Look every so many seconds until cancelled, as long as `look` finds something; else after changes of `topics`.

    Where changes aren't heard of (`bot.database.changes`) it goes on looking, and it does after `longest` seconds
    without any. `hurry` waits for a wish to look at once.
    """
    changes = changes_of(engine)

    async def rest(seen: int | None, *, found: bool) -> None:
        if not found:
            change = changes.after(seen, *topics)
            await (change if longest is None else until_first(change, clock.sleep(longest)))
        await clock.sleep(every)

    while True:
        seen = changes.heard(*topics)
        found = bool(await look())
        heed_cancellation()
        resting = rest(seen, found=found)
        await (resting if hurry is None else until_first(hurry(), resting))


async def supervised(name: str, work: Callable[[], Awaitable[None]], clock: Clock) -> None:
    """Keep an endless piece of work going until cancelled: when it breaks it is started again, ever later."""
    wait = RESTART_WAIT
    while True:
        began = clock.monotonic()
        try:
            await work()
        except Exception as error:
            # A database that is away is told once for all, by what watches it.
            if not is_away(error):
                log.exception("background_task_broke", task=name)
        heed_cancellation()
        if clock.monotonic() - began > LONGEST_RESTART_WAIT:
            wait = RESTART_WAIT
        await clock.sleep(wait)
        wait = min(wait * 2, LONGEST_RESTART_WAIT)


@asynccontextmanager
async def in_background(work: Work, clock: Clock) -> AsyncGenerator[Sequence[asyncio.Task[None]]]:
    """Keep each piece of work going while the context lasts, as `supervised` does."""
    tasks = [asyncio.create_task(supervised(name, run, clock), name=name) for name, run in work.items()]
    try:
        yield tasks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def for_each(jobs: Iterable[Job], work: Callable[[Job], Awaitable[object]]) -> None:
    """Do `work` for one job after the other; what it raises is logged, and the next sweep tries again.

    A database that is away is so for all jobs: that is raised.
    """
    for job in jobs:
        try:
            await work(job)
        except Exception as error:
            heed_cancellation()
            if is_away(error):
                raise
            log.exception("sweep_broke", job=job.id, state=job.state)
