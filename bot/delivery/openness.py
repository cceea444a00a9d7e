"""Whether everybody on a server sees a channel at this moment: what is for moderators alone is not told there."""

from typing import Any

import discord


async def is_public(client: discord.Client, guild_id: int, channel_id: int) -> bool:
    """Tell whether @everyone sees a channel, or the channel that a thread belongs to; a private thread nobody does.

    Known from the gateway's events where `client` has them, else Discord is asked. Raises what its client does.
    """
    channel: Any = await _channel(client, channel_id)
    if isinstance(channel, discord.Thread):
        if channel.is_private():
            return False
        channel = channel.parent or await _channel(client, channel.parent_id)
    guild = client.get_guild(guild_id)
    if guild is None or guild.unavailable:
        guild = await client.fetch_guild(guild_id, with_counts=False)
    everyone = guild.default_role
    if everyone.permissions.administrator:
        return True
    seen: bool | None = channel.overwrites_for(everyone).view_channel
    return everyone.permissions.view_channel if seen is None else seen


async def _channel(client: discord.Client, channel_id: int) -> Any:
    return client.get_channel(channel_id) or await client.fetch_channel(channel_id)
