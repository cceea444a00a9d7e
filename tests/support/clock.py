"""Time that stands still until a test lets it pass."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

PATIENCE = 30.0  # real seconds after which a test that waits for something gives up


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sleeper:
    wakes_at: float
    woken: asyncio.Future[None]


class ManualClock:
    """A clock whose sleepers wake when `advance` or `pass_until` takes it to their time, and not before.

    `on_advance` hears of every step in seconds, so that another clock can go along.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self.on_advance: list[Callable[[float], None]] = []
        self.slept: list[float] = []
        self._now = start or datetime(2026, 3, 1, 12, tzinfo=UTC)
        self._monotonic = 1_000.0
        self._sleepers: list[_Sleeper] = []
        self._changed = asyncio.Event()

    def now(self) -> datetime:
        return self._now

    def monotonic(self) -> float:
        return self._monotonic

    @property
    def sleepers(self) -> int:
        return len(self._sleepers)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        woken = asyncio.get_running_loop().create_future()
        sleeper = _Sleeper(wakes_at=self._monotonic + max(seconds, 0.0), woken=woken)
        self._sleepers.append(sleeper)
        self._changed.set()
        try:
            await woken
        finally:
            if sleeper in self._sleepers:
                self._sleepers.remove(sleeper)

    def set_back(self, by: timedelta) -> None:
        """Set the time of day back, as an operator or NTP may; what is waited for stays as it is."""
        self._now -= by

    def advance(self, seconds: float) -> None:
        """Let time pass and wake those whose time has come."""
        self._now += timedelta(seconds=seconds)
        self._monotonic += seconds
        for follow in self.on_advance:
            follow(seconds)
        for sleeper in [each for each in self._sleepers if each.wakes_at <= self._monotonic]:
            self._sleepers.remove(sleeper)
            if not sleeper.woken.done():
                sleeper.woken.set_result(None)

    async def asleep(self, count: int = 1) -> None:
        """Wait until at least so many are asleep."""
        async with asyncio.timeout(PATIENCE):
            while len(self._sleepers) < count:
                self._changed.clear()
                await self._changed.wait()

    async def has_slept(self, seconds: float) -> None:
        """Wait until something has gone to sleep for so long since `slept` was cleared."""
        async with asyncio.timeout(PATIENCE):
            while seconds not in self.slept:
                self._changed.clear()
                await self._changed.wait()

    async def pass_until(self, work: "asyncio.Future[Any]", *, longest: float = PATIENCE) -> None:
        """Go from one sleeper's time to the next until `work` is done, however it ends."""
        async with asyncio.timeout(longest):
            while not work.done():
                if self._sleepers:
                    self.advance(min(each.wakes_at for each in self._sleepers) - self._monotonic)
                # Whoever was woken does its real work now; the next to fall asleep says how far to go.
                self._changed.clear()
                change = asyncio.ensure_future(self._changed.wait())
                try:
                    await asyncio.wait({work, change}, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    change.cancel()
