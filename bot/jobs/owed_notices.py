"""Members who have not been told yet what became of their video: whoever should have told them has died."""

from datetime import timedelta
from typing import Final

from bot.jobs.steps.engine import Engine
from bot.jobs.tasks import for_each

PATIENCE: Final = timedelta(seconds=15)  # for a process that lives to tell the member itself
AT_ONCE: Final = 100  # notices; the next sweep has the others


async def give_owed_notices(engine: Engine) -> None:
    """Tell the members who are still owed a private word."""
    owed = await engine.store.notices_owed(before=engine.clock.now() - PATIENCE, at_most=AT_ONCE)
    await for_each(owed, engine.notices.tell)
