"""Keeping a short, important piece of work whole when the task around it is cancelled."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec, TypeVar

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
        await asyncio.wait({task}, timeout=grace)
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled():
            task.exception()  # seen: the cancellation stands in its place
        raise


def uncancelled(function: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Let each call run to its end, such as a database transaction, even if its caller is cancelled."""

    @wraps(function)
    async def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        return await finish_within(function(*args, **kwargs), grace=None)

    return whole
