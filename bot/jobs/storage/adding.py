"""New jobs: those that come at once are saved in one transaction, which waits for the disk once for all of them."""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.database.changes import NOTED_BY_CALLER
from bot.database.locks import Lock, exclusive
from bot.database.outages import is_away
from bot.database.tables import jobs
from bot.jobs.model import Job
from bot.jobs.storage import ledger
from bot.jobs.storage.ledger import Reserve, SpendLimits
from bot.jobs.storage.records import first_record
from bot.jobs.storage.rows import to_row

MOST_AT_ONCE: Final = 20  # in one transaction; what else wants the database waits for it
# Made once: to build a statement with so many values takes longer than to run it.
_INSERT: Final = jobs.insert().execution_options(**{NOTED_BY_CALLER: True})


@dataclass(frozen=True, slots=True, kw_only=True)
class _New:
    job: Job
    limits: SpendLimits
    reserve: Reserve | None
    done: asyncio.Future[None]

    async def save(self, connection: AsyncConnection) -> None:
        await ledger.take(connection, self.job, self.limits, self.reserve)
        await connection.execute(_INSERT, to_row(self.job))
        await first_record(connection, self.job)


class Additions:
    """Saves new jobs with their reservations, those that wait for their turn together."""

    def __init__(self, engine: AsyncEngine, turn: asyncio.Lock) -> None:
        """Who has the `turn` may reserve."""
        self._engine = engine
        self._turn = turn
        self._waiting: list[_New] = []

    async def add(self, job: Job, limits: SpendLimits, reserve: Reserve | None) -> None:
        """Return once a new job is saved, or raise why it isn't: others in the transaction make no difference."""
        new = _New(job=job, limits=limits, reserve=reserve, done=asyncio.get_running_loop().create_future())
        self._waiting.append(new)
        async with self._turn:
            if not new.done.done():  # the first of those who wait saves them all
                together, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
                await self._save(together)
        new.done.result()

    async def _save(self, together: Sequence[_New]) -> None:
        refused: dict[int, Exception] = {}
        try:
            async with self._engine.begin() as connection:
                await exclusive(connection, Lock.RESERVING)
                for number, new in enumerate(together):
                    try:
                        # What one has taken before it finds no room is given back, and that alone.
                        async with connection.begin_nested() if len(together) > 1 else nullcontext():
                            await new.save(connection)
                    except Exception as error:
                        if len(together) == 1 or is_away(error):
                            raise
                        refused[number] = error
        except Exception as error:  # noqa: BLE001 - each of them raises it; also where it is unknown whether it was committed
            for number, new in enumerate(together):
                new.done.set_exception(refused.get(number, error))
            return
        for number, new in enumerate(together):
            if number in refused:
                new.done.set_exception(refused[number])
            else:
                new.done.set_result(None)
