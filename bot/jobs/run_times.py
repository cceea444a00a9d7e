"""How long runs take, learned per model and duration, and when one is late, dying, or given up.

docs/pacing.md derives the formulas.
"""

import math
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import NormalDist
from typing import Final

from bot.catalogue.offer import Offer
from bot.jobs.model import Job
from bot.jobs.states import FOLLOWED

PRIOR_SIGMA: Final = 0.3  # of the logarithm
PRIOR_RUNS: Final = 1.0  # how many runs the typical time of a model counts as
PRIOR_SPREAD_RUNS: Final = 3.0  # how many runs the prior sigma counts as
MEMORY: Final = 0.97  # what an old run still weighs after each new one: some 33 runs are remembered
CLIP: Final = 3.0  # deviations; a run farther off counts as one this far off
STRAY_SHARE: Final = 0.03  # runs that keep to no usual time: the heavy tail
STRAY_SIGMA: Final = 1.0  # of the logarithm of their times
QUEUES_REMEMBERED: Final = 33  # times in the queue, as many as runs have any weight
QUEUE_PARTS: Final = 5  # of them that stand for all
_SQRT2: Final = math.sqrt(2)
RECORD_LIFETIME: Final = timedelta(hours=1)  # Segmind's: status and result are gone after it
RECORD_DYING: Final = timedelta(minutes=50)  # from here on a job is asked for before others
LATE_AFTER: Final = timedelta(minutes=30)  # nine times the usual: followed on, but slowly
GIVE_UP_AFTER: Final = timedelta(hours=24)  # nothing was heard of it in a day, neither record nor history


@dataclass(frozen=True, slots=True)
class RunTime:
    """The distribution of a run's time T in seconds: log-normal, with a few strays spread widely about its median."""

    mu: float  # mean of ln T
    sigma: float  # deviation of ln T

    @property
    def median(self) -> float:
        return math.exp(self.mu)

    def quantile(self, share: float) -> timedelta:
        """Return the time within which this share of the usual runs ends; strays are left out."""
        return timedelta(seconds=math.exp(self.mu + NormalDist().inv_cdf(share) * self.sigma))

    def tail(self, age: float) -> tuple[float, float]:
        """Return P(T > age), and E[max(T - age, 0)] in seconds, which is the area under the former from `age` on."""
        if age <= 0:
            age = 1e-9
        log_age = math.log(age)
        usual, usual_area = _log_normal_tail(log_age, age, self.mu, self.sigma)
        stray, stray_area = _log_normal_tail(log_age, age, self.mu, STRAY_SIGMA)
        share = STRAY_SHARE
        return usual + share * (stray - usual), usual_area + share * (stray_area - usual_area)


def _log_normal_tail(log_age: float, age: float, mu: float, sigma: float) -> tuple[float, float]:
    distance = (log_age - mu) / sigma
    beyond = 0.5 * math.erfc(distance / _SQRT2)
    mean_beyond = math.exp(mu + 0.5 * sigma * sigma) * 0.5 * math.erfc((distance - sigma) / _SQRT2)
    return beyond, mean_beyond - age * beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class Belief:
    """What is believed of ln T: a normal-inverse-gamma distribution, the conjugate prior of a normal.

    Each new run makes all before it, the prior too, weigh less by `MEMORY`, so that the belief follows a drift.
    """

    mu: float
    runs: float = PRIOR_RUNS  # the weight behind `mu`
    spread_runs: float = PRIOR_SPREAD_RUNS  # the weight behind `squares`
    squares: float = PRIOR_SPREAD_RUNS * PRIOR_SIGMA**2

    @property
    def scale(self) -> float:
        """The deviation to expect of the next ln T: its own, and that of `mu`."""
        return math.sqrt(self.squares / self.spread_runs * (1 + 1 / self.runs))

    def after(self, seconds: float) -> "Belief":
        """Return the belief after a run that took so long."""
        limit = CLIP * self.scale
        deviation = min(max(math.log(seconds) - self.mu, -limit), limit)
        runs = MEMORY * self.runs
        return Belief(
            mu=self.mu + deviation / (runs + 1),
            runs=runs + 1,
            spread_runs=MEMORY * self.spread_runs + 1,
            squares=MEMORY * self.squares + deviation * deviation * runs / (runs + 1),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """One run that came to a result, and the seconds from its submission to its end."""

    model: str
    duration: int  # seconds of video
    seconds: float
    queued: float | None = None  # that it was QUEUED of them, where that is known


class RunTimes:
    """The run times of this process: starts from the finished runs it is given, oldest first, and goes on learning.

    A model of which no run was seen yet is believed to take its typical time.
    """

    def __init__(self, finished: Iterable[FinishedRun] = (), *, offer: Offer | None = None) -> None:
        self._offer = offer or Offer()
        self._beliefs: dict[tuple[str, int], Belief] = {}
        self._working: dict[tuple[str, int], Belief] = {}  # of the time without the queue
        self._queued: dict[str, deque[float]] = {}  # seconds that the last runs of a model were QUEUED
        for run in finished:
            self.learn(run)

    def learn(self, run: FinishedRun) -> None:
        working = run.seconds - (run.queued or 0.0)
        for beliefs, seconds in ((self._beliefs, run.seconds), (self._working, working)):
            if seconds > 0:
                beliefs[run.model, run.duration] = self._belief(beliefs, run.model, run.duration).after(seconds)
        if run.queued is not None:
            self._queued.setdefault(run.model, deque(maxlen=QUEUES_REMEMBERED)).append(run.queued)

    def queues(self, model: str) -> tuple[float, ...]:
        """Return seconds that a run may be QUEUED, each as likely as the others; none where nothing is known."""
        known = sorted(self._queued.get(model, ()))
        parts = min(QUEUE_PARTS, len(known))
        return tuple(known[int((part + 0.5) / parts * len(known))] for part in range(parts))

    def expected(self, model: str, duration: int) -> RunTime:
        """Return the distribution of the time from submission to end."""
        belief = self._belief(self._beliefs, model, duration)
        return RunTime(belief.mu, belief.scale)

    def working(self, model: str, duration: int) -> RunTime:
        """Return the distribution of the time from the start of PROCESSING to the end."""
        belief = self._belief(self._working, model, duration)
        return RunTime(belief.mu, belief.scale)

    def _belief(self, beliefs: Mapping[tuple[str, int], Belief], model: str, duration: int) -> Belief:
        known = beliefs.get((model, duration))
        return known or Belief(mu=math.log(self._offer.typical_seconds(model)))


def is_late(job: Job, now: datetime) -> bool:
    """Return whether a run takes unusually long; it may still finish."""
    return job.state in FOLLOWED and _age(job, now) > LATE_AFTER


def is_dying(job: Job, now: datetime) -> bool:
    """Return whether Segmind's record of a run is near its end."""
    return job.state in FOLLOWED and _age(job, now) > RECORD_DYING


def has_record(job: Job, now: datetime) -> bool:
    """Return whether Segmind has to know a request by its record: one it does not know now may only show late."""
    return _age(job, now) < RECORD_LIFETIME


def is_given_up(job: Job, now: datetime) -> bool:
    return _age(job, now) > GIVE_UP_AFTER


def _age(job: Job, now: datetime) -> timedelta:
    return now - (job.submitted_at or job.created_at)
