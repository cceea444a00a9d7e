"""Messages of ours that show something of a member whose data is deleted: noted with the deletion, emptied after it.

They are kept in the database until that is done, so that no restart and no trouble with Discord leaves one as it was.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final, Protocol

import structlog
from sqlalchemy import Row, delete, select, update
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.tables import emptied_messages
from bot.jobs.clock import Clock
from bot.jobs.ports import OutcomeUnclear, PortError
from bot.jobs.tasks import uncancelled

log = structlog.get_logger(__name__)

EVERY: Final = 20.0  # seconds
TRY_AGAIN: Final = timedelta(seconds=60)  # for one that somebody took on, and did not finish
AT_ONCE: Final = 50


class Deed(StrEnum):
    """What is to be done with a message."""

    CARD = "CARD"  # a status card: nothing stays but that it is deleted
    POST = "POST"  # a video: it stays, and is described in other words than the prompt's
    MODERATORS = "MODERATORS"  # what moderators were shown: nothing stays
    REMOVE = "REMOVE"  # the whole message goes


@dataclass(frozen=True, slots=True, kw_only=True)
class Telltale:
    """One such message."""

    message_id: int
    guild_id: int
    channel_id: int
    deed: Deed
    locale: str  # of its readers


class Empties(Protocol):
    async def empty(self, telltale: Telltale) -> None:
        """Do with a message what is to be done; one that is gone is done. Raises `PortError`."""
        ...


class Emptying:
    """Any process does it; what one has taken on no other does at the same time."""

    def __init__(self, engine: AsyncEngine, desk: Empties, clock: Clock) -> None:
        self._engine = engine
        self._desk = desk
        self._clock = clock

    async def run(self, resumed: Callable[[], Awaitable[None]]) -> None:
        """Empty what is due now and then, from the moment when Discord can be spoken to, until cancelled."""
        await resumed()
        while True:
            await self.sweep()
            await self._clock.sleep(EVERY)

    async def sweep(self) -> None:
        """Empty all that is due."""
        while telltales := await self._take(self._clock.now()):
            for telltale in telltales:
                await self._empty(telltale)

    async def _empty(self, telltale: Telltale) -> None:
        try:
            await self._desk.empty(telltale)
        except OutcomeUnclear as error:
            log.warning("message_not_emptied_yet", message=telltale.message_id, error=error.detail)
            return
        except PortError as error:
            log.info("message_out_of_reach", message=telltale.message_id, error=error.detail)
        await self._done(telltale)

    @uncancelled
    async def _take(self, now: datetime) -> Sequence[Telltale]:
        """Take some on; whoever dies over them leaves them to others after a while."""
        due = emptied_messages.c.due_at <= now
        query = select(emptied_messages).where(due).order_by(emptied_messages.c.due_at).limit(AT_ONCE)
        taken: list[Telltale] = []
        async with self._engine.begin() as connection:
            for row in (await connection.execute(query)).all():
                mine = emptied_messages.c.message_id == row.message_id
                later = update(emptied_messages).where(mine, due).values(due_at=now + TRY_AGAIN)
                if (await connection.execute(later)).rowcount:
                    taken.append(_from_row(row))
        return taken

    @uncancelled
    async def _done(self, telltale: Telltale) -> None:
        mine = emptied_messages.c.message_id == telltale.message_id
        async with self._engine.begin() as connection:
            await connection.execute(delete(emptied_messages).where(mine))


def _from_row(row: Row[Any]) -> Telltale:
    return Telltale(
        message_id=row.message_id,
        guild_id=row.guild_id,
        channel_id=row.channel_id,
        deed=Deed(row.deed),
        locale=row.locale,
    )
