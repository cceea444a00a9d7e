"""One planner for all requests of a process to Segmind: who goes next when the budget lets one leave."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta
from itertools import count
from typing import Final, Protocol

import structlog

from bot.jobs.clock import Clock
from bot.segmind.budget import Claim, Decision

log = structlog.get_logger(__name__)

UNTOLD_RESET: Final = timedelta(seconds=61)  # a 429 without a time: the minute it counts, and a second


class Purse(Protocol):
    """Where the budget is kept."""

    def take(self, now: datetime) -> Awaitable[Decision]: ...

    def push(self, until: datetime) -> Awaitable[None]: ...


class _Waiter:
    __slots__ = ("claim", "number", "turn")

    def __init__(self, claim: Claim, number: int, turn: asyncio.Future[None]) -> None:
        self.claim = claim
        self.number = number
        self.turn = turn

    def order(self, now: float) -> tuple[int, float, int]:
        urgency = self.claim.urgency
        return self.claim.rank, -urgency(now) if urgency else 0.0, self.number


class Planner:
    """A `Budget` that picks the most useful claim at the very moment a request may leave.

    Waiting claims are ranked by what they are for, then by urgency, then by age; whoever gives up waiting leaves its
    turn to the next.
    """

    def __init__(self, purse: Purse, clock: Clock) -> None:
        self._purse = purse
        self._clock = clock
        self._waiting: dict[int, _Waiter] = {}
        self._numbers = count()
        self._arrived = asyncio.Event()

    async def take(self, claim: Claim) -> None:
        number = next(self._numbers)
        turn = asyncio.get_running_loop().create_future()
        self._waiting[number] = _Waiter(claim, number, turn)
        self._arrived.set()
        try:
            await turn
        finally:
            self._waiting.pop(number, None)

    async def throttled(self, reset_at: datetime | None) -> None:
        until = reset_at or self._clock.now() + UNTOLD_RESET
        log.warning("segmind_throttled", until=until.isoformat())
        await self._purse.push(until)

    async def run(self) -> None:
        """Hand out turns until cancelled."""
        while True:
            await self._arrived.wait()
            while self._waiting:
                decision = await self._purse.take(self._clock.now())
                if decision.allowed:
                    self._let_one_go()
                else:
                    await self._clock.sleep(decision.wait)
            self._arrived.clear()

    def _let_one_go(self) -> None:
        now = self._clock.monotonic()
        # A claim given up while the budget was asked leaves the turn unused: the budget errs on the slow side.
        if waiters := [waiter for waiter in self._waiting.values() if not waiter.turn.done()]:
            chosen = min(waiters, key=lambda waiter: waiter.order(now))
            del self._waiting[chosen.number]
            chosen.turn.set_result(None)


class SoloBudget:
    """A `Budget` for a command that asks Segmind a few things by itself, in the budget that it shares with the bot."""

    def __init__(self, purse: Purse, clock: Clock) -> None:
        self._purse = purse
        self._clock = clock

    async def take(self, claim: Claim) -> None:  # noqa: ARG002 - nobody else is waiting
        while not (decision := await self._purse.take(self._clock.now())).allowed:
            await self._clock.sleep(decision.wait)

    async def throttled(self, reset_at: datetime | None) -> None:
        await self._purse.push(reset_at or self._clock.now() + UNTOLD_RESET)
