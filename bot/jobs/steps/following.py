"""QUEUED and PROCESSING: the run is followed to its end, by its record while that lives, by the history later."""

import contextlib
import math
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import structlog

from bot.jobs.history.reading import HistoryTooLong, find
from bot.jobs.model import NOTHING, Job, Problem, ProblemCode, spellings
from bot.jobs.ports import News
from bot.jobs.prices import MOST_TIMES
from bot.jobs.run_times import FinishedRun, RunTime, has_record, is_dying, is_given_up, is_late
from bot.jobs.segmind_terms import problem_in_words
from bot.jobs.states import State
from bot.jobs.steps.engine import Engine
from bot.segmind.budget import Claim, Rank
from bot.segmind.errors import OperatorMustAct, RecordGone, RunFailed, SegmindError, TryLater, cleaned
from bot.segmind.models import HistoryRow, RunMetrics, RunResult, RunState, RunStatus

log = structlog.get_logger(__name__)

POLL_FLOOR: Final = 2.0  # seconds between two polls of one job, at the least
POLL_CEILING: Final = 30.0  # seconds without a poll from which the card counts as out of date
STALE_WORTH: Final = 0.01  # what a second of an outdated card counts in seconds of waiting for a finished video
LONGEST_BLINK: Final = 60.0  # seconds unseen, after which the time of the end is too vague to learn from
CLOCK_SLACK: Final = 5.0  # seconds by which Segmind's time of a run may contradict what was seen
TROUBLE_WAIT: Final = 10.0  # seconds after a poll that told nothing; doubled for each further, to HISTORY_WAIT
UNKNOWN_FOR: Final = 600.0  # seconds that the record of a request is not there, at the least, until it is given up
HISTORY_WAIT: Final = 60.0  # seconds between looks into the history for a request whose record is gone
_STATES: Final = {RunState.QUEUED: State.QUEUED, RunState.PROCESSING: State.PROCESSING}
ODD_LIMIT: Final = 40  # characters of what is no cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When a run was submitted and when it was last known unfinished, in monotonic seconds.

    It was last known QUEUED at `queued`, if after its submission, and first known PROCESSING at `processing`.
    """

    born: float
    seen: float
    queued: float | None = None
    processing: float | None = None

    def starts(self, queues: tuple[float, ...]) -> tuple[float, ...]:
        """Return when it may have begun, each as likely as the others, where runs are QUEUED for so many seconds."""
        earliest, latest = self.queued or self.born, self.processing or math.inf
        if not queues:
            return (earliest,)
        found = tuple(start for queue in queues if earliest <= (start := self.born + queue) <= latest)
        return found or ((earliest,) if self.processing is None else ((earliest + latest) / 2,))

    def queue_seconds(self, told: float | None, run_seconds: float | None) -> float | None:
        """Return how long a run was QUEUED, by Segmind's own figure or, if that is near enough, by what was seen."""
        if told is not None and run_seconds is not None and 0 <= told < run_seconds:
            return told
        if self.queued is None or self.processing is None or self.processing - self.queued > LONGEST_BLINK:
            return None
        return (self.queued + self.processing) / 2 - self.born

    def run_seconds(self, noticed: float, told: float | None) -> float | None:
        """Return how long a run took that was noticed finished; None where that cannot be said well enough.

        Segmind's own figure, `told`, is taken if the run can have ended then; else the middle of the time unseen.
        """
        earliest, latest = self.seen - self.born, noticed - self.born
        if told is not None and earliest - CLOCK_SLACK <= told <= latest + CLOCK_SLACK and told > 0:
            return told
        return (earliest + latest) / 2 if 0 <= latest - earliest <= LONGEST_BLINK else None


