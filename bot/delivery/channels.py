"""Channels as they are at this moment: by the gateway's events where a client has them, else by asking Discord."""

from typing import Any

import discord


async def channel_of(client: discord.Client, channel_id: int) -> Any:
    """Find a channel or thread; raises what the client does."""
    return client.get_channel(channel_id) or await client.fetch_channel(channel_id)


async def home_of(client: discord.Client, channel: Any) -> Any:
    """Find the channel whose rules count: a thread's are those of the channel it belongs to; raises the same."""
    if not isinstance(channel, discord.Thread):
        return channel
    return channel.parent or await channel_of(client, channel.parent_id)
