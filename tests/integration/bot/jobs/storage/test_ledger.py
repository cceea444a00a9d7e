"""What a run costs, what a day may cost, and what no cost can be."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
import structlog.testing

from bot.catalogue.models import DEFAULT
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.ports import News
from bot.jobs.prices import Prices
from bot.jobs.states import State
from bot.jobs.storage.ledger import SpendLimits
from tests.support.jobs import NOON, PRICE, charge
from tests.support.stage import Stage

ODD = [-500, -0.01, "1_000", 1e-320, 1e9, True, "NaN", "a lot", float("nan"), float("inf"), 13.51, [1.35], 10**400]


class Operator:
    """Takes what the operator has to hear, each once as the real one does."""

    def __init__(self) -> None:
        self.heard: dict[tuple[News, str], str] = {}

    async def __call__(self, news: News, *, about: str, detail: str) -> None:
        self.heard.setdefault((news, about), detail)


@pytest.fixture
def operator(stage: Stage) -> Operator:
    operator = Operator()
    stage.engine = replace(stage.engine, tell_operator=operator)
    return operator


async def finished(stage: Stage, cost: object) -> Job:
    job = await stage.begin(State.PROCESSING)
    await stage.status_words("COMPLETED")
    answer = {"status": "COMPLETED", "output": stage.files.url("/video.mp4"), "metrics": {"cost": cost}}
    await stage.says("result", (200, answer))
    return await stage.drive(job)


@pytest.mark.parametrize("cost", ODD, ids=str)
async def test_a_cost_outside_all_sense_keeps_the_reservation_and_is_reported(
    stage: Stage, operator: Operator, cost: object
) -> None:
    with structlog.testing.capture_logs() as told:
        done = await finished(stage, cost)
    assert (done.state, done.cost_usd) == (State.DELIVERED, None)
    assert await stage.spent(done) == done.reserved_usd
    assert [line["job"] for line in told if line["event"] == "odd_cost"] == [done.id]
    [(news, about)] = operator.heard
    assert (news, about) == (News.ODD_COST, done.request.model)


async def test_odd_costs_of_one_model_are_reported_once(stage: Stage, operator: Operator) -> None:
    first = await finished(stage, -500)
    await finished(stage, "1_000")
    assert operator.heard == {(News.ODD_COST, first.request.model): f"{first.request.model}, job {first.id}: -500"}


@pytest.mark.parametrize("cost", [0.7, 1.35, 13.5, "1.42", 1.3450000000000002])
async def test_a_cost_that_can_be_one_is_what_the_run_cost(stage: Stage, operator: Operator, cost: object) -> None:
    done = await finished(stage, cost)
    assert done.cost_usd == Decimal(str(cost))
    assert await stage.spent(done) == round(Decimal(str(cost)), 6)
    assert operator.heard == {}


@pytest.mark.parametrize("cost", [None, 0, 0.0])
async def test_where_no_cost_is_told_the_price_stays_reserved(stage: Stage, operator: Operator, cost: object) -> None:
    done = await finished(stage, cost)
    assert done.cost_usd is None
    assert await stage.spent(done) == done.reserved_usd
    assert operator.heard == {}


async def test_an_odd_cost_in_the_history_keeps_the_reservation_too(stage: Stage, operator: Operator) -> None:
    job = await stage.begin(State.PROCESSING)
    row = {"credits_deduction": "1_000"}
    [request_id] = await stage.segmind.insert_request(dict(job.body or {}), status="COMPLETED", age=4_000.0, row=row)
    job = await stage.store.save(job.evolve(request_id=request_id))
    stage.files.troubles.append(404)
    done = await stage.drive(job)
    assert await stage.spent(done) == done.reserved_usd
    assert [*operator.heard] == [(News.ODD_COST, job.request.model)]


async def failed(stage: Stage, cost: object) -> Job:
    job = await stage.begin(State.PROCESSING)
    await stage.says("status", (422, {"status": "FAILED", "error": "oops", "metrics": {"cost": cost}}))
    return await stage.drive(job)


@pytest.mark.parametrize("cost", [-0.5, "a lot", 13.51])
async def test_a_failed_run_whose_cost_cannot_be_right_counts_as_it_was_reserved_and_is_reported(
    stage: Stage, operator: Operator, cost: object
) -> None:
    job = await failed(stage, cost)
    assert await stage.spent(job) == job.cost_usd == job.reserved_usd
    assert [*operator.heard] == [(News.ODD_COST, job.request.model)]


@pytest.mark.parametrize("cost", [None, 0, 0.0])
async def test_a_failed_run_without_a_cost_is_not_charged(stage: Stage, operator: Operator, cost: object) -> None:
    job = await failed(stage, cost)
    assert (job.state, job.cost_usd, job.counts) == (State.FAILED, None, False)
    assert await stage.spent(job) == 0
    assert operator.heard == {}


async def test_what_a_failed_run_cost_makes_no_price(stage: Stage) -> None:
    assert (await failed(stage, 0.9)).cost_usd == Decimal("0.9")
    assert (await Prices(stage.store.engine, stage.engine.offer).of(DEFAULT, 5)).costs == ()


async def test_the_last_ten_charges_of_the_same_model_and_duration_make_the_price(stage: Stage) -> None:
    prices = Prices(stage.store.engine, stage.engine.offer)
    model = stage.engine.offer.default
    assert (await prices.of(model, 5)).usd == Decimal("1.35")
    await charge(stage.store, "9.99", *["0.70"] * 9)
    assert (await prices.of(model, 5)).usd == Decimal("9.99")
    await charge(stage.store, *["0.75"] * 10, since=NOON + timedelta(hours=1))
    price = await prices.of(model, 5)
    assert (price.usd, price.costs) == (Decimal("0.75"), (Decimal("0.75"),) * 10)
    assert (await prices.of(model, 10)).costs == ()
    assert (await prices.least())[5] == Decimal("0.75")
    assert (await prices.offer()).default.prices_usd == {5: Decimal("0.75"), 10: Decimal("2.70")}


async def test_a_charge_outside_all_sense_makes_no_price(stage: Stage) -> None:
    await charge(stage.store, "0", "13.51", "-1", "1.30")
    price = await Prices(stage.store.engine, stage.engine.offer).of(DEFAULT, 5)
    assert price.costs == (Decimal("1.30"),)


def limited(stage: Stage, per_day: Decimal, per_month: Decimal | None = None) -> None:
    spend = SpendLimits(per_day=per_day, per_month=per_month)
    stage.engine = replace(stage.engine, limits=replace(stage.engine.limits, spend=spend))


async def waits(stage: Stage, *, until: Callable[[Job], bool], job: Job) -> Job:
    """Let time pass until a waiting job is as `until` says."""
    driver = stage.start(job)
    while not until(saved := await stage.saved(job)):
        assert not driver.done()
        await stage.clock.asleep()
        stage.clock.advance(30.0)
    driver.cancel()
    await asyncio.gather(driver, return_exceptions=True)
    return saved


def tomorrow(stage: Stage) -> datetime:
    return (stage.clock.now() + timedelta(days=1)).replace(hour=0, minute=0, second=30)


async def test_what_waited_past_midnight_is_paid_for_by_the_day_of_its_submit(stage: Stage) -> None:
    limited(stage, 2 * PRICE)
    job = await stage.begin(State.WAITING)
    stage.clock.advance((tomorrow(stage) - stage.clock.now()).total_seconds())
    queued = await stage.drive_until(job, State.QUEUED)
    assert queued.spend_day == stage.clock.now().date() != job.spend_day
    assert (await stage.spent(job), await stage.spent(queued)) == (0, PRICE)


@pytest.mark.parametrize("monthly", [False, True])
async def test_where_the_new_day_has_no_room_it_waits_says_so_and_is_free_to_cancel(
    stage: Stage, *, monthly: bool
) -> None:
    limited(stage, PRICE * (1 if not monthly else 9), PRICE if monthly else None)
    job = await stage.begin(State.WAITING)
    stage.clock.advance((tomorrow(stage) - stage.clock.now()).total_seconds() + (31 * 86_400 if monthly else 0))
    other = await stage.begin(State.PREPARING)
    waiting = await waits(stage, job=job, until=lambda saved: saved.problem is not None)
    assert (waiting.state, waiting.problem) == (State.WAITING, Problem(code=ProblemCode.NO_ROOM))
    shown = [each.problem for each in stage.cards.shown if each.id == job.id]
    assert shown[-1] == Problem(code=ProblemCode.NO_ROOM)
    assert (waiting.spend_day, await stage.submits()) == (job.spend_day, 0)
    assert await stage.spent(other) == PRICE
    await stage.control.cancel(other.id)
    queued = await stage.drive_until(await stage.saved(job), State.QUEUED)
    assert (queued.problem, await stage.spent(queued), await stage.submits()) == (None, PRICE, 1)


async def test_a_job_that_waits_for_room_can_be_canceled_at_no_cost(stage: Stage) -> None:
    limited(stage, PRICE)
    job = await stage.begin(State.WAITING)
    stage.clock.advance((tomorrow(stage) - stage.clock.now()).total_seconds())
    await stage.begin(State.PREPARING)
    await waits(stage, job=job, until=lambda saved: saved.problem is not None)
    canceled = await stage.control.cancel(job.id)
    assert (canceled.problem, await stage.spent(job), await stage.submits()) == (None, 0, 0)


async def test_the_caps_of_its_server_count_as_they_are_at_the_submit(stage: Stage) -> None:
    job = await stage.begin(State.WAITING)
    asked: list[int] = []

    async def caps(intent: Job) -> Callable[..., object]:
        async def reserve(_connection: object, saved: Job) -> None:
            asked.append(saved.id)
            if len(asked) == 1:
                raise SpendLimitReached

        return reserve

    stage.engine = replace(stage.engine, caps=caps)  # pyright: ignore[reportArgumentType]
    queued = await stage.drive_until(job, State.QUEUED)
    assert asked == [], "on the day that has its price there is nothing to compare"
    later = await stage.begin(State.WAITING, prompt="an owl")
    stage.clock.advance((tomorrow(stage) - stage.clock.now()).total_seconds())
    await waits(stage, job=later, until=lambda saved: saved.problem is not None)
    again = await stage.drive_until(await stage.saved(later), State.QUEUED)
    assert asked == [later.id, later.id]
    assert again.spend_day > queued.spend_day


async def test_of_many_that_waited_past_midnight_no_more_are_paid_for_than_there_is_room_for(stage: Stage) -> None:
    limited(stage, 3 * PRICE)
    jobs = [await stage.begin(State.WAITING, prompt=f"fox {number}") for number in range(5)]
    stage.clock.advance((tomorrow(stage) - stage.clock.now()).total_seconds())
    drivers = [stage.start(job) for job in jobs]

    while not all(job.state is State.QUEUED or job.problem for job in [await stage.saved(job) for job in jobs]):
        await stage.clock.asleep()
        stage.clock.advance(1.0)
    assert not any(driver.done() for driver in drivers)
    assert await stage.submits() == 3
    assert await stage.store.spent(stage.clock.now().date()) == 3 * PRICE
