"""Jobs whose card never came to be known: they are dropped before anything is spent."""

from datetime import timedelta
from typing import Final

import structlog

from bot.jobs.engine import Engine
from bot.jobs.errors import StaleJob
from bot.jobs.states import State

log = structlog.get_logger(__name__)

CARD_WITHIN: Final = timedelta(seconds=60)  # after that a job without a card is dropped


async def drop_cardless(engine: Engine) -> None:
    for job in await engine.store.in_states([State.ACCEPTED]):
        if engine.clock.now() - job.created_at > CARD_WITHIN:
            try:
                await engine.move(job, State.EXPIRED)
            except StaleJob:
                log.info("card_came_late", job=job.id)
