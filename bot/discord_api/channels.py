"""Channels as they are at this moment: who sees them, and whether they are age-restricted."""

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


async def home_id_of(client: discord.Client, channel_id: int) -> int:
    """Return the id of the channel whose rules count; raises the same."""
    channel = await channel_of(client, channel_id)
    return channel.parent_id if isinstance(channel, discord.Thread) else channel_id


async def is_public(client: discord.Client, guild_id: int, channel_id: int) -> bool:
    """Return whether @everyone sees a channel, or the channel that a thread belongs to; a private thread no one does.

    Raises what the client does.
    """
    channel = await channel_of(client, channel_id)
    if isinstance(channel, discord.Thread) and channel.is_private():
        return False
    home = await home_of(client, channel)
    guild = client.get_guild(guild_id)
    if guild is None or guild.unavailable:
        guild = await client.fetch_guild(guild_id, with_counts=False)
    everyone = guild.default_role
    if everyone.permissions.administrator:
        return True
    seen: bool | None = home.overwrites_for(everyone).view_channel
    return everyone.permissions.view_channel if seen is None else seen


async def is_age_restricted(client: discord.Client, channel_id: int) -> bool:
    """Return whether a channel, or that of a thread, is age-restricted; raises what the client does."""
    home = await home_of(client, await channel_of(client, channel_id))
    return bool(getattr(home, "nsfw", False))
