"""What a process that died left owed: cards that are not known or not up to date, and notices to members.

A process that dies between the answer to a command and its save leaves a card on the screen that no one would edit.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

import structlog

from bot.jobs.errors import StaleJob
from bot.jobs.model import Job
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.jobs.states import DRIVEN, State
from bot.jobs.steps.engine import Engine
from bot.jobs.tasks import for_each, keep_looking

log = structlog.get_logger(__name__)

SWEEP_EVERY: Final = 20.0  # seconds
MAY_OWE: Final = frozenset(State) - DRIVEN  # a card, the last word on it, or a private word
LOOK_AFTER: Final = timedelta(seconds=10)  # a command is answered within 3 s, after which its process knows the card
CARD_WITHIN: Final = timedelta(seconds=60)  # after that a job without a card is dropped, and a card says so
CONFIRMED_AFTER: Final = LOOK_AFTER.total_seconds()  # between the looks that have to agree that it is that late
PATIENCE: Final = timedelta(seconds=15)  # for a process that lives to edit the card itself
AT_ONCE: Final = 100  # cards; the next sweep has the others


async def see_to_cardless(engine: Engine) -> Sequence[Job]:
    """Find the cards that no one knows of, and drop jobs without one; return the jobs that go on, to be driven."""
    going_on: list[Job] = []

    async def see_to(job: Job) -> None:
        if (found := await _seen_to(engine, job)) is not None:
            going_on.append(found)

    await for_each(await engine.store.in_states([State.ACCEPTED]), see_to)
    return going_on


async def _seen_to(engine: Engine, job: Job) -> Job | None:
    """Look for a job's card; return the job where that is there in time."""
    age = engine.clock.now() - job.created_at
    if age <= CARD_WITHIN:
        engine.overdue.forget(job.id)
    if age <= LOOK_AFTER:
        return None
    try:
        message_id = await _card_of(engine, job)
        if age > CARD_WITHIN:
            if engine.overdue.confirms(engine.clock, job.id, seconds=CONFIRMED_AFTER):
                await engine.move(job, State.EXPIRED, card_message_id=message_id)
                engine.overdue.forget(job.id)
        elif message_id is not None:
            log.info("card_found", job=job.id, message=message_id)
            return await engine.move(job, State.PREPARING, card_message_id=message_id)
    except OutcomeUnclear as error:
        log.warning("card_not_looked_for", job=job.id, error=error.detail)  # the next time, then
    except StaleJob:
        log.info("card_came_late", job=job.id)
    return None


async def _card_of(engine: Engine, job: Job) -> int | None:
    try:
        return await engine.cards.find(job)
    except OutcomeUnclear:
        raise
    except PortError:
        return None  # where the bot sees nothing there is nothing to edit either


async def show_last_cards(engine: Engine) -> None:
    """Have the cards edited that are still owed their last word."""
    for job in await engine.store.cards_owed(before=engine.clock.now() - PATIENCE, at_most=AT_ONCE):
        engine.cards.changed(job)


async def give_owed_notices(engine: Engine) -> None:
    """Tell the members who are still owed a private word."""
    owed = await engine.store.notices_owed(before=engine.clock.now() - PATIENCE, at_most=AT_ONCE)
    await for_each(owed, engine.notices.tell)


async def keep_seeing_to_owed(engine: Engine, dispatch: Callable[[Job], Awaitable[None]]) -> None:
    """See to what is owed once it may be, until cancelled; `dispatch` has a job driven whose card was found."""

    async def look() -> bool:
        if not await engine.store.owes():
            return False
        for job in await see_to_cardless(engine):
            await dispatch(job)
        await show_last_cards(engine)
        await give_owed_notices(engine)
        return True

    await keep_looking(look, engine.store.engine, *MAY_OWE, every=SWEEP_EVERY, clock=engine.clock)
