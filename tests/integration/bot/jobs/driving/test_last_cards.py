"""The last word on a card arrives although the process that owed it has died."""

import asyncio

from bot.jobs.driving.owed import PATIENCE, SWEEP_EVERY, show_last_cards
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.jobs.storage.jobs import JobStore
from tests.support.stage import Stage

CARD = 4_242


async def dies_after(stage: Stage, job: Job) -> Job:
    """Save a job as a process does that dies before it can edit the card."""
    return await JobStore(stage.store.engine).save(job)


async def test_a_card_is_owed_its_last_word_until_it_is_shown(stage: Stage) -> None:
    job = await stage.begin(State.POSTING, card_message_id=CARD)
    delivered = await dies_after(stage, job.move(State.DELIVERED, stage.clock.now()))
    stage.clock.advance(PATIENCE.total_seconds() + 1)
    await show_last_cards(stage.engine)
    assert stage.cards.shown == [delivered]
    await stage.store.card_shown(delivered)
    await show_last_cards(stage.engine)
    assert stage.cards.shown == [delivered]


async def test_whoever_may_still_edit_the_card_is_given_time(stage: Stage) -> None:
    job = await stage.begin(State.POSTING, card_message_id=CARD)
    await dies_after(stage, job.move(State.DELIVERED, stage.clock.now()))
    stage.clock.advance(PATIENCE.total_seconds())
    await show_last_cards(stage.engine)
    assert stage.cards.shown == []


async def test_a_card_that_showed_an_older_value_is_still_owed_the_newest(stage: Stage) -> None:
    job = await stage.begin(State.UNDELIVERED, card_message_id=CARD)
    newer = await stage.store.save(job.evolve(cancel_requested=True))
    await stage.store.card_shown(job)
    stage.clock.advance(PATIENCE.total_seconds() + 1)
    await show_last_cards(stage.engine)
    assert stage.cards.shown == [newer]


async def test_a_job_that_is_driven_shows_its_card_itself(stage: Stage) -> None:
    await stage.begin(State.POSTING, card_message_id=CARD)
    stage.clock.advance(3_600)
    await show_last_cards(stage.engine)
    assert stage.cards.shown == []


async def test_the_dispatcher_sees_to_it_after_a_start(stage: Stage) -> None:
    job = await stage.begin(State.WAITING, card_message_id=CARD)
    cancelled = await dies_after(stage, job.move(State.CANCELLED, stage.clock.now()))
    await stage.dispatcher.resume()
    sweeping = asyncio.create_task(stage.dispatcher.run())
    await stage.clock.asleep()
    stage.clock.advance(SWEEP_EVERY)
    await stage.cards.wait_for(job.id, State.CANCELLED)
    sweeping.cancel()
    await asyncio.gather(sweeping, return_exceptions=True)
    assert stage.cards.shown == [cancelled]
