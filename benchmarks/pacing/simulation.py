"""Jobs at Segmind on a simulated clock: the bot's own turns, budget and learning, without sockets or sleeps.

Always the same number of jobs is in flight: as soon as a result is fetched the next job waits to be submitted.
Submits, results and polls leave by `Turns`, one at a time, when `Gcra` lets one; answers come at once.
"""

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from bot.jobs.pacing.planner import Claims
from bot.jobs.run_times import FinishedRun, RunTimes
from bot.jobs.steps.following import POLL_FLOOR, Sighting, Watch
from bot.segmind.budget import Claim, Gcra, Rank

MODEL = "kling-o1-reference-image-to-video"
_POLL = Claim(rank=Rank.POLL)
_SUBMIT = Claim(rank=Rank.SUBMIT)
_RESULT = Claim(rank=Rank.RESULT)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLaw:
    """How long runs truly take: log-normal about a median by duration, all times stretched by `drift` at a time."""

    sigma: float
    medians: tuple[tuple[int, float], ...] = ((5, 194.0),)  # seconds of video, seconds
    drift: Callable[[float], float] = field(default=lambda _: 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One simulated bot: its budget, its jobs in flight, and for how long it is watched after its warm-up."""

    per_minute: int
    in_flight: int
    law: RunLaw
    warm_up: float  # seconds
    seconds: float
    planned: bool  # by expected waiting; else in turn
    seed: int


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What was seen of each job noticed after the warm-up; a delay is the seconds from completion to notice."""

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
    ends: float = 0.0
    polls: int = 0
    seen: float = 0.0
    longest_gap: float = 0.0


def simulate(cell: Cell) -> Outcome:
    return _Simulation(cell).run()


class _Simulation:
    def __init__(self, cell: Cell) -> None:
        self._cell = cell
        self._rate = Gcra(requests_per_minute=cell.per_minute)
        self._turns = Claims()
        self._times = RunTimes()
        self._waiting: dict[int, tuple[_Run, Rank]] = {}
        self._resting: list[tuple[float, int, _Run]] = []  # polled a moment ago, or just submitted
        self._started = 0
        self._outcome = Outcome()

    def run(self) -> Outcome:
        now, tat = 0.0, None
        end = self._cell.warm_up + self._cell.seconds
        for _ in range(self._cell.in_flight):
            self._enter(now)
        while now < end:
            while self._resting and self._resting[0][0] <= now:
                at, _, run = heappop(self._resting)
                self._ask(run, at)
            if not self._turns:
                now = self._resting[0][0]
                continue
            decision = self._rate.decide(tat, now)
            tat = decision.tat
            if decision.allowed:
                self._send(now)
            else:
                now += decision.wait
        return self._outcome

    def _enter(self, now: float) -> None:
        self._wait(_Run(self._started), _SUBMIT, now)
        self._started += 1

    def _ask(self, run: _Run, now: float) -> None:
        claim = _POLL
        if self._cell.planned:
            expected = self._times.expected(MODEL, run.duration)
            claim = Claim(rank=Rank.POLL, urgency=Watch(expected, Sighting(born=run.born, seen=run.seen)))
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
            self._enter(now)
        else:
            self._polled(run, now)

    def _submitted(self, run: _Run, now: float) -> None:
        """Draw the run's time from its own number, so that both policies meet the same runs."""
        draw = random.Random(f"{self._cell.seed} {run.number}")  # noqa: S311 - repeatable, nothing secret
        law = self._cell.law
        run.duration, median = law.medians[draw.randrange(len(law.medians))]
        run.born = run.seen = now
        run.ends = now + median * law.drift(now) * math.exp(law.sigma * draw.gauss())
        self._rest(run, now)

    def _polled(self, run: _Run, now: float) -> None:
        run.polls += 1
        if now >= self._cell.warm_up:
            self._outcome.ages.append(now - run.born)
        run.longest_gap = max(run.longest_gap, now - run.seen)
        run.seen = now
        if run.ends > now:
            self._rest(run, now)
            return
        self._times.learn(FinishedRun(model=MODEL, duration=run.duration, seconds=run.ends - run.born))
        if now >= self._cell.warm_up:
            self._outcome.delays.append(now - run.ends)
            self._outcome.polls.append(run.polls)
            self._outcome.gaps.append(run.longest_gap)
        self._wait(run, _RESULT, now)

    def _rest(self, run: _Run, now: float) -> None:
        heappush(self._resting, (now + POLL_FLOOR, run.number, run))
