"""Messages that must not stand twice, although nobody may know whether they were sent."""

from typing import Any

import discord

from bot.delivery.discord_errors import translated
from bot.delivery.nonces import shown_nonce
from bot.jobs.ports import CardGone, OutcomeUnclear


async def send_once(
    channel: discord.PartialMessageable, kind: str, job_id: int, *, replaces: int | None, **parts: Any
) -> discord.Message:
    """Send a message of a kind about a job, or find the one that an earlier try left: Discord drops a nonce's repeat.

    `replaces` is a former message of that kind. Raises `OutcomeUnclear` where it was sent before and deleted since, and
    what the channel's `send` does.
    """
    # Under the same nonce Discord remembers the former message for some minutes, deleted or not.
    nonce = shown_nonce(kind, job_id, channel.id, replaces=replaces)
    try:
        with translated():
            return await channel.send(**parts, nonce=nonce)
    except CardGone as error:
        raise OutcomeUnclear("sent before, and deleted since") from error
