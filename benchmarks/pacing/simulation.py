"""Jobs at Segmind on a simulated clock: the bot's own turns, budget and learning, without sockets or sleeps.

Always the same number of jobs is in flight: as soon as a result is fetched the next job waits to be submitted.
Submits, results and polls leave by `Claims`, one at a time, when the budget lets one; answers come at once.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from heapq import heappop, heappush
from typing import Protocol

from benchmarks.pacing.first_version import FirstVersion
from bot.jobs.pacing.planner import Claims
from bot.jobs.run_times import FinishedRun, RunTimes
from bot.jobs.steps.following import POLL_FLOOR, Sighting, Watch
from bot.segmind.budget import Claim, Departure, Minute, Rank, Rate, decide
from bot.segmind_account import RESERVE

MODEL = "kling-o1-reference-image-to-video"
EPOCH = 10_000.0  # seconds; when the simulation begins
_POLL = Claim(rank=Rank.POLL)
_SUBMIT = Claim(rank=Rank.SUBMIT)
_RESULT = Claim(rank=Rank.RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLaw:
    """How long runs truly take: log-normal about a median by duration, all times stretched by `drift` at a time."""

    sigma: float
    medians: tuple[tuple[int, float], ...] = ((5, 194.0),)  # seconds of video, seconds
    drift: Callable[[float], float] = field(default=lambda _: 1.0)
    queue: float = 0.0  # seconds; runs are QUEUED for as long at the most, each time as likely


class Policy(StrEnum):
    """How the budget is spent."""

    IN_TURN = "in turn"  # as version 0.1 did, but each job polled in its turn
    FIRST = "0.1"  # by expected waiting; results and submits wait for the next interval
    TWO = "two requests"  # results and submits leave at once
    ONE = "one request"  # the poll brings the result


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One simulated bot: its budget, its jobs in flight, and for how long it is watched after its warm-up."""

    per_minute: int
    in_flight: int
    law: RunLaw
    warm_up: float  # seconds
    seconds: float
    policy: Policy
    seed: int


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was seen of each job that ended after the warm-up; a delay is the seconds from completion to the result."""

    delays: list[float] = field(default_factory=list[float])
    polls: list[int] = field(default_factory=list[int])
    gaps: list[float] = field(default_factory=list[float])  # seconds; each job's longest time without a poll
    ages: list[float] = field(default_factory=list[float])  # seconds; of the run at each poll
    sent: list[float] = field(default_factory=list[float])  # when each request left, warm-up included


@dataclass(slots=True)
class _Run:
    number: int
    duration: int = 0
    born: float = 0.0
    starts: float = 0.0
    queued: float | None = None
    processing: float | None = None
    ends: float = 0.0
    polls: int = 0
    seen: float = 0.0
    longest_gap: float = 0.0


def simulate(cell: Cell) -> Outcome:
    return _Simulation(cell).run()


class _Budget(Protocol):
    def decide(self, now: float, *, urgent: bool) -> Departure: ...


class _Newest:
    """The bot's budget, kept in memory."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._spent = Minute()

    def decide(self, now: float, *, urgent: bool) -> Departure:
        departure, self._spent = decide(self._spent, self._rate, now, urgent=urgent)
        return departure


def _budget_of(cell: Cell) -> _Budget:
    if cell.policy in {Policy.IN_TURN, Policy.FIRST}:
        return FirstVersion(cell.per_minute)
    reserve = RESERVE if cell.policy is Policy.TWO else 0
    return _Newest(Rate(requests_per_minute=cell.per_minute, reserve=reserve))


