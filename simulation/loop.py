"""An event loop without sockets or threads: what runs next is drawn from a seed, and time jumps to what is due."""

import asyncio
import random
from collections import deque
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from functools import partial
from typing import Any

LIFE: ContextVar["Life | None"] = ContextVar("life", default=None)


class Stuck(Exception):
    """Nothing is ready and nothing is due: without an event from outside nothing would ever happen again."""


class Life:
    """One life of a process: what it has started runs until it is killed, and not while it is frozen."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.dead = False
        self.frozen = False
        self.tasks: dict[asyncio.Task[Any], Context] = {}  # those that are not done, in order
        self._put_aside: list[asyncio.Handle] = []

    def put_aside(self, handle: asyncio.Handle) -> None:
        self._put_aside.append(handle)

    def thaw(self, loop: "VirtualLoop") -> None:
        """Let everything that was due meanwhile run now."""
        self.frozen = False
        loop.put_back(self._put_aside)
        self._put_aside = []


class _Ready(deque[asyncio.Handle]):
    """The callbacks that are ready, of which any may be the next; those of a killed life never run."""

    def __init__(self, rng: random.Random) -> None:
        super().__init__()
        self._rng = rng

    def popleft(self) -> asyncio.Handle:
        if len(self) > 1:
            self.rotate(-self._rng.randrange(len(self)))
        handle = super().popleft()
        life: Life | None = handle._context.get(LIFE)  # type: ignore[attr-defined] # noqa: SLF001
        if life is not None and (life.dead or life.frozen):
            if not life.dead:
                life.put_aside(handle)
            return _NOTHING
        return handle


class VirtualLoop(asyncio.BaseEventLoop):
    """Runs callbacks in a drawn order; where none is ready, the clock goes to the next timer."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self._virtual_now = 0.0
        self._ready = _Ready(random.Random(seed))
        self._selector = self
        self._clock_resolution = 1e-6
        self.set_task_factory(_task_of_its_life)

    def time(self) -> float:
        return self._virtual_now

    def select(self, timeout: float | None) -> list[Any]:
        """Take the place of a selector: no file is watched, so waiting means that time passes."""
        if timeout is None:
            raise Stuck
        self._virtual_now += timeout
        return []

    def put_back(self, handles: list[asyncio.Handle]) -> None:
        self._ready.extend(handles)

    def run_in_executor(self, _executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Call a function at some later turn of the loop, in place of a thread."""
        future = self.create_future()
        self.call_soon(_call, future, func, args)
        return future

    def _process_events(self, event_list: list[Any]) -> None:
        """Nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nobody sleeps who had to be woken."""


def _task_of_its_life(loop: asyncio.AbstractEventLoop, work: Any, context: Context | None = None) -> asyncio.Task[Any]:
    context = copy_context() if context is None else context
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context)
    life = context.get(LIFE)
    if life is not None:
        life.tasks[task] = context
        task.add_done_callback(partial(_done, life))
    return task


def _done(life: Life, task: asyncio.Task[Any]) -> None:
    life.tasks.pop(task, None)


def _call(future: asyncio.Future[Any], func: Callable[..., Any], args: tuple[Any, ...]) -> None:
    try:
        result = func(*args)
    except Exception as error:  # noqa: BLE001 - it is the caller's
        if not future.done():
            future.set_exception(error)
    else:
        if not future.done():
            future.set_result(result)


def _nothing() -> asyncio.Handle:
    loop = asyncio.new_event_loop()
    handle = asyncio.Handle(lambda: None, (), loop)
    handle.cancel()
    loop.close()
    return handle


_NOTHING = _nothing()
