"""Jobs whose card is on the screen although nobody knows it: the process died between the answer and its save."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.jobs.driving.owed import CARD_WITHIN, CONFIRMED_AFTER, LOOK_AFTER, SWEEP_EVERY, see_to_cardless
from bot.jobs.model import Job
from bot.jobs.ports import ChannelClosed, OutcomeUnclear
from bot.jobs.states import State
from tests.support.clock import PATIENCE
from tests.support.ports import CardsInMemory
from tests.support.stage import Stage

CARD = 4_242


async def test_a_job_goes_on_with_a_card_that_was_found(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.cards.unknown[job.id] = CARD
    stage.clock.advance(LOOK_AFTER.total_seconds() + 1)
    [found] = await see_to_cardless(stage.engine)
    assert found == await stage.saved(job)
    assert (found.state, found.card_message_id) == (State.PREPARING, CARD)


async def test_a_card_that_breaks_what_looks_for_it_keeps_nobody_else_waiting(stage: Stage) -> None:
    class BreaksFor(CardsInMemory):
        async def find(self, job: Job) -> int | None:
            if job.id == first.id:
                raise ValueError("no such component")
            return CARD

    first, second = [await stage.begin(State.ACCEPTED) for _ in range(2)]
    stage.clock.advance(LOOK_AFTER.total_seconds() + 1)
    [found] = await see_to_cardless(replace(stage.engine, cards=BreaksFor()))
    assert found.id == second.id


async def test_the_dispatcher_drives_a_job_whose_card_was_found(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.cards.unknown[job.id] = CARD
    await stage.dispatcher.resume()
    sweeping = asyncio.create_task(stage.dispatcher.run())
    await stage.clock.asleep()
    stage.clock.advance(SWEEP_EVERY)
    async with asyncio.timeout(PATIENCE):
        await stage.cards.wait_for(job.id, State.PREPARING)
    await stage.clock.asleep()
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert stage.dispatcher.driving == 1


async def test_a_card_that_is_found_too_late_says_that_its_job_is_over(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.cards.unknown[job.id] = CARD
    stage.clock.advance(CARD_WITHIN.total_seconds() + 1)
    await stage.drop_cardless()
    shown = stage.cards.shown[-1]
    assert (shown.state, shown.card_message_id) == (State.EXPIRED, CARD)
    assert await stage.spent(job) == 0


async def test_whoever_may_still_be_answering_is_left_alone(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.cards.unknown[job.id] = CARD
    stage.clock.advance(LOOK_AFTER.total_seconds())
    assert await see_to_cardless(stage.engine) == []
    assert await stage.saved(job) == job


async def test_while_discord_gives_no_answer_nothing_is_dropped(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.clock.advance(CARD_WITHIN.total_seconds() + 1)
    stage.cards.troubles.append(OutcomeUnclear("503"))
    await see_to_cardless(stage.engine)
    assert await stage.saved(job) == job
    await stage.drop_cardless()
    assert (await stage.saved(job)).state is State.EXPIRED


@pytest.mark.parametrize(("late", "state"), [(-1, State.ACCEPTED), (1, State.EXPIRED)])
async def test_in_a_closed_channel_there_is_no_card(stage: Stage, late: float, state: State) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.clock.advance(CARD_WITHIN.total_seconds() + late)
    stage.cards.troubles.extend([ChannelClosed("403")] * 2)
    await see_to_cardless(stage.engine)
    if late > 0:
        await stage.drop_cardless()
    assert (await stage.saved(job)).state is state


async def test_a_clock_that_jumps_ahead_for_one_sweep_drops_no_job(stage: Stage) -> None:
    job = await stage.begin(State.ACCEPTED)
    stage.clock.set_back(-timedelta(days=2))
    await see_to_cardless(stage.engine)
    stage.clock.set_back(timedelta(days=2))
    stage.clock.advance(CONFIRMED_AFTER)
    await see_to_cardless(stage.engine)
    assert await stage.saved(job) == job