class Watch:
    """The urgency of a run's next poll, in seconds of expected waiting, at a monotonic time.

    That is the integral from the last poll to now of P(finished by then | unfinished at the last poll), and at
    least `STALE_WORTH` for each second beyond the ceiling. It grows by less than one a second. `queues` are times in
    seconds for which it may be QUEUED before `run_time` begins.
    """

    __slots__ = ("_area_seen", "_run_time", "_seen", "_starts", "_unfinished")

    def __init__(self, run_time: RunTime, sighting: Sighting, queues: tuple[float, ...] = ()) -> None:
        self._run_time = run_time
        self._starts = sighting.starts(queues)
        self._seen = max(sighting.born, sighting.seen)
        self._unfinished, self._area_seen = self._tail(self._seen)

    def __call__(self, now: float) -> float:
        elapsed = now - self._seen
        if elapsed <= 0:
            return 0.0
        _, area = self._tail(now)
        waiting = elapsed - (self._area_seen - area) / self._unfinished
        return max(waiting, STALE_WORTH * (elapsed - POLL_CEILING), 0.0)

    def _tail(self, now: float) -> tuple[float, float]:
        """Return P(it ends after `now`), and the area under that from there on."""
        unfinished = area = 0.0
        for start in self._starts:
            one, beyond = self._run_time.tail(now - start)
            unfinished += one
            area += beyond + max(0.0, start - now)
        return unfinished / len(self._starts), area / len(self._starts)


async def follow(engine: Engine, job: Job) -> Job:
    """Poll until the job's state changes; return it in its new state."""
    request_id = job.request_id
    assert request_id is not None  # noqa: S101 - QUEUED is never saved without it
    sighting = _last_sighting(engine, job)
    doubt, trouble = _Doubt(), _Trouble()
    await engine.clock.sleep(max(0.0, sighting.seen + POLL_FLOOR - engine.clock.monotonic()))
    while True:
        wait = POLL_CEILING if is_late(job, engine.clock.now()) else POLL_FLOOR
        gone = False
        try:
            status, record_id = await _ask(engine, job, request_id, sighting)
            changed = await _take(engine, job, record_id, status, sighting)
        except RecordGone:
            gone = True
            trouble.over(job)
        except RunFailed as failure:
            return await _failed(engine, job, failure.detail, failure.metrics, moderation=failure.moderation)
        except SegmindError as error:
            wait = trouble.met(job, error)
        else:
            doubt = _Doubt()
            trouble.over(job)
            if changed is not None:
                return changed
            sighting = _seen_again(engine, job, sighting)
            await engine.clock.sleep(wait)
            continue
        if gone or is_given_up(job, engine.clock.now()):
            wait = HISTORY_WAIT
            if (settled := await _by_history(engine, job, doubt, gone=gone)) is not None:
                return settled
        await engine.clock.sleep(wait)


@dataclass(slots=True)
class _Doubt:
    """Since when a request's record was not there, and since when the history lacked it too, in monotonic seconds.

    Only what was read counts: a record or a history that cannot be read tells of no absence.
    """

    no_record: float | None = None
    nowhere: float | None = None
    unreadable: str = ""  # why the history couldn't be read the last time

    def not_read(self, job: Job, error: Exception) -> None:
        """Log why the history couldn't be read, once for each reason."""
        if (reason := f"{type(error).__name__} {error}") != self.unreadable:
            log.warning("history_unreadable", job=job.id, request_id=job.request_id, error=str(error))
        self.unreadable = reason


@dataclass(slots=True)
class _Trouble:
    """Polls that told nothing, one after another. The log has the first, another reason, and the end."""

    wait: float = TROUBLE_WAIT
    reason: str = ""

    def met(self, job: Job, error: SegmindError) -> float:
        """Return the seconds until the next poll."""
        if (reason := f"{type(error).__name__} {error}") != self.reason:
            if isinstance(error, OperatorMustAct):
                what = type(error).__name__
                log.error("operator_must_act", job=job.id, what=what, error=str(error), words=error.words)
            else:
                log.warning("poll_failed", job=job.id, request_id=job.request_id, error=str(error))
        self.reason = reason
        wait = self.wait if isinstance(error, TryLater) else HISTORY_WAIT
        self.wait = min(wait * 2, HISTORY_WAIT)
        return wait

    def over(self, job: Job) -> None:
        if self.reason:
            log.info("poll_answered", job=job.id, request_id=job.request_id)
            self.wait, self.reason = TROUBLE_WAIT, ""


