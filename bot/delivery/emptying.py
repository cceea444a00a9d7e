"""Messages that show something of a member whose data is deleted, emptied by channel and message id."""

from collections.abc import AsyncIterator

import discord

from bot.delivery.card_view import emptied_card, emptied_description, emptied_for_moderators
from bot.delivery.post_search import PostSearch
from bot.discord_api.errors import translated
from bot.jobs.emptying import Deed, Telltale
from bot.jobs.model import Job
from bot.jobs.ports import CardGone, Posted
from bot.ui.language import speaking


class EmptyingDesk:
    """Edits our own messages, for which a bot needs no permission beyond seeing the channel."""

    def __init__(self, client: discord.Client) -> None:
        self._client = client
        self._search = PostSearch(client)

    def posts_of(self, job: Job) -> AsyncIterator[Posted]:
        return self._search.all(job)

    async def empty(self, telltale: Telltale) -> None:
        channel = self._client.get_partial_messageable(telltale.channel_id, guild_id=telltale.guild_id)
        message = channel.get_partial_message(telltale.message_id)
        try:
            with translated(), speaking(telltale.locale):
                match telltale.deed:
                    case Deed.REMOVE:
                        await message.delete()
                    case Deed.CARD:
                        await _replace(message, emptied_card())
                    case Deed.MODERATORS:
                        await _replace(message, emptied_for_moderators())
                    case Deed.POST:
                        await _describe_anew(await message.fetch())
        except CardGone:
            return  # somebody deleted it


async def _replace(message: discord.PartialMessage, view: discord.ui.LayoutView) -> None:
    none = discord.AllowedMentions.none()
    await message.edit(content=None, embeds=[], attachments=[], view=view, allowed_mentions=none)


async def _describe_anew(message: discord.Message) -> None:
    """Take the prompt from the description of a posted file; the file stays as it is."""
    described = [each for each in message.attachments if each.description is not None]
    if not described:
        return
    for each in described:
        each.description = emptied_description()
    await message.edit(attachments=message.attachments)
