"""Cards that do not show yet what became of their job: whoever should have edited them has died."""

from datetime import timedelta
from typing import Final

from bot.jobs.steps.engine import Engine

PATIENCE: Final = timedelta(seconds=15)  # for a process that lives to edit the card itself
AT_ONCE: Final = 100  # cards; the next sweep has the others


async def show_last_cards(engine: Engine) -> None:
    """Have the cards edited that are still owed their last word."""
    for job in await engine.store.cards_owed(before=engine.clock.now() - PATIENCE, at_most=AT_ONCE):
        engine.cards.changed(job)