async def _ask(engine: Engine, job: Job, request_id: str, sighting: Sighting) -> tuple[RunStatus | RunResult, str]:
    """Ask for the status of a run; return it with the id by which there is a record. Raises `SegmindError`.

    Where one request does both, the result of a finished run comes in place of its status.
    """
    *others, last = spellings(request_id)
    for each in others:
        with contextlib.suppress(RecordGone):
            return await _looked(engine, each, _claim(engine, job, sighting)), each
    return await _looked(engine, last, _claim(engine, job, sighting)), last


async def _looked(engine: Engine, request_id: str, claim: Claim) -> RunStatus | RunResult:
    if engine.one_request is None:
        return await engine.segmind.status(request_id, claim=claim)
    return await engine.one_request.look(engine.segmind, request_id, claim, engine.clock.now())


def _last_sighting(engine: Engine, job: Job) -> Sighting:
    """Return when the run was last known unfinished: when its state was saved, as a restart forgets the polls since."""
    now = engine.clock.now()
    age = now - (job.submitted_at or job.created_at)
    unseen = now - job.state_since
    monotonic = engine.clock.monotonic()
    # A clock set back makes a time of day lie ahead.
    born, seen = (monotonic - max(0.0, each.total_seconds()) for each in (age, unseen))
    if job.state is State.QUEUED:
        engine.last_queued[job.id] = seen
        return Sighting(born=born, seen=seen, queued=seen)
    return Sighting(born=born, seen=seen, queued=engine.last_queued.get(job.id), processing=seen)


def _seen_again(engine: Engine, job: Job, sighting: Sighting) -> Sighting:
    """Take note that a run was found as it was."""
    now = engine.clock.monotonic()
    if job.state is not State.QUEUED:
        return replace(sighting, seen=now)
    engine.last_queued[job.id] = now
    return replace(sighting, seen=now, queued=now)


def _claim(engine: Engine, job: Job, sighting: Sighting) -> Claim:
    """A dying record goes before everything; else polls are asked in the order of the waiting they may end."""
    if is_dying(job, engine.clock.now()):
        return Claim(rank=Rank.RESULT)
    working = engine.run_times.working(job.request.model, job.request.duration)
    queues = engine.run_times.queues(job.request.model)
    return Claim(rank=Rank.POLL, urgency=Watch(working, sighting, queues))


async def _take(
    engine: Engine, job: Job, request_id: str, status: RunStatus | RunResult, sighting: Sighting
) -> Job | None:
    """Turn Segmind's word into the job's next state; None while nothing has changed."""
    if isinstance(status, RunResult):
        return await _completed(engine, job, status, sighting, engine.clock.monotonic())
    if status.state is RunState.COMPLETED:
        noticed = engine.clock.monotonic()
        result = await engine.segmind.result(request_id)
        return await _completed(engine, job, result, sighting, noticed)
    if status.state is RunState.FAILED:
        return await _failed(engine, job, status.error or "", status.metrics, moderation=status.moderation)
    state = _STATES.get(status.state)
    if state is None:
        log.warning("unknown_status", job=job.id, request_id=request_id, word=status.word)
        return None
    return None if state is job.state else await engine.move(job, state)


async def _completed(engine: Engine, job: Job, result: RunResult, sighting: Sighting, noticed: float) -> Job:
    run_seconds = sighting.run_seconds(noticed, result.metrics.total_time)
    queue_seconds = sighting.queue_seconds(result.metrics.queue_time, run_seconds)
    moved = await engine.move(
        job,
        State.COMPLETED,
        output_url=result.outputs[0],
        cost_usd=await settled_cost(engine, job, result.metrics.cost, result.metrics.odd_cost),
        completed_at=engine.clock.now(),
        run_seconds=run_seconds,
        queue_seconds=queue_seconds,
    )
    if run_seconds is not None:
        request = job.request
        engine.run_times.learn(
            FinishedRun(model=request.model, duration=request.duration, seconds=run_seconds, queued=queue_seconds)
        )
    return moved


async def _failed(engine: Engine, job: Job, detail: str, metrics: RunMetrics, *, moderation: bool = False) -> Job:
    problem = problem_in_words(detail, otherwise=ProblemCode.RUN_FAILED, moderation=moderation)
    cost = await cost_of_failure(engine, job, metrics)
    return await engine.move(job, State.FAILED, problem=problem, cost_usd=cost)


