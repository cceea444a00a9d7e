"""Whether a channel is age-restricted at this moment: what was asked for behind an age gate is shown behind one."""

import discord

from bot.delivery.channels import channel_of, home_of


async def is_age_restricted(client: discord.Client, channel_id: int) -> bool:
    """Tell whether only adults see a channel, or the channel that a thread belongs to; raises what the client does."""
    home = await home_of(client, await channel_of(client, channel_id))
    return bool(getattr(home, "nsfw", False))
