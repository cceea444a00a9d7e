"""One planner for all requests of a process to Segmind: who goes next, and how many jobs a budget can follow."""

import asyncio
from collections import deque
from collections.abc import Awaitable
from datetime import datetime, timedelta
from heapq import heappop, heappush, heapreplace
from itertools import count
from typing import Final, Protocol

import structlog

from bot.jobs.clock import AnswersFirst, Clock, at_once
from bot.jobs.tasks import until_first
from bot.segmind.budget import Claim, Departure, Rank

log = structlog.get_logger(__name__)

VALID_FOR: Final = 0.0005  # seconds that an urgency is taken for, times the claims that wait: 2,000 are judged a second
UNTOLD_RESET: Final = timedelta(seconds=61)  # a 429 without a time: the minute it counts, and a second
LATE: Final = 0.25  # seconds after which what was taken ahead no longer leaves: it counts where it was due
REQUESTS_A_JOB: Final = 5  # a submit, a result and a few polls


class Claims:
    """Waiting claims, taken by rank, then by urgency, then by age.

    A claim without an urgency counts each second that it waits. No urgency may grow by more than one a second, so
    urgency less time never rises, and what a heap's outdated key promises is never too little: only claims that come to
    the top are judged again. That is done for a moment ahead and holds until then: the more claims wait, and the longer
    each waits anyhow, the farther, so that judging takes the same time however many they are. One may go before another
    that is more urgent by less than that time.
    """

    def __init__(self) -> None:
        self._claims: dict[int, tuple[Claim, float]] = {}  # with their arrival, by number
        self._heap: list[tuple[int, float, int, float]] = []  # rank, time less urgency at a moment, number, the moment
        self._numbers = count()

    def __len__(self) -> int:
        return len(self._claims)

    def add(self, claim: Claim, now: float) -> int:
        """Let a claim wait from `now` on, in monotonic seconds; return its number."""
        number = next(self._numbers)
        self._claims[number] = claim, now
        moment = self._valid_until(now)
        heappush(self._heap, (claim.rank, _key(claim, now, moment), number, moment))
        return number

    def drop(self, number: int) -> None:
        """Forget a claim, if it still waits."""
        self._claims.pop(number, None)

    @property
    def is_urgent(self) -> bool:
        """Return whether the claim that would be taken out is urgent."""
        heap = self._heap
        while heap and heap[0][2] not in self._claims:
            heappop(heap)
        return bool(heap) and heap[0][0] <= Rank.SUBMIT

    def next(self, now: float) -> int | None:
        """Take the number of the most useful claim out; None where no one waits."""
        heap, valid_until = self._heap, self._valid_until(now)
        while heap:
            rank, _, number, moment = heap[0]
            waiting = self._claims.get(number)
            if waiting is None:
                heappop(heap)
            elif now <= moment:
                heappop(heap)
                del self._claims[number]
                return number
            else:
                heapreplace(heap, (rank, _key(*waiting, valid_until), number, valid_until))
        return None

    def _valid_until(self, now: float) -> float:
        return now + VALID_FOR * len(self._claims)


def _key(claim: Claim, arrival: float, moment: float) -> float:
    return arrival if claim.urgency is None else moment - claim.urgency(moment)


def places_within(requests_per_minute: int, run_seconds: float) -> int:
    """Return how many jobs a budget can follow at once: each needs its requests within its usual run time."""
    return max(1, int(requests_per_minute / 60 * run_seconds / REQUESTS_A_JOB))


def places_for(wanted: int, requests_per_minute: int, run_seconds: float) -> int:
    """Return how many jobs may be at Segmind at once: as many as are wanted, or as the budget can follow."""
    can_follow = places_within(requests_per_minute, run_seconds)
    if can_follow < wanted:
        log.warning("places_lowered", wanted=wanted, places=can_follow, requests_per_minute=requests_per_minute)
    return min(wanted, can_follow)


class Purse(Protocol):
    """Where the budget is kept."""

    def take(self, *, urgent: bool, at_most: int = 1) -> Awaitable[Departure]: ...

    def push(self, until: datetime) -> Awaitable[None]: ...


