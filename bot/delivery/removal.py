"""Cards and posts that a person wants gone."""

from collections.abc import Iterator

import discord

from bot.delivery.discord_errors import translated, unless_gone
from bot.jobs.model import Job


class RemovalDesk:
    """Deletes our own messages, for which a bot needs no permission beyond seeing the channel."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client

    async def remove(self, job: Job) -> None:
        """Delete a job's post, then its card; what is gone already counts as deleted.

        Raises `ChannelClosed` or `OutcomeUnclear`; it may be asked for again.
        """
        for channel_id, message_id in _messages_of(job):
            channel = self._client.get_partial_messageable(channel_id, guild_id=job.request.guild_id)
            with translated(), unless_gone():
                await channel.get_partial_message(message_id).delete()


def _messages_of(job: Job) -> Iterator[tuple[int, int]]:
    """Yield the channel and the id of each message; the card last, for its button can try once more."""
    if job.post_message_id is not None:
        yield job.video_channel_id, job.post_message_id
    if job.card_message_id is not None:
        yield job.request.channel_id, job.card_message_id
