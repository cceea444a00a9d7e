"""One planner for all requests of a process to Segmind: who goes next when the budget lets one leave."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from bot.jobs.clock import Clock
from bot.jobs.turns import Turns
from bot.segmind.budget import Claim, Decision

log = structlog.get_logger(__name__)

UNTOLD_RESET: Final = timedelta(seconds=61)  # a 429 without a time: the minute it counts, and a second
REQUESTS_A_JOB: Final = 5  # a submit, a result and a few polls


def places_within(requests_per_minute: int, run_seconds: float) -> int:
    """Tell how many jobs a budget can follow at once: each needs its requests within the time that it usually takes."""
    return max(1, int(requests_per_minute / 60 * run_seconds / REQUESTS_A_JOB))


def places_for(wanted: int, requests_per_minute: int, run_seconds: float) -> int:
    """Tell how many jobs may be at Segmind at once: as many as are wanted, or as the budget can follow."""
    can_follow = places_within(requests_per_minute, run_seconds)
    if can_follow < wanted:
        log.warning("places_lowered", wanted=wanted, places=can_follow, requests_per_minute=requests_per_minute)
    return min(wanted, can_follow)


class Purse(Protocol):
    """Where the budget is kept."""

    def take(self, now: datetime) -> Awaitable[Decision]: ...

    def push(self, until: datetime, now: datetime) -> Awaitable[None]: ...


class Planner:
    """A `Budget` that picks the most useful claim at the very moment a request may leave.

    `Turns` has the order; whoever gives up waiting leaves its turn to the next.
    """

    def __init__(self, purse: Purse, clock: Clock) -> None:
        self._purse = purse
        self._clock = clock
        self._turns = Turns()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._arrived = asyncio.Event()

    async def take(self, claim: Claim) -> None:
        number = self._turns.add(claim, self._clock.monotonic())
        turn = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._arrived.set()
        try:
            await turn
        finally:
            self._turns.drop(number)
            self._waiting.pop(number, None)

    async def throttled(self, reset_at: datetime | None) -> None:
        now = self._clock.now()
        until = reset_at or now + UNTOLD_RESET
        log.warning("segmind_throttled", until=until.isoformat())
        await self._purse.push(until, now)

    async def run(self) -> None:
        """Hand out turns until cancelled."""
        while True:
            await self._arrived.wait()
            while self._waiting:
                decision = await self._purse.take(self._clock.now())
                if decision.allowed:
                    self._let_one_go()
                if self._waiting:  # for the next: to ask before it may leave would be a transaction for nothing
                    await self._clock.sleep(decision.wait)
            self._arrived.clear()

    def _let_one_go(self) -> None:
        # If all gave up while the budget was asked the turn stays unused: the budget errs on the slow side.
        while (number := self._turns.next(self._clock.monotonic())) is not None:
            turn = self._waiting.pop(number)
            if not turn.done():
                turn.set_result(None)
                return


class SoloBudget:
    """A `Budget` for a command that asks Segmind a few things by itself, in the budget that it shares with the bot."""

    def __init__(self, purse: Purse, clock: Clock) -> None:
        self._purse = purse
        self._clock = clock

    async def take(self, claim: Claim) -> None:  # noqa: ARG002 - nobody else is waiting
        while not (decision := await self._purse.take(self._clock.now())).allowed:
            await self._clock.sleep(decision.wait)

    async def throttled(self, reset_at: datetime | None) -> None:
        now = self._clock.now()
        await self._purse.push(reset_at or now + UNTOLD_RESET, now)
