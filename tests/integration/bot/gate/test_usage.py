"""What requests take of limits: reserved with the job, settled with it, and never overrun, on both databases."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from bot.gate.gatekeeping import keep_usage_thin
from bot.gate.limits import Limit, Terms
from bot.gate.usage import KEPT, LimitReached, Reservation
from bot.jobs.clock import STEADY_FOR
from bot.jobs.errors import SpendLimitReached
from bot.jobs.model import Job, Problem, ProblemCode
from bot.jobs.states import State
from bot.requests.waiting import KEPT_FOR, PausedStore
from bot.requests.wish import Wish
from bot.settings.model import Limits
from tests.support.clock import ManualClock
from tests.support.database import LIMIT
from tests.support.jobs import NOON, PRICE, a_job, a_request
from tests.support.ledgers import (
    ALL,
    CAPPED,
    CHANNEL,
    PROCESSES,
    Ledger,
    outcomes,
    somebodys,
)


async def test_a_request_that_finds_room_is_counted_with_its_job(ledger: Ledger) -> None:
    job = await ledger.reserve(ALL)
    used = await ledger.used()
    [use] = used.uses
    assert (use.asked_at, use.channel_id, use.seconds) == (NOON, CHANNEL, job.request.duration)
    assert (used.at_once, used.server_usd_today, used.server_usd_this_month) == (1, PRICE, PRICE)


async def test_a_request_without_room_saves_nothing_at_all(ledger: Ledger) -> None:
    refused = a_job()
    with pytest.raises(LimitReached) as caught:
        await ledger.reserve(Terms(member=Limits(per_day=0)), refused)
    assert caught.value.denial.limit is Limit.PER_DAY
    assert await ledger.jobs.get(refused.id) is None
    assert (await ledger.rows(), await ledger.jobs.spent(NOON.date())) == (0, 0)


async def test_what_the_whole_bot_has_no_money_for_is_not_counted(ledger: Ledger) -> None:
    with pytest.raises(SpendLimitReached):
        await ledger.jobs.add(a_job(), daily_limit_usd=PRICE / 2, reserve=Reservation(terms=Terms()))
    assert await ledger.rows() == 0


async def test_the_bots_month_is_limited_beside_its_day(ledger: Ledger) -> None:
    async def add(at: datetime) -> Job:
        return await ledger.jobs.add(a_job(at=at), daily_limit_usd=LIMIT, monthly_limit_usd=2 * PRICE)

    await add(NOON)
    await add(NOON + timedelta(days=20))
    with pytest.raises(SpendLimitReached) as caught:
        await add(NOON + timedelta(days=30))
    assert caught.value.whole_month
    assert await ledger.jobs.spent((NOON + timedelta(days=30)).date()) == 0
    await add(NOON + timedelta(days=31))  # in April


@pytest.mark.parametrize("state", [State.FAILED, State.CANCELLED])
async def test_what_ends_without_a_charge_is_released_at_once(ledger: Ledger, state: State) -> None:
    job = await ledger.reserve(ALL, a_job(State.PREPARING))
    await ledger.jobs.save(job.move(state, NOON))
    used = await ledger.used()
    assert (used.uses, used.at_once, used.server_usd_today) == ([], 0, 0)


async def test_what_was_charged_counts_with_its_true_cost(ledger: Ledger) -> None:
    job = await ledger.reserve(ALL, a_job(State.PROCESSING))
    job = await ledger.jobs.save(job.move(State.COMPLETED, NOON, cost_usd=Decimal("1.42")))
    used = await ledger.used()
    assert (len(used.uses), used.at_once, used.server_usd_today) == (1, 1, Decimal("1.42"))
    job = await ledger.jobs.save(job.move(State.WITHHELD, NOON))
    used = await ledger.used()
    assert (len(used.uses), used.at_once, used.server_usd_today) == (1, 0, Decimal("1.42"))


async def test_a_run_that_cost_nothing_and_gave_a_video_counts(ledger: Ledger) -> None:
    job = await ledger.reserve(ALL, a_job(State.PROCESSING))
    job = await ledger.jobs.save(job.move(State.COMPLETED, NOON, cost_usd=Decimal(0)))
    assert (await ledger.videos(), (await ledger.used()).server_usd_today) == (1, 0)


async def test_a_failed_run_that_was_charged_or_may_have_been_stays_counted(ledger: Ledger) -> None:
    charged = await ledger.reserve(ALL, a_job(State.PROCESSING))
    await ledger.jobs.save(charged.move(State.FAILED, NOON, cost_usd=Decimal(1)))
    lost = await ledger.reserve(ALL, a_job(State.PROCESSING))
    await ledger.jobs.save(lost.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.RECORD_GONE)))
    used = await ledger.used()
    assert (len(used.uses), used.server_usd_today) == (2, 1 + PRICE)


async def test_a_request_that_turns_up_after_it_was_given_up_counts_again(ledger: Ledger) -> None:
    job = await ledger.reserve(ALL, a_job(State.UNCONFIRMED))
    job = await ledger.jobs.save(job.move(State.FAILED, NOON, problem=Problem(code=ProblemCode.NEVER_ARRIVED)))
    assert await ledger.videos() == 0
    await ledger.jobs.save(job.move(State.QUEUED, NOON, request_id="late", problem=None))
    used = await ledger.used()
    assert (len(used.uses), used.server_usd_today) == (1, PRICE)


async def test_a_video_given_back_counts_no_more_and_its_money_stays_spent(ledger: Ledger) -> None:
    job = await ledger.reserve(ALL, a_job(State.PROCESSING))
    assert await ledger.usage.give_back(job.id)
    await ledger.jobs.save(job.move(State.COMPLETED, NOON, cost_usd=Decimal(1)))
    used = await ledger.used()
    assert (used.uses, used.server_usd_today) == ([], 1)
    assert not await ledger.usage.give_back(job.id)
    assert not await ledger.usage.give_back(404)


async def test_what_was_used_outlives_the_job(ledger: Ledger) -> None:
    job = await ledger.reserve(ALL, a_job(State.DELIVERED))
    assert await ledger.jobs.delete_ended(before=NOON + timedelta(days=1), at_most=10) == 1
    assert await ledger.jobs.get(job.id) is None
    assert await ledger.videos() == 1


async def test_what_no_limit_looks_back_at_is_forgotten(ledger: Ledger) -> None:
    await ledger.reserve(ALL)
    await ledger.reserve(ALL, a_job(at=NOON + timedelta(days=1)))
    assert await ledger.usage.thin(NOON + KEPT) == 0
    assert await ledger.usage.thin(NOON + KEPT + timedelta(seconds=1)) == 1
    assert await ledger.rows() == 1


async def test_it_is_forgotten_while_the_bot_runs(ledger: Ledger) -> None:
    await ledger.reserve(ALL)
    clock = ManualClock(NOON)
    thinning = asyncio.create_task(keep_usage_thin([ledger.usage], clock))
    await clock.asleep()
    assert await ledger.rows() == 1
    clock.advance(STEADY_FOR)
    await clock.asleep()
    clock.advance((KEPT + timedelta(hours=1)).total_seconds())
    await clock.asleep()
    clock.advance(STEADY_FOR)
    await clock.asleep()
    thinning.cancel()
    assert await ledger.rows() == 0


async def test_nothing_is_forgotten_for_a_clock_that_jumps_ahead_and_back(ledger: Ledger) -> None:
    await ledger.reserve(ALL)
    clock = ManualClock(NOON)
    clock.set_back(-KEPT - timedelta(days=365))
    thinning = asyncio.create_task(keep_usage_thin([ledger.usage], clock))
    await clock.asleep()
    clock.set_back(KEPT + timedelta(days=365))
    for _ in range(3):
        clock.advance(STEADY_FOR)
        await clock.asleep()
    thinning.cancel()
    assert await ledger.rows() == 1


async def test_so_is_what_was_asked_for_and_never_gone_on_with(ledger: Ledger) -> None:
    paused = PausedStore(ledger.engine)
    await paused.pause(1, 30, Wish(prompt="a secret", images=()), NOON)
    assert await paused.thin(NOON + KEPT_FOR) == 0
    clock = ManualClock(NOON + KEPT_FOR + timedelta(seconds=1))
    thinning = asyncio.create_task(keep_usage_thin([ledger.usage, paused], clock))
    await clock.asleep()
    clock.advance(STEADY_FOR)
    await clock.asleep()
    thinning.cancel()
    assert await paused.look(1, 30, NOON) is None


async def test_a_thread_counts_with_its_channel(ledger: Ledger) -> None:
    here = Terms(channel_id=CHANNEL, per_day_here=1)
    await ledger.reserve(here, a_job(request=a_request(channel_id=77)))
    with pytest.raises(LimitReached):
        await ledger.reserve(here)
    await ledger.reserve(replace(here, channel_id=21), a_job(request=a_request(channel_id=21)))


async def test_members_and_servers_have_limits_of_their_own(ledger: Ledger) -> None:
    one = Terms(member=Limits(per_day=1), server_at_once=2)
    await ledger.reserve(one)
    await ledger.reserve(one, a_job(request=a_request(member_id=31)))
    await ledger.reserve(one, a_job(request=a_request(guild_id=11)))
    with pytest.raises(LimitReached) as caught:
        await ledger.reserve(one, a_job(request=a_request(member_id=32)))
    assert caught.value.denial.limit is Limit.SERVER_AT_ONCE


async def test_a_cap_counts_the_month_up_to_its_end_and_the_day_alone(ledger: Ledger) -> None:
    capped = Terms(server_usd_per_day=PRICE, server_usd_per_month=2 * PRICE)
    await ledger.reserve(capped)
    with pytest.raises(LimitReached) as caught:
        await ledger.reserve(capped)
    assert caught.value.denial.limit is Limit.SERVER_SPEND_PER_DAY
    await ledger.reserve(capped, a_job(at=NOON + timedelta(days=1)))
    with pytest.raises(LimitReached) as caught:
        await ledger.reserve(capped, a_job(at=NOON + timedelta(days=2)))
    assert caught.value.denial.limit is Limit.SERVER_SPEND_PER_MONTH
    await ledger.reserve(capped, a_job(at=NOON + timedelta(days=31)))


async def test_a_reservation_tells_what_its_server_has_spent_with_it(ledger: Ledger) -> None:
    await ledger.reserve(CAPPED, a_job(at=NOON - timedelta(hours=12)))
    await ledger.reserve(CAPPED)
    reservation = Reservation(terms=CAPPED)
    await ledger.jobs.add(a_job(at=NOON + timedelta(days=1)), daily_limit_usd=LIMIT, reserve=reservation)
    assert (reservation.spent_today, reservation.spent_this_month) == (PRICE, 3 * PRICE)


@pytest.mark.parametrize("limits", [Limits(per_day=1), Limits(at_once=1)])
async def test_of_many_requests_at_once_at_a_limit_of_one_one_is_taken(
    ledgers: Sequence[Ledger], limits: Limits
) -> None:
    terms = Terms(member=limits)
    assert await outcomes(*(ledgers[n % PROCESSES].reserve(terms) for n in range(40))) == (1, 39)
    assert (await ledgers[0].rows(), await ledgers[0].jobs.spent(NOON.date())) == (1, PRICE)


async def test_a_cap_of_a_server_holds_for_many_members_at_once(ledgers: Sequence[Ledger]) -> None:
    terms = Terms(server_usd_per_day=7 * PRICE + Decimal("0.01"))
    assert await outcomes(*(ledgers[n % PROCESSES].reserve(terms, somebodys(n)) for n in range(40))) == (7, 33)
    assert (await ledgers[0].used(terms=terms)).server_usd_today == 7 * PRICE


async def test_a_months_cap_holds_where_one_day_passes_into_the_next(ledgers: Sequence[Ledger]) -> None:
    terms = Terms(server_usd_per_month=5 * PRICE)
    midnight = NOON + timedelta(hours=12)
    moments = [midnight + timedelta(seconds=n % 2 - 0.5) for n in range(60)]
    taken = await outcomes(
        *(ledgers[n % PROCESSES].reserve(terms, somebodys(n, at=at)) for n, at in enumerate(moments))
    )
    assert taken == (5, 55)


async def test_requests_and_the_ends_of_others_at_once_neither_overrun_nor_stop_each_other(
    ledgers: Sequence[Ledger],
) -> None:
    terms = Terms(server_at_once=10)
    running = [await ledgers[0].reserve(terms, replace(somebodys(n), state=State.PREPARING)) for n in range(10)]

    async def end(number: int, job: Job) -> None:
        await ledgers[number % PROCESSES].jobs.save(job.move(State.CANCELLED, NOON))

    ends = [end(n, job) for n, job in enumerate(running)]
    asks = [ledgers[n % PROCESSES].reserve(terms, somebodys(100 + n)) for n in range(40)]
    both = [each for pair in zip(ends, asks, strict=False) for each in pair] + asks[len(ends) :]
    taken, refused = await outcomes(*both)
    assert taken + refused == 50
    assert (await ledgers[0].used(terms=terms)).server_at_once <= 10
    unfinished = taken - len(ends)
    assert await ledgers[0].jobs.spent(NOON.date()) == unfinished * PRICE
