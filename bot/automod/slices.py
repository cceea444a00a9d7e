"""Work that is nearly always short and may be long: the event loop does the start of it, a thread the rest.

To hand something to a thread and get it back takes some tenths of a millisecond, several times what usual work takes.
"""

import asyncio
from collections.abc import Callable, Generator
from enum import Enum, auto
from typing import Final, TypeVar

ON_LOOP: Final = 0.002  # seconds that the event loop gives to it, and then as long as the step lasts that was begun


class Ahead(Enum):
    """What a piece of work says, wherever it may be interrupted, of the step that comes next."""

    SHORT = auto()  # some milliseconds at most
    LONG = auto()  # perhaps


Result = TypeVar("Result")
Steps = Generator[Ahead, None, Result]


async def taken(steps: Steps[Result], monotonic: Callable[[], float]) -> Result:
    """Take all steps, in a thread those that are left after a moment or that may be long; return the result."""
    ends_at = monotonic() + ON_LOOP
    try:
        while next(steps) is Ahead.SHORT and monotonic() < ends_at:
            pass
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
