"""Which video a message is about: our cards and posts carry their job in a button."""

import re
from typing import Any, Final

import discord

from bot.jobs.model import Job
from bot.services import Services
from bot.ui.custom_ids import DetailsId, button_ids

LINK: Final = re.compile(
    r"https?://(?:\w+\.)?discord(?:app)?\.com/channels/(?P<guild>[0-9]{1,20})/(?P<channel>[0-9]{1,20})/(?P<message>[0-9]{1,20})"
)


async def video_of(services: Services, interaction: discord.Interaction[Any], message: discord.Message) -> Job | None:
    """Find the video of this server that a message of ours shows; None where it shows none."""
    if message.author != interaction.client.user:
        return None  # another bot may write any custom id
    for custom_id in button_ids(message.components):
        found = DetailsId.parse(custom_id)
        if found is not None:
            job = await services.store.get(found.job_id)
            return job if job is not None and job.request.guild_id == interaction.guild_id else None
    return None


async def linked_message(interaction: discord.Interaction[Any], link: str) -> discord.Message | None:
    """Read the message of this server that an address leads to; None where there is none that we see."""
    match = LINK.fullmatch(link.strip().strip("<>"))
    guild = interaction.guild
    if match is None or guild is None or int(match["guild"]) != guild.id:
        return None
    channel = guild.get_channel_or_thread(int(match["channel"]))
    if not isinstance(channel, discord.abc.Messageable):
        return None
    try:
        return await channel.fetch_message(int(match["message"]))
    except discord.HTTPException:
        return None
