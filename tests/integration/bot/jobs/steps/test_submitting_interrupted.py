"""SUBMITTING while the database is away, another driver takes the job, or the bot stops: still paid at most once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from bot.jobs.decisions import Decision
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.steps import submitting
from bot.jobs.storage.jobs import JobStore
from bot.jobs.storage.saving import Enlist
from tests.support.stage import Stage, within_patience


class DatabaseAway(JobStore):
    """A store whose database goes away just when a request was answered, for a few saves of one state."""

    saves_lost = 2
    state = State.QUEUED

    async def save(self, job: Job, *decided: Decision, also: Enlist | None = None) -> Job:
        if job.state is self.state and self.saves_lost:
            self.saves_lost -= 1
            raise OperationalError("UPDATE jobs", None, OSError("gone"))
        return await super().save(job, *decided, also=also)


class AnswerLost(JobStore):
    """A store that saves an intent and loses the database's word that it did, once."""

    lost = 1

    async def save_submitting(self, job: Job, **options: Any) -> Job:
        if not self.lost:
            return await super().save_submitting(job, **options)
        self.lost -= 1
        told, self._moved = self._moved, None
        await super().save_submitting(job, **options)
        self._moved = told
        raise OperationalError("COMMIT", None, OSError("gone"))


async def test_an_intent_that_was_saved_though_the_database_did_not_say_so_is_taken_back_and_paid_once(
    stage: Stage,
) -> None:
    stage.use(AnswerLost(stage.store.engine))
    queued = await stage.drive_until(await stage.begin(State.WAITING), State.QUEUED)
    assert stage.cards.states(queued.id) == [State.WAITING, State.SUBMITTING, State.QUEUED]
    assert (queued.submit_attempts, await stage.submits()) == (2, 1)


class IntentTaken(AnswerLost):
    """A store whose saved intent another driver takes over before the database's word on it is missed."""

    async def save_submitting(self, job: Job, **options: Any) -> Job:
        try:
            return await super().save_submitting(job, **options)
        except OperationalError:
            await self.take(job.id, "another")
            raise


async def test_an_intent_that_another_driver_has_taken_is_not_taken_back(stage: Stage) -> None:
    stage.use(IntentTaken(stage.store.engine))
    job = await stage.begin(State.WAITING)
    await stage.clock.pass_until(stage.start(job))
    saved = await stage.saved(job)
    assert (saved.state, saved.driver, await stage.submits()) == (State.SUBMITTING, "another", 0)


@pytest.mark.parametrize(
    ("status", "state", "ends"), [(429, State.WAITING, State.QUEUED), (400, State.FAILED, State.FAILED)]
)
async def test_a_clear_no_outlives_a_database_that_is_away_for_a_moment(
    stage: Stage, status: int, state: State, ends: State
) -> None:
    store = DatabaseAway(stage.store.engine)
    store.state = state
    stage.use(store)
    await stage.says("submit", (status, {"error": "no"}))
    job = await stage.drive_until(await stage.begin(State.WAITING), ends)
    assert store.saves_lost == 0
    assert State.UNCONFIRMED not in stage.cards.states(job.id)
    assert stage.cards.states(job.id)[1] is state


async def test_the_id_of_an_accepted_request_outlives_a_database_that_is_away_for_a_moment(stage: Stage) -> None:
    stage.use(DatabaseAway(stage.store.engine))
    queued = await stage.drive_until(await stage.begin(State.WAITING), State.QUEUED)
    [request] = (await stage.segmind.state())["requests"]
    assert queued.request_id == request["request_id"]
    assert State.UNCONFIRMED not in stage.cards.states(queued.id)


async def test_a_stop_before_the_request_leaves_the_job_waiting(stage: Stage) -> None:
    job = await stage.begin(State.WAITING, retry_at=stage.clock.now() + timedelta(minutes=1))
    driver = stage.start(job)
    await stage.clock.asleep()
    driver.cancel()
    await asyncio.wait({driver})
    assert (await stage.saved(job)).state is State.WAITING


async def test_a_stop_gives_a_request_in_flight_the_time_to_be_answered(stage: Stage) -> None:
    await stage.segmind.add_faults({"kind": "stall", "operation": "submit", "delay": 0.3, "count": 1})
    job = await stage.begin(State.WAITING)
    await stage.dispatcher.dispatch(job)
    await stage.submits_reach(1)
    await within_patience(asyncio.create_task(stage.dispatcher.stop()))
    saved = await stage.saved(job)
    [request] = (await stage.segmind.state())["requests"]
    assert (saved.state, saved.request_id) == (State.QUEUED, request["request_id"])


async def test_a_request_that_outlasts_the_grace_of_a_stop_is_unconfirmed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(submitting, "STOP_GRACE", 0.05)
    await stage.segmind.add_faults({"kind": "stall", "operation": "submit"})
    job = await stage.begin(State.WAITING)
    await stage.dispatcher.dispatch(job)
    await stage.submits_reach(1)
    await within_patience(asyncio.create_task(stage.dispatcher.stop()))
    assert (await stage.saved(job)).state is State.UNCONFIRMED


async def test_a_stop_while_the_intent_is_saved_waits_for_the_request_too(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    driver = stage.start(job)
    # The driver goes on from here until the database makes it wait; there the stop finds it.
    stage.budget.on_take = lambda: asyncio.get_running_loop().call_soon(driver.cancel)
    await asyncio.wait({driver})
    saved = await stage.saved(job)
    [request] = (await stage.segmind.state())["requests"]
    assert (saved.state, saved.request_id) == (State.QUEUED, request["request_id"])


class IntentLost(JobStore):
    """A store whose database fails while an intent is saved, once, so that it is not saved."""

    lost = 1

    async def save_submitting(self, job: Job, **options: Any) -> Job:
        if self.lost:
            self.lost -= 1
            raise OperationalError("UPDATE jobs", None, OSError("gone"))
        return await super().save_submitting(job, **options)


async def test_an_intent_that_could_not_be_saved_is_made_anew_and_nothing_was_sent_for_it(stage: Stage) -> None:
    stage.use(IntentLost(stage.store.engine))
    queued = await stage.drive_until(await stage.begin(State.WAITING), State.QUEUED)
    assert State.UNCONFIRMED not in stage.cards.states(queued.id)
    assert (queued.submit_attempts, await stage.submits()) == (1, 1)


class TakenOver(JobStore):
    """A store in which another driver takes a job over just when its request was answered."""

    async def save(self, job: Job, *decided: Decision, also: Enlist | None = None) -> Job:
        if job.state is State.QUEUED and job.driver != "another":
            await self.take(job.id, "another")
        return await super().save(job, *decided, also=also)


async def test_a_driver_that_was_replaced_while_its_request_was_answered_lets_go_of_the_job(stage: Stage) -> None:
    stage.use(TakenOver(stage.store.engine))
    job = await stage.begin(State.WAITING)
    with capture_logs() as told:
        await stage.clock.pass_until(stage.start(job))
    assert "request_not_saved" not in [line["event"] for line in told]
    assert (await stage.saved(job)).driver == "another"
    assert (await stage.saved(job)).state is State.SUBMITTING
    assert await stage.submits() == 1
