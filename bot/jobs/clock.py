"""Clocks: the time of day, seconds that only go forward, and how to tell that something is overdue."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

# What Linux calls monotonic stands still while the machine sleeps: a step that may be late by seconds would be taken
# hours late.
_COUNTS_SLEEP: Final[int | None] = getattr(time, "CLOCK_BOOTTIME", None)
STEADY_FOR: Final = 600.0  # seconds after which the time of day is believed
_SLACK: Final = timedelta(seconds=60)  # that NTP may slew in it


class Clock(Protocol):
    def now(self) -> datetime:
        """Return the time of day in UTC: for what is saved and shown. It may jump."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever go forward: for what is waited and measured."""
        ...

    async def sleep(self, seconds: float) -> None: ...


AnswersFirst = Callable[[], Awaitable[None]]  # waits a little while members wait for answers


async def at_once() -> None:
    """Wait for no one, as where nothing is answered: an `AnswersFirst`."""


def monotonic() -> float:
    """Return seconds that go forward while the machine sleeps, too, where its system can tell them."""
    return time.monotonic() if _COUNTS_SLEEP is None else time.clock_gettime(_COUNTS_SLEEP)


class Overdue:
    """Confirms that something is overdue: the time of day alone ends nothing, for it may jump."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}  # by job, monotonic

    def confirms(self, clock: Clock, job_id: int, *, seconds: float = STEADY_FOR) -> bool:
        """Return whether a job was overdue at each look of so many seconds; this is one of them."""
        return clock.monotonic() - self._since.setdefault(job_id, clock.monotonic()) >= seconds

    def forget(self, job_id: int) -> None:
        """Take note that a job is not overdue, or not any more."""
        self._since.pop(job_id, None)


async def steady_now(clock: Clock) -> datetime:
    """Return a time of day, `STEADY_FOR` later, once the clock has not jumped since: what is deleted is gone."""
    while True:
        now, began = clock.now(), clock.monotonic()
        await clock.sleep(STEADY_FOR)
        passed = timedelta(seconds=clock.monotonic() - began)
        if abs(clock.now() - now - passed) <= _SLACK:
            return now


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