class Planner:
    """A `Budget` that picks the most useful claim at the very moment a request may leave.

    `Turns` has the order; a request that gives up waiting leaves its turn to the next.
    """

    def __init__(self, purse: Purse, clock: Clock, answers_first: AnswersFirst = at_once) -> None:
        """Requests leave when `answers_first` has let them."""
        self._purse = purse
        self._clock = clock
        self._answers_first = answers_first
        self._turns = Claims()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._urgent: set[int] = set()  # of these
        self._ahead: deque[float] = deque()  # when polls may leave that are taken already, in monotonic seconds
        self._arrived = asyncio.Event()
        self._urgent_arrived = asyncio.Event()

    async def take(self, claim: Claim) -> None:
        number = self._turns.add(claim, self._clock.monotonic())
        turn = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._arrived.set()
        if claim.is_urgent:
            self._urgent.add(number)
            self._urgent_arrived.set()
        try:
            await turn
        finally:
            self._turns.drop(number)
            self._waiting.pop(number, None)
            self._urgent.discard(number)

    async def throttled(self, reset_at: datetime | None) -> None:
        until = reset_at or self._clock.now() + UNTOLD_RESET
        log.warning("segmind_throttled", until=until.isoformat())
        await self._purse.push(until)
        self._ahead.clear()

    async def run(self) -> None:
        """Hand out turns until cancelled."""
        while True:
            await self._arrived.wait()
            while self._waiting:
                await self._answers_first()
                if not self._waiting:  # all have given up meanwhile
                    break
                self._urgent_arrived.clear()
                decision = await self._take()
                while self._ahead and self._waiting and not self._turns.is_urgent:
                    await self._next_ahead()
                if self._waiting:  # for the next: to ask before it may leave would be a transaction for nothing
                    await self._pause(decision)
            self._arrived.clear()

    async def _take(self) -> tuple[Departure, float]:
        """Take as many out of the budget as may leave with the next one; return what was decided, and when.

        Where that took long, only one leaves: the others counted before they would have left.
        """
        urgent, then = self._turns.is_urgent, self._clock.monotonic()
        decision = await self._purse.take(urgent=urgent, at_most=len(self._urgent if urgent else self._waiting))
        now = self._clock.monotonic()
        if decision.allowed:
            self._let_one_go(urgent=urgent)
        for wait in decision.further if now - then <= LATE else ():
            if urgent:
                self._let_one_go(urgent=True)
            else:
                self._ahead.append(now + wait)
        return decision, now

    async def _next_ahead(self) -> None:
        """Let a poll go that was taken ahead, when it is due, or return as soon as something more urgent comes."""
        due = self._ahead[0]
        if (wait := due - self._clock.monotonic()) > 0:
            await until_first(self._urgent_arrived.wait(), self._clock.sleep(wait))
            if self._urgent_arrived.is_set():
                self._urgent_arrived.clear()  # what arrived goes first, if it's still there
                return
        if self._ahead and self._ahead.popleft() >= self._clock.monotonic() - LATE:
            self._let_one_go(urgent=False)

    async def _pause(self, decided: tuple[Departure, float]) -> None:
        """Wait until the next may leave, or something more urgent comes."""
        decision, then = decided
        urgent = self._turns.is_urgent
        seconds = decision.wait(urgent=urgent) + then - self._clock.monotonic()
        if seconds > 0:
            wait = self._clock.sleep(seconds)
            await (wait if urgent else until_first(self._urgent_arrived.wait(), wait))

    def _let_one_go(self, *, urgent: bool) -> None:
        # If all gave up while the budget was asked the turn stays unused: the budget errs on the slow side. So it does
        # where only polls are left of what was urgent: they keep their distance.
        while self._turns.is_urgent or not urgent:
            number = self._turns.next(self._clock.monotonic())
            if number is None:
                return
            turn = self._waiting.pop(number)
            self._urgent.discard(number)
            if not turn.done():
                turn.set_result(None)
                return


class SoloBudget:
    """A `Budget` for a command that asks Segmind a few things by itself, in the budget that it shares with the bot."""

    def __init__(self, purse: Purse, clock: Clock) -> None:
        self._purse = purse
        self._clock = clock

    async def take(self, claim: Claim) -> None:
        urgent = claim.is_urgent
        while not (decision := await self._purse.take(urgent=urgent)).allowed:
            await self._clock.sleep(decision.wait(urgent=urgent))

    async def throttled(self, reset_at: datetime | None) -> None:
        await self._purse.push(reset_at or self._clock.now() + UNTOLD_RESET)