async def _by_history(engine: Engine, job: Job, doubt: _Doubt, *, gone: bool) -> Job | None:
    """Follow a request by the account's history, which keeps it longer than its record; None to ask both again.

    It is lost only when both have said for a while that there is none, and its record's hour is up: a record may show
    late, and a clock that jumped ahead makes each request an old one. One that stays unfinished there is given up after
    a day without a record.
    """
    if gone and doubt.no_record is None:
        doubt.no_record = engine.clock.monotonic()
    while True:
        try:
            row = await find(engine.store, engine.segmind, job)
        except (SegmindError, HistoryTooLong) as error:
            doubt.not_read(job, error)
            return None
        doubt.unreadable = ""
        if row is not None and (row.has_failed or row.has_video):
            return await _ended_by_history(engine, job, row)
        if not gone:
            return None
        if row is None:
            return await _lost(engine, job, doubt)
        if has_record(job, engine.clock.now()):
            return None
        if is_given_up(job, engine.clock.now()) and _is_long(engine, doubt.no_record):
            if row.output_urls:  # whatever its word is: there may be a file
                return await _ended_by_history(engine, job, row)
            log.error("request_given_up", job=job.id, request_id=job.request_id)
            return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.RECORD_GONE))
        await engine.clock.sleep(HISTORY_WAIT)


async def _lost(engine: Engine, job: Job, doubt: _Doubt) -> Job | None:
    """Give up a request that neither record nor history knows, if that has been so for long enough."""
    if doubt.nowhere is None:
        doubt.nowhere = engine.clock.monotonic()
    if has_record(job, engine.clock.now()) or not _is_long(engine, doubt.nowhere):
        log.warning("request_not_known_yet", job=job.id, request_id=job.request_id)
        return None
    log.error("request_lost", job=job.id, request_id=job.request_id)
    return await engine.move(job, State.FAILED, problem=Problem(code=ProblemCode.RECORD_GONE))


def _is_long(engine: Engine, since: float | None) -> bool:
    return since is not None and engine.clock.monotonic() - since >= UNKNOWN_FOR


async def _ended_by_history(engine: Engine, job: Job, row: HistoryRow) -> Job:
    if row.has_failed:
        return await _failed(engine, job, row.error or "", RunMetrics(cost=row.cost, odd_cost=row.odd_cost))
    return await engine.move(
        job,
        State.COMPLETED,
        output_url=row.output_urls[0],
        cost_usd=await settled_cost(engine, job, row.cost, row.odd_cost),
        completed_at=row.created_at or engine.clock.now(),
    )


async def settled_cost(engine: Engine, job: Job, cost: Decimal | None, odd: str | None) -> Decimal | None:
    """Return what a finished run has cost; None where Segmind does not say, or names what no cost can be.

    Its price stays reserved then, and the operator is told of the latter. `odd` stands for an amount and is none.
    """
    model = engine.offer.described(job.request.model)
    configured = model.prices_usd.get(job.request.duration, NOTHING) if model else NOTHING
    most = max(job.reserved_usd, configured) * MOST_TIMES
    if odd is None and (cost is None or 0 <= cost <= most):
        return cost or None
    written = cleaned(odd if odd is not None else str(cost))[:ODD_LIMIT]
    log.error("odd_cost", job=job.id, request_id=job.request_id, cost=written, reserved=str(job.reserved_usd))
    if engine.tell_operator is not None:
        detail = f"{job.request.model}, job {job.id}: {written}"
        await engine.tell_operator(News.ODD_COST, about=job.request.model, detail=detail)
    return None


async def cost_of_failure(engine: Engine, job: Job, metrics: RunMetrics) -> Decimal | None:
    """Return what a run that failed has cost; None where Segmind names nothing, as it does not charge for one.

    Where it names what no cost can be, that is the price that was reserved, as the operator is told.
    """
    cost = await settled_cost(engine, job, metrics.cost, metrics.odd_cost)
    names_one = bool(metrics.cost) or metrics.odd_cost is not None
    return job.reserved_usd if cost is None and names_one else cost
