"""Whether a channel is age-restricted at this moment: what was asked for behind an age gate is shown behind one."""

from typing import Any

import discord


async def is_age_restricted(client: discord.Client, channel_id: int) -> bool:
    """Tell whether only adults see a channel, or the channel that a thread belongs to.

    Known from the gateway's events where `client` has them, else Discord is asked. Raises what its client does.
    """
    channel: Any = await _channel(client, channel_id)
    if isinstance(channel, discord.Thread):
        channel = channel.parent or await _channel(client, channel.parent_id)
    return bool(getattr(channel, "nsfw", False))


async def _channel(client: discord.Client, channel_id: int) -> Any:
    return client.get_channel(channel_id) or await client.fetch_channel(channel_id)
