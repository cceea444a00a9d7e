"""A history that writes ids in another way than the answers to submits, or has ids of its own."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import structlog.testing

from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.jobs.upkeep.reconciler import OrphanStore, Reconciler
from sandbox.segmind.history import written_id
from sandbox.segmind.settings import IdForm
from tests.support.stage import Stage

FORMS: list[IdForm] = ["plain", "upper", "braces", "other"]
NEVER_ARRIVED = Problem(code=ProblemCode.NEVER_ARRIVED)


@pytest.fixture(params=FORMS)
async def form(stage: Stage, request: pytest.FixtureRequest) -> IdForm:
    await stage.segmind.configure(history_ids=request.param)
    return request.param


async def compare(stage: Stage) -> list[str]:
    """Hold the history against the jobs; return the requests of which the operator is told."""
    orphans = OrphanStore(stage.store.engine)
    await orphans.watched_since(stage.clock.now() - timedelta(hours=1))
    with structlog.testing.capture_logs() as told:
        await Reconciler(stage.engine, stage.dispatcher, orphans).compare()
    return [line["request_id"] for line in told if line["event"] == "charge_without_owner"]


async def submitted(stage: Stage) -> Job:
    return await stage.drive_until(await stage.begin(State.WAITING), State.QUEUED)


async def test_a_run_of_ours_is_no_charge_without_an_owner(stage: Stage, form: IdForm) -> None:
    job = await submitted(stage)
    assert await compare(stage) == []
    assert await compare(stage) == []
    saved = await stage.saved(job)
    assert saved.history_id == (written_id(saved.request_id or "", form) if form == "other" else None)
    assert (saved.state, saved.request_id) == (State.QUEUED, job.request_id)


async def test_a_lost_answer_is_found_and_its_run_followed_to_the_end(stage: Stage, form: IdForm) -> None:
    job = await stage.begin(State.UNCONFIRMED)
    [request_id] = await stage.segmind.insert_request(dict(job.body or {}), status="COMPLETED", cost=1.2)
    stage.files.troubles.append(404)
    done = await stage.drive(job)
    assert done.request_id == written_id(request_id, form)
    assert done.cost_usd == Decimal("1.2")
    assert done.output_url is not None
    assert await compare(stage) == []


async def test_a_job_that_was_given_up_takes_no_run_of_another(stage: Stage, form: IdForm) -> None:
    owner = await submitted(stage)
    waiting = await stage.begin(State.UNCONFIRMED, body=owner.body)
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    assert await compare(stage) == []
    assert (await stage.saved(given_up)).state is State.FAILED
    assert (await stage.saved(owner)).request_id == owner.request_id


async def test_a_job_in_doubt_takes_its_own_run_and_not_the_equal_one_of_another(stage: Stage, form: IdForm) -> None:
    owner = await submitted(stage)
    job = await stage.begin(State.UNCONFIRMED, body=owner.body)
    [request_id] = await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING")
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.request_id == written_id(request_id, form)
    assert await compare(stage) == []


async def test_a_run_whose_record_is_gone_is_completed_by_the_history(stage: Stage, form: IdForm) -> None:
    job = await stage.begin(State.PROCESSING)
    [request_id] = await stage.segmind.insert_request(dict(job.body or {}), status="COMPLETED", age=4_000.0, cost=2.1)
    submitted_at = stage.clock.now() - timedelta(seconds=4_000)
    job = await stage.store.save(
        job.evolve(request_id=request_id, submitted_at=submitted_at, segmind_time=submitted_at)
    )
    stage.files.troubles.append(404)
    done = await stage.drive(job)
    assert done.cost_usd == Decimal("2.1")
    assert done.output_url is not None
    if form == "other":
        assert done.history_id == written_id(request_id, form)


async def test_a_run_that_is_in_no_history_at_all_is_lost_all_the_same(stage: Stage, form: IdForm) -> None:
    job = await stage.begin(State.PROCESSING)
    failed = await stage.drive(job)
    assert failed.problem == Problem(code=ProblemCode.RECORD_GONE)


async def test_a_run_of_which_everything_was_deleted_is_no_charge_without_an_owner(stage: Stage, form: IdForm) -> None:
    job = await submitted(stage)
    await stage.store.save(job.bare())
    assert await compare(stage) == []


async def test_a_charge_of_somebody_else_is_still_told(stage: Stage, form: IdForm) -> None:
    job = await submitted(stage)
    body = {**(job.body or {}), "prompt": "somebody else's"}
    [request_id] = await stage.segmind.insert_request(body, status="COMPLETED", cost=1.35)
    assert await compare(stage) == [written_id(request_id, form)]


async def test_a_run_whose_job_another_process_finds_meanwhile_is_no_charge_without_an_owner(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.segmind.configure(history_ids="other")
    job = await submitted(stage)
    unseen = stage.store.unseen

    async def overtaken(*hashes: Any, **span: Any) -> Sequence[Job]:
        await stage.store.seen_as(job.id, written_id(job.request_id or "", "other"))
        return await unseen(*hashes, **span)

    monkeypatch.setattr(stage.store, "unseen", overtaken)
    assert await compare(stage) == []


async def test_a_run_that_another_process_adopts_meanwhile_is_no_charge_without_an_owner(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = await stage.begin(State.FAILED, problem=NEVER_ARRIVED)
    [request_id] = await stage.segmind.insert_request(dict(failed.body or {}), status="PROCESSING")
    in_states, never_arrived, settling = stage.store.in_states, stage.store.never_arrived, list[bool]()

    async def settles(states: Any) -> Sequence[Job]:
        settling.append(True)
        return await in_states(states)

    async def overtaken(**since: Any) -> Sequence[Job]:
        if settling:
            await stage.engine.move(failed, State.QUEUED, request_id=request_id, problem=None)
            settling.clear()
        return await never_arrived(**since)

    monkeypatch.setattr(stage.store, "in_states", settles)
    monkeypatch.setattr(stage.store, "never_arrived", overtaken)
    assert await compare(stage) == []


async def test_where_ids_are_the_same_an_equal_request_stays_with_the_job_in_doubt(stage: Stage) -> None:
    owner = await submitted(stage)
    job = await stage.begin(State.UNCONFIRMED, body=owner.body)
    [request_id] = await stage.segmind.insert_request(dict(job.body or {}), status="PROCESSING", age=1.0)
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.request_id == request_id
    assert (await stage.saved(owner)).history_id == owner.request_id, "it was asked for once, and is known by its own"


async def test_an_id_that_cannot_be_looked_up_leaves_the_request_alone(stage: Stage) -> None:
    await stage.segmind.configure(history_ids="other")
    owner = await submitted(stage)
    waiting = await stage.begin(State.UNCONFIRMED, body=owner.body)
    page = {"data": [], "page": 1}
    await stage.says("history", (200, page))
    given_up = await stage.engine.move(waiting, State.FAILED, problem=NEVER_ARRIVED)
    assert await compare(stage) == []
    row = {
        "request_id": written_id(owner.request_id or "", "other"),
        "model_name": owner.request.model,
        "model_status": "PENDING",
        "request_body": owner.body,
        "model_created": stage.clock.now().isoformat(),
    }
    await stage.says("history", (200, {"data": [row]}), (503, {"error": "down"}))
    with pytest.raises(Exception, match="503"):
        await compare(stage)
    assert (await stage.saved(given_up)).state is State.FAILED
    assert (await stage.saved(owner)).history_id is None
