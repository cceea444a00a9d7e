"""How sessions with Discord's gateway begin anew, where discord.py would go on in vain."""

import asyncio
from typing import Final, Protocol

from discord.gateway import DiscordWebSocket, ReconnectWebSocket
from discord.shard import EventItem, EventType, Shard
from yarl import URL

_RESUME: Final = DiscordWebSocket.resume
_RECONNECT: Final = Shard.reconnect
_REIDENTIFY: Final = Shard.reidentify


class Starts(Protocol):
    """How many sessions Discord still lets the bot begin."""

    async def has_start(self) -> bool:
        """Tell whether there is one left."""
        ...

    async def wait_for_start(self) -> None: ...


def begin_anew_at(address: str, starts: Starts) -> None:
    """Have sessions that cannot be resumed begin anew at the gateway's `address`, all of this process.

    discord.py takes a constant of its own, not what Discord told it. Where a connection is lost after IDENTIFY and
    before READY it asks to RESUME a session that it knows nothing of, again and again without a pause. And it begins
    sessions without asking whether Discord has any left for the bot, whose token is reset if it has none.
    """

    async def postpone(shard: Shard, item: EventItem) -> None:
        await starts.wait_for_start()
        shard._queue_put(item)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]

    async def may_begin(shard: Shard, item: EventItem) -> bool:
        """Tell whether a shard can begin a session now; if not, it is tried again later, and no other waits for it."""
        if await starts.has_start():
            return True
        shard._task = asyncio.create_task(postpone(shard, item))  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return False

    async def reconnect(self: Shard) -> None:
        if await may_begin(self, EventItem(EventType.reconnect, self, None)):
            await _RECONNECT(self)

    async def reidentify(self: Shard, exc: ReconnectWebSocket) -> None:
        resumes = exc.resume and self.ws.session_id is not None
        if resumes or await may_begin(self, EventItem(EventType.identify, self, exc)):
            await _REIDENTIFY(self, exc)

    DiscordWebSocket.DEFAULT_GATEWAY = URL(address)
    DiscordWebSocket.resume = _resume_what_there_is
    Shard.reconnect = reconnect
    Shard.reidentify = reidentify


async def _resume_what_there_is(self: DiscordWebSocket) -> None:
    if self.session_id is None:
        await self.identify()
    else:
        await _RESUME(self)
