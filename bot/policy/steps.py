"""Work that is nearly always short and may be long: the event loop does the start of it, a thread the rest.

To hand something to a thread and get it back takes some tenths of a millisecond, several times what usual work takes.
"""

import asyncio
from collections.abc import Callable, Generator
from typing import Final, TypeVar

Result = TypeVar("Result")
# Yields wherever it may be interrupted, and returns the result.
Steps = Generator[None, None, Result]

ON_LOOP: Final = 0.002  # seconds that the event loop gives to it, and then as long as the step lasts that was begun


async def taken(steps: Steps[Result], monotonic: Callable[[], float]) -> Result:
    """Take all steps, those that are left after a moment in a thread; return the result."""
    ends_at = monotonic() + ON_LOOP
    try:
        while monotonic() < ends_at:
            next(steps)
    except StopIteration as done:
        return done.value
    return await asyncio.to_thread(taken_at_once, steps)


def taken_at_once(steps: Steps[Result]) -> Result:
    """Take all steps here and now; return the result."""
    while True:
        try:
            next(steps)
        except StopIteration as done:
            return done.value