class _Simulation:
    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._budget = _budget_of(cell)
        self._turns = Claims()
        self._times = RunTimes()
        self._waiting: dict[int, tuple[_Run, Rank]] = {}
        self._resting: list[tuple[float, int, _Run]] = []  # polled a moment ago, or just submitted
        self._started = 0
        self._outcome = Outcome()
        self._counted_from = EPOCH

    def run(self) -> Outcome:
        now = EPOCH
        self._counted_from = now + self._cell.warm_up
        end = self._counted_from + self._cell.seconds
        for _ in range(self._cell.in_flight):
            self._enter(now)
        while now < end:
            while self._resting and self._resting[0][0] <= now:
                at, _, run = heappop(self._resting)
                self._ask(run, at)
            if not self._turns:
                now = self._resting[0][0]
                continue
            urgent = self._turns.is_urgent
            decision = self._budget.decide(now, urgent=urgent)
            if decision.allowed:
                self._send(now)
            else:
                now += decision.wait(urgent=urgent)
        return self._outcome

    def _enter(self, now: float) -> None:
        self._wait(_Run(self._started), _SUBMIT, now)
        self._started += 1

    def _ask(self, run: _Run, now: float) -> None:
        claim = _POLL
        if self._cell.policy is not Policy.IN_TURN:
            is_first = self._cell.policy is Policy.FIRST
            expected = (self._times.expected if is_first else self._times.working)(MODEL, run.duration)
            sighting = Sighting(born=run.born, seen=run.seen, queued=run.queued, processing=run.processing)
            queues = () if is_first else self._times.queues(MODEL)
            claim = Claim(rank=Rank.POLL, urgency=Watch(expected, sighting, queues))
        self._wait(run, claim, now)

    def _wait(self, run: _Run, claim: Claim, now: float) -> None:
        self._waiting[self._turns.add(claim, now)] = run, claim.rank

    def _send(self, now: float) -> None:
        number = self._turns.next(now)
        assert number is not None  # noqa: S101 - somebody waits
        self._outcome.sent.append(now)
        run, rank = self._waiting.pop(number)
        if rank is Rank.SUBMIT:
            self._submitted(run, now)
        elif rank is Rank.RESULT:
            self._ended(run, now)
        else:
            self._polled(run, now)

    def _submitted(self, run: _Run, now: float) -> None:
        """Draw the run's time from its own number, so that both policies meet the same runs."""
        draw = random.Random(f"{self._cell.seed} {run.number}")  # noqa: S311 - repeatable, nothing secret
        law = self._cell.law
        run.duration, median = law.medians[draw.randrange(len(law.medians))]
        run.born = run.seen = now
        working = median * law.drift(now) * math.exp(law.sigma * draw.gauss())
        run.starts = now + (draw.uniform(0, law.queue) if law.queue else 0.0)
        run.ends = run.starts + working
        self._rest(run, now)

    def _polled(self, run: _Run, now: float) -> None:
        run.polls += 1
        if now >= self._counted_from:
            self._outcome.ages.append(now - run.born)
        run.longest_gap = max(run.longest_gap, now - run.seen)
        run.seen = now
        if run.ends > now:
            self._looked_at(run, now)
            self._rest(run, now)
            return
        queued = None if self._cell.policy is Policy.FIRST else run.starts - run.born
        seconds = run.ends - run.born
        self._times.learn(FinishedRun(model=MODEL, duration=run.duration, seconds=seconds, queued=queued))
        if self._cell.policy is Policy.ONE:
            self._ended(run, now)
        else:
            self._wait(run, _RESULT, now)

    def _looked_at(self, run: _Run, now: float) -> None:
        """Note what the status says. For version 0.1 a run's time still begins with its submission."""
        if self._cell.policy is Policy.FIRST:
            return
        if run.starts > now:
            run.queued = now
        elif run.processing is None:
            run.processing = now

    def _ended(self, run: _Run, now: float) -> None:
        if now >= self._counted_from:
            self._outcome.delays.append(now - run.ends)
            self._outcome.polls.append(run.polls)
            self._outcome.gaps.append(run.longest_gap)
        self._enter(now)

    def _rest(self, run: _Run, now: float) -> None:
        heappush(self._resting, (now + POLL_FLOOR, run.number, run))
