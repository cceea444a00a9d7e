"""Segmind's history held against the jobs: what turns up late is adopted, what nobody owns is told once."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import structlog.testing
from structlog.typing import EventDict

from bot.jobs.history.reading import HistoryTooLong
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import News
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from bot.jobs.upkeep.reconciler import EVERY, LOOKS_BACK, WHOLE_EVERY, OrphanStore, Reconciler
from bot.segmind.errors import SegmindError
from tests.support.stage import Stage

NEVER_ARRIVED = Problem(code=ProblemCode.NEVER_ARRIVED)


def _charges(told: list[EventDict]) -> list[str]:
    return [line["request_id"] for line in told if line["event"] == "charge_without_owner"]


@pytest.fixture
async def reconciler(stage: Stage) -> Reconciler:
    orphans = OrphanStore(stage.store.engine)
    await orphans.watched_since(stage.clock.now() - timedelta(hours=1))
    return Reconciler(stage.engine, stage.dispatcher, orphans)


@pytest.mark.parametrize(("code", "counts"), [(ProblemCode.NEVER_ARRIVED, False), (ProblemCode.UNSETTLED, True)])
async def test_a_request_that_shows_up_after_its_job_was_given_up_is_adopted_and_driven_on(
    stage: Stage, reconciler: Reconciler, code: ProblemCode, *, counts: bool
) -> None:
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=Problem(code=code))
    assert await stage.spent(given_up) == (given_up.reserved_usd if counts else 0)
    [request_id] = await stage.segmind.insert_request(dict(given_up.body or {}), status="PROCESSING")
    await reconciler.compare()
    adopted = await stage.saved(given_up)
    assert (adopted.state, adopted.request_id, adopted.problem) == (State.QUEUED, request_id, None)
    assert await stage.spent(adopted) == adopted.reserved_usd
    assert stage.dispatcher.driving == 1
    assert await stage.submits() == 0


async def test_of_two_jobs_with_the_same_body_one_request_is_adopted_by_one(
    stage: Stage, reconciler: Reconciler
) -> None:
    jobs = [await stage.begin(State.UNCONFIRMED) for _ in range(2)]
    for job in jobs:
        await stage.engine.move(job, State.FAILED, problem=NEVER_ARRIVED)
    await stage.segmind.insert_request(dict(jobs[0].body or {}), status="PROCESSING")
    await reconciler.compare()
    assert sorted([(await stage.saved(job)).state for job in jobs]) == [State.FAILED, State.QUEUED]


async def test_a_charge_that_no_job_owns_goes_to_the_operator_once(stage: Stage, reconciler: Reconciler) -> None:
    [request_id] = await stage.segmind.insert_request({"prompt": "somebody else's"}, status="COMPLETED", cost=1.35)
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
        await reconciler.compare()
    assert _charges(told) == [request_id]


async def test_failed_requests_of_others_cost_nothing_and_are_not_told(stage: Stage, reconciler: Reconciler) -> None:
    await stage.segmind.insert_request({"prompt": "somebody else's"}, status="FAILED")
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == []


async def test_a_failed_request_of_others_that_cost_something_is_told(stage: Stage, reconciler: Reconciler) -> None:
    charged = {"credits_deduction": 1.35}
    [request_id] = await stage.segmind.insert_request({"prompt": "somebody else's"}, status="FAILED", row=charged)
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == [request_id]


async def test_what_was_made_before_the_bot_watched_is_none_of_its_business(stage: Stage) -> None:
    await stage.segmind.insert_request({"prompt": "old"}, status="COMPLETED", cost=1.35, age=3_600)
    with structlog.testing.capture_logs() as told:
        await Reconciler(stage.engine, stage.dispatcher, OrphanStore(stage.store.engine)).compare()
    assert _charges(told) == []


async def test_a_request_made_before_the_first_look_of_all_goes_to_its_job(stage: Stage) -> None:
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    stage.clock.advance(EVERY)
    [request_id] = await stage.segmind.insert_request(dict(given_up.body or {}), status="PROCESSING", age=EVERY)
    await Reconciler(stage.engine, stage.dispatcher, OrphanStore(stage.store.engine)).compare()
    assert (await stage.saved(given_up)).request_id == request_id


async def test_charges_are_watched_for_from_the_start_of_the_first_process(stage: Stage) -> None:
    reconciler = Reconciler(stage.engine, stage.dispatcher, OrphanStore(stage.store.engine))
    running = asyncio.create_task(reconciler.run())
    await stage.clock.asleep()
    stage.clock.advance(5.0)
    [charged] = await stage.segmind.insert_request({"prompt": "somebody else's"}, status="COMPLETED", cost=1.35)
    stage.clock.advance(EVERY - 6.0)
    running.cancel()
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == [charged]


async def test_a_request_whose_driver_still_looks_for_it_is_left_to_it(stage: Stage, reconciler: Reconciler) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING")
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == []
    assert (await stage.saved(job)).state is State.UNCONFIRMED


async def test_a_request_of_a_job_whose_submit_a_restored_database_forgot_is_left_to_it(
    stage: Stage, reconciler: Reconciler
) -> None:
    job = await stage.begin(State.WAITING)
    stage.engine.earlier.began = stage.clock.now() + timedelta(minutes=1)
    body = {"prompt": "a fox", "image_urls": [job.request.references[0].url], "duration": 5, "aspect_ratio": "16:9"}
    await stage.segmind.insert_request(body, status="COMPLETED", cost=1.35)
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == []


async def test_a_history_that_cannot_be_read_proves_nothing(stage: Stage, reconciler: Reconciler) -> None:
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    await stage.says("history", (500, {"error": "down"}))
    with pytest.raises((SegmindError, HistoryTooLong)):
        await reconciler.compare()
    assert (await stage.saved(given_up)).state is State.FAILED


async def test_a_charge_of_some_hours_ago_is_told_when_a_look_goes_back_all_the_way(stage: Stage) -> None:
    orphans = OrphanStore(stage.store.engine)
    await orphans.watched_since(stage.clock.now() - LOOKS_BACK)
    reconciler = Reconciler(stage.engine, stage.dispatcher, orphans)
    await reconciler.compare()
    [old] = await stage.segmind.insert_request({"prompt": "old"}, status="COMPLETED", cost=1.35, age=5 * 3_600)
    [new] = await stage.segmind.insert_request({"prompt": "new"}, status="COMPLETED", cost=1.35)
    told: list[list[str]] = []
    for _ in range(WHOLE_EVERY):
        with structlog.testing.capture_logs() as lines:
            await reconciler.compare()
        told.append(_charges(lines))
    assert told == [[new], *[[]] * (WHOLE_EVERY - 2), [old]]


async def test_a_job_that_was_given_up_hours_ago_is_looked_for_every_time(stage: Stage, reconciler: Reconciler) -> None:
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    await reconciler.compare()
    stage.clock.advance(5 * 3_600)
    [request_id] = await stage.segmind.insert_request(dict(given_up.body or {}), status="PROCESSING", age=5 * 3_600)
    await reconciler.compare()
    assert (await stage.saved(given_up)).request_id == request_id


async def test_a_request_whose_id_is_saved_while_it_is_looked_for_is_no_charge_without_an_owner(
    stage: Stage, reconciler: Reconciler
) -> None:
    job = await stage.begin(State.SUBMITTING)
    [request_id] = await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING")

    class AnswersMeanwhile(JobStore):
        async def owned(self, request_ids: Iterable[str]) -> set[str]:
            owned = await super().owned(request_ids)
            if await self.get(job.id) == job:
                await self.save(job.move(State.QUEUED, stage.clock.now(), request_id=request_id))
            return owned

    engine = replace(stage.engine, store=AnswersMeanwhile(stage.store.engine))
    with structlog.testing.capture_logs() as told:
        await Reconciler(engine, stage.dispatcher, OrphanStore(stage.store.engine)).compare()
    assert _charges(told) == []
    assert (await stage.saved(job)).request_id == request_id


async def test_a_request_found_after_a_day_without_a_bot_is_adopted_and_the_operator_told(stage: Stage) -> None:
    heard: list[tuple[News, str]] = []

    async def tell(news: News, *, about: str, detail: str) -> None:
        heard.append((news, about))

    orphans = OrphanStore(stage.store.engine)
    engine = replace(stage.engine, tell_operator=tell)
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    await Reconciler(engine, stage.dispatcher, orphans).compare()
    stage.clock.advance(25 * 3_600)
    [request_id] = await stage.segmind.insert_request(
        dict(given_up.body or {}), status="COMPLETED", age=25 * 3_600, cost=1.35
    )
    await Reconciler(engine, stage.dispatcher, orphans).compare()
    adopted = await stage.saved(given_up)
    assert (adopted.state, adopted.request_id) == (State.QUEUED, request_id)
    assert await stage.spent(adopted) == adopted.reserved_usd
    assert heard == [(News.LATE_REQUEST, str(given_up.id))]


@pytest.mark.parametrize("compared", [True, False])
async def test_a_request_made_while_no_bot_ran_for_days_is_found_by_the_next_whole_look_and_no_later(
    stage: Stage, *, compared: bool
) -> None:
    orphans = OrphanStore(stage.store.engine)
    await orphans.watched_since(stage.clock.now() - timedelta(days=20))
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    if compared:
        await orphans.compared_whole(stage.clock.now())
    stage.clock.advance(9 * 86_400)
    looks_back = Reconciler(stage.engine, stage.dispatcher, orphans)
    assert await looks_back._whole_since(stage.clock.now()) <= given_up.created_at
    await looks_back.compare()
    assert await looks_back._whole_since(stage.clock.now()) == stage.clock.now() - LOOKS_BACK


async def test_a_whole_look_that_breaks_off_is_made_again(stage: Stage, reconciler: Reconciler) -> None:
    orphans = OrphanStore(stage.store.engine)
    await stage.says("history", (500, {"error": "down"}))
    with pytest.raises(SegmindError):
        await reconciler.compare()
    assert await orphans.last_whole() is None


@pytest.mark.parametrize(
    "code", [ProblemCode.REFUSED, ProblemCode.SERVICE, ProblemCode.UNREACHABLE, ProblemCode.INPUTS]
)
async def test_a_request_that_was_taken_though_its_answer_said_no_is_adopted_too(
    stage: Stage, reconciler: Reconciler, code: ProblemCode
) -> None:
    waiting = await stage.begin(State.UNCONFIRMED)
    failed = await stage.engine.move(waiting, State.FAILED, problem=Problem(code=code))
    [request_id] = await stage.segmind.insert_request(dict(failed.body or {}), status="PROCESSING")
    await reconciler.compare()
    assert (await stage.saved(failed)).request_id == request_id


async def test_an_unreadable_row_of_somebody_else_hides_nothing(stage: Stage, reconciler: Reconciler) -> None:
    odd = {"credits_deduction": 10**400, "latency_ms": 10**400, "error": "\0", "request_body": "{'a': 0xf}"}
    await stage.segmind.insert_request({"prompt": "odd"}, status="FAILED", row=odd)
    await stage.segmind.insert_request({"prompt": "nobody's"}, row={"request_id": "a\0b"})
    [charged] = await stage.segmind.insert_request({"prompt": "somebody else's"}, status="COMPLETED", cost=1.35)
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == [charged]
    assert [line["rows"] for line in told if line["event"] == "history_rows_unreadable"] == [1]


async def test_a_charge_behind_one_that_belongs_to_a_job_in_doubt_is_told(stage: Stage, reconciler: Reconciler) -> None:
    [charged] = await stage.segmind.insert_request({"prompt": "somebody else's"}, status="COMPLETED", cost=1.35)
    job = await stage.begin(State.UNCONFIRMED)
    await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING", age=1.0)
    [older] = await stage.segmind.insert_request({"prompt": "another's"}, status="COMPLETED", cost=1.35, age=2.0)
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert sorted(_charges(told)) == sorted([charged, older])


async def test_a_charge_is_told_though_a_job_waits_that_a_restored_database_may_have_forgotten(
    stage: Stage, reconciler: Reconciler
) -> None:
    await stage.begin(State.WAITING)
    stage.engine.earlier.began = stage.clock.now() + timedelta(minutes=1)
    [charged] = await stage.segmind.insert_request({"prompt": "somebody else's"}, status="COMPLETED", cost=1.35)
    with structlog.testing.capture_logs() as told:
        await reconciler.compare()
    assert _charges(told) == [charged]


async def test_a_turn_that_another_process_has_taken_and_a_history_that_is_away_end_no_watch(stage: Stage) -> None:
    orphans = OrphanStore(stage.store.engine)
    reconciler = Reconciler(stage.engine, stage.dispatcher, orphans)
    with structlog.testing.capture_logs() as told:
        running = asyncio.create_task(reconciler.run())
        await stage.clock.asleep()
        await orphans.is_my_turn(stage.clock.now() + timedelta(seconds=EVERY), every=timedelta(seconds=EVERY))
        stage.clock.advance(EVERY)
        await stage.clock.asleep()
        await stage.says("history", (500, {"error": "down"}))
        for _ in range(2):  # told once for each reason
            stage.clock.advance(EVERY + 1.0)
            await stage.clock.asleep()
        running.cancel()
    assert [line["error"] for line in told if line["event"] == "history_unreadable"] == ["HTTP 500"]


async def test_a_job_that_somebody_else_moves_meanwhile_is_left_to_them(stage: Stage) -> None:
    waiting = await stage.begin(State.UNCONFIRMED)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    [request_id] = await stage.segmind.insert_request(dict(given_up.body or {}), status="PROCESSING")

    class MovedMeanwhile(JobStore):
        async def never_arrived(self, *, since: datetime) -> Sequence[Job]:
            found = await super().never_arrived(since=since)
            for job in found:
                if (newest := await self.get(job.id)) is not None and newest.state is State.FAILED:
                    await self.save(newest.move(State.QUEUED, stage.clock.now(), request_id=request_id, problem=None))
            return found

    engine = replace(stage.engine, store=MovedMeanwhile(stage.store.engine))
    await Reconciler(engine, stage.dispatcher, OrphanStore(stage.store.engine)).compare()
    assert stage.dispatcher.driving == 0
    assert (await stage.saved(given_up)).request_id == request_id
