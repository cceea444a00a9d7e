"""What was held overnight counts for the day on which it is approved, on both databases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.gate.limits import Terms
from bot.gate.usage import LimitReached, Rebooking, Reservation
from bot.jobs.errors import SpendLimitReached, StaleJob
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.ledger import SpendLimits
from tests.support.database import LIMIT
from tests.support.jobs import NOON, PRICE, a_job
from tests.support.ledgers import (
    CAPPED,
    LATER,
    LIMITS,
    PROCESSES,
    Ledger,
    outcomes,
    somebodys,
)

NO_ROOM = [
    (CAPPED, SpendLimits(per_day=PRICE)),
    (CAPPED, SpendLimits(per_day=LIMIT, per_month=2 * PRICE - Decimal("0.01"))),
    (Terms(server_usd_per_day=PRICE), LIMITS),
    (Terms(server_usd_per_month=2 * PRICE - Decimal("0.01")), LIMITS),
]


async def test_what_is_approved_on_a_later_day_counts_for_that_day_and_no_more_for_the_former(ledger: Ledger) -> None:
    held = await ledger.hold(a_job())
    approved = await ledger.approve(held)
    assert approved.spend_day == LATER.date()
    assert await ledger.spent(NOON, LATER) == [0, PRICE]
    today, former = await ledger.used(LATER), await ledger.used(NOON)
    assert (today.server_usd_today, today.server_usd_this_month, former.server_usd_today) == (PRICE, PRICE, 0)
    assert [use.asked_at for use in today.uses] == [NOON]  # windows look back on when it was asked for
    await ledger.jobs.save(approved.move(State.FAILED, LATER))
    assert await ledger.spent(NOON, LATER) == [0, 0]


async def test_in_the_same_month_it_is_not_counted_beside_itself(ledger: Ledger) -> None:
    terms = Terms(server_usd_per_day=PRICE, server_usd_per_month=PRICE)
    approved = await ledger.approve(await ledger.hold(a_job()), terms, SpendLimits(per_day=PRICE, per_month=PRICE))
    assert approved.state is State.PREPARING


async def test_in_another_month_it_counts_for_that_one(ledger: Ledger) -> None:
    terms = Terms(server_usd_per_month=PRICE)
    april = NOON + timedelta(days=31)
    await ledger.approve(await ledger.hold(a_job()), terms, at=april)
    assert (await ledger.used(NOON)).server_usd_this_month == 0
    with pytest.raises(LimitReached):
        await ledger.reserve(terms, a_job(at=april))
    await ledger.reserve(terms)


@pytest.mark.parametrize(("terms", "limits"), NO_ROOM)
async def test_without_room_on_the_later_day_it_waits_on_as_it_did(
    ledger: Ledger, terms: Terms, limits: SpendLimits
) -> None:
    held = await ledger.hold(a_job())
    others = await ledger.reserve(Terms(), replace(somebodys(1, at=LATER), state=State.PREPARING))
    with pytest.raises((LimitReached, SpendLimitReached)):
        await ledger.approve(held, terms, limits)
    assert await ledger.jobs.get(held.id) == held
    assert await ledger.spent(NOON, LATER) == [PRICE, PRICE]
    assert (await ledger.used(NOON)).server_usd_today == PRICE
    await ledger.jobs.save(others.move(State.CANCELLED, LATER))
    await ledger.approve(held, terms, limits)
    assert await ledger.spent(NOON, LATER) == [0, PRICE]


@pytest.mark.parametrize("limits", [LIMITS, SpendLimits(per_day=PRICE)])
async def test_of_what_was_held_overnight_no_more_is_approved_at_once_than_there_is_room_for(
    ledgers: Sequence[Ledger], limits: SpendLimits
) -> None:
    terms = CAPPED if limits is not LIMITS else Terms(server_usd_per_day=PRICE)
    held = [await ledgers[0].hold(somebodys(n)) for n in range(50)]
    both = [
        each
        for n, job in enumerate(held)
        for each in (
            ledgers[n % PROCESSES].approve(job, terms, limits),
            ledgers[n % PROCESSES].jobs.add(
                somebodys(100 + n, at=LATER), daily_limit_usd=limits.per_day, reserve=Reservation(terms=terms)
            ),
        )
    ]
    assert await outcomes(*both) == (1, 99)
    assert (await ledgers[0].spent(LATER), (await ledgers[0].used(LATER)).server_usd_today) == ([PRICE], PRICE)


async def test_approvals_and_cancellations_at_once_leave_what_is_under_way(ledgers: Sequence[Ledger]) -> None:
    held = [await ledgers[0].hold(somebodys(n)) for n in range(30)]

    async def decide(number: int, job: Job) -> None:
        ledger = ledgers[number % PROCESSES]
        deciding = ledger.approve(job), ledger.jobs.save(job.move(State.CANCELLED, LATER))
        results = await asyncio.gather(*deciding, return_exceptions=True)
        assert sorted(isinstance(each, StaleJob) for each in results) == [False, True]

    await asyncio.gather(*(decide(n, job) for n, job in enumerate(held)))
    approved = len(await ledgers[0].jobs.in_states({State.PREPARING}))
    assert await ledgers[0].spent(NOON, LATER) == [0, approved * PRICE]
    assert (await ledgers[0].used(LATER)).server_usd_today == approved * PRICE


async def waiting(ledger: Ledger, number: int = 0) -> Job:
    """Have a job wait for its turn since the day before."""
    added = await ledger.reserve(CAPPED, replace(somebodys(number), state=State.WAITING))
    return added.move(State.SUBMITTING, LATER, body={"prompt": f"fox {number}"}, submitted_at=LATER)


@pytest.mark.parametrize(("terms", "limits"), NO_ROOM)
async def test_what_is_submitted_on_a_later_day_finds_room_on_that_day_or_waits(
    ledger: Ledger, terms: Terms, limits: SpendLimits
) -> None:
    intent = await waiting(ledger)
    others = await ledger.reserve(Terms(), replace(somebodys(1, at=LATER), state=State.PREPARING))
    with pytest.raises((LimitReached, SpendLimitReached)):
        await ledger.jobs.save_submitting(intent, places=9, limits=limits, reserve=Rebooking(terms=terms))
    assert await ledger.spent(NOON, LATER) == [PRICE, PRICE]
    found = await ledger.jobs.get(intent.id)
    assert found is not None
    assert (found.state, found.spend_day) == (State.WAITING, NOON.date())
    await ledger.jobs.save(others.move(State.CANCELLED, LATER))
    saved = await ledger.jobs.save_submitting(intent, places=9, limits=limits, reserve=Rebooking(terms=terms))
    assert (saved.state, saved.spend_day) == (State.SUBMITTING, LATER.date())
    assert await ledger.spent(NOON, LATER) == [0, PRICE]
    assert (await ledger.used(LATER)).server_usd_today == PRICE


async def test_submits_and_new_requests_at_once_take_no_more_of_a_day_than_there_is(
    ledgers: Sequence[Ledger],
) -> None:
    limits = SpendLimits(per_day=PRICE)
    intents = [await waiting(ledgers[0], number) for number in range(20)]
    both = [
        each
        for n, intent in enumerate(intents)
        for each in (
            ledgers[n % PROCESSES].jobs.save_submitting(
                intent, places=99, limits=limits, reserve=Rebooking(terms=CAPPED)
            ),
            ledgers[n % PROCESSES].jobs.add(
                somebodys(100 + n, at=LATER), daily_limit_usd=PRICE, reserve=Reservation(terms=CAPPED)
            ),
        )
    ]
    assert await outcomes(*both) == (1, 39)
    assert await ledgers[0].spent(LATER) == [PRICE]
