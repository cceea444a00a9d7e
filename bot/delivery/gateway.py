"""How sessions with Discord's gateway begin anew, where discord.py would go on in vain."""

from typing import Final

from discord.gateway import DiscordWebSocket
from yarl import URL

_RESUME: Final = DiscordWebSocket.resume


def begin_anew_at(address: str) -> None:
    """Have sessions that cannot be resumed begin anew at the gateway's `address`, all of this process.

    discord.py takes a constant of its own, not what Discord told it. And where a connection is lost after IDENTIFY and
    before READY it asks to RESUME a session that it knows nothing of, again and again without a pause.
    """
    DiscordWebSocket.DEFAULT_GATEWAY = URL(address)
    DiscordWebSocket.resume = _resume_what_there_is


async def _resume_what_there_is(self: DiscordWebSocket) -> None:
    if self.session_id is None:
        await self.identify()
    else:
        await _RESUME(self)
