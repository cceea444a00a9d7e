"""Whether everybody on a server sees a channel at this moment: what is for moderators alone is not told there."""

import discord

from bot.delivery.channels import channel_of, home_of


async def is_public(client: discord.Client, guild_id: int, channel_id: int) -> bool:
    """Tell whether @everyone sees a channel, or the channel that a thread belongs to; a private thread nobody does.

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
