"""One pace for each channel of Discord, however many processes edit and post there.

Discord counts the edits and the posts of a bot in each channel, 5 in 5 seconds. One process keeps to that by itself; of
several each takes its turns from the database, whose clock is the same for all.
"""

from typing import Final, Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.database.outages import words
from bot.jobs.clock import Clock
from bot.jobs.tasks import uncancelled

log = structlog.get_logger(__name__)

EDIT, POST = "edit", "post"
EVERY: Final = 1.25  # seconds: 4 in 5 s, for a request may take longer on its way than the one before it
FARTHEST: Final = 30.0  # seconds; a turn farther off is of a clock that was set back, or of too many to wait for
FORGET_EVERY: Final = 3_600.0  # seconds

# PostgreSQL's: a single statement, which holds its row for no longer than it takes.
_TAKE: Final = text("""
    INSERT INTO channel_turns AS held (channel_id, kind, next_at)
    VALUES (:channel_id, :kind, extract(epoch FROM clock_timestamp()) + :every)
    ON CONFLICT (channel_id, kind) DO UPDATE SET next_at = :every + least(
        greatest(held.next_at, extract(epoch FROM clock_timestamp())),
        extract(epoch FROM clock_timestamp()) + :farthest
    )
    RETURNING next_at - :every - extract(epoch FROM clock_timestamp())
""")
_FORGET: Final = text("DELETE FROM channel_turns WHERE next_at < extract(epoch FROM clock_timestamp()) - :age")


class PacedChannels(Protocol):
    """When a message may leave for a channel."""

    async def edit(self, channel_id: int, /) -> None:
        """Wait until a message in this channel may be edited."""
        ...

    async def post(self, channel_id: int, /) -> None:
        """Wait until a message may be sent to this channel."""
        ...


class AtOnce:
    """The turns of a process that is alone: its Discord library waits by itself where a channel's limit is near."""

    async def edit(self, _channel_id: int, /) -> None:
        return

    async def post(self, _channel_id: int, /) -> None:
        return


class ChannelTurns:
    """The turns of all processes on one PostgreSQL."""

    def __init__(self, engine: AsyncEngine, clock: Clock) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._clock = clock

    async def edit(self, channel_id: int, /) -> None:
        await self._wait(channel_id, EDIT)

    async def post(self, channel_id: int, /) -> None:
        await self._wait(channel_id, POST)

    async def run(self) -> None:
        """Forget channels that nothing was sent to for long, until cancelled."""
        while True:
            await self._clock.sleep(FORGET_EVERY)
            async with self._engine.begin() as connection:
                await connection.execute(_FORGET, {"age": FORGET_EVERY})

    async def _wait(self, channel_id: int, kind: str) -> None:
        try:
            seconds = await self._take(channel_id, kind)
        except SQLAlchemyError as error:  # what is to be shown matters more than how often
            log.warning("turn_not_taken", channel=channel_id, kind=kind, error=words(error))
            return
        if seconds > 0:
            await self._clock.sleep(seconds)

    @uncancelled
    async def _take(self, channel_id: int, kind: str) -> float:
        """Take the next turn; return the seconds until it comes."""
        values = {"channel_id": channel_id, "kind": kind, "every": EVERY, "farthest": FARTHEST}
        async with self._engine.begin() as connection:
            return float((await connection.execute(_TAKE, values)).scalar_one())
