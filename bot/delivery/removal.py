"""Cards and posts that a person wants gone."""

import discord

from bot.delivery.post_search import PostSearch
from bot.discord_api.errors import translated, unless_gone
from bot.jobs.model import Job
from bot.jobs.ports import Posted


class RemovalDesk:
    """Deletes our own messages, for which a bot needs no permission beyond seeing the channel."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._search = PostSearch(client)

    async def remove(self, job: Job) -> None:
        """Delete all posts of a job, then its card; what is gone already counts as deleted.

        Raises `ChannelClosed` or `OutcomeUnclear`; it may be asked for again.
        """
        async for post in self._search.all(job):
            await self._delete(job, post)
        if job.card_message_id is not None:  # last, for its button can try once more
            await self._delete(job, Posted(channel_id=job.request.channel_id, message_id=job.card_message_id))

    async def _delete(self, job: Job, message: Posted) -> None:
        channel = self._client.get_partial_messageable(message.channel_id, guild_id=job.request.guild_id)
        with translated(), unless_gone():
            await channel.get_partial_message(message.message_id).delete()
