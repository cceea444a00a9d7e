"""The user command *My videos*: one's own list, as `/jobs` shows it, or the posts of another member."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.interactions.jobs_desk import JobsDesk
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.members.list_view import videos_list
from bot.ui.answers import say

LOOKED_THROUGH = 50  # of another member's posts, for those in channels that are open to who asks


class MyVideosCog(commands.Cog):
    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        self._tree = bot.tree
        self._menu = app_commands.ContextMenu(name="My videos", callback=self._asked)
        self._menu.guild_only = True

    async def cog_load(self) -> None:
        self._tree.add_command(self._menu)

    async def cog_unload(self) -> None:
        self._tree.remove_command(self._menu.name, type=self._menu.type)

    async def _asked(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        if member.id == interaction.user.id:
            await JobsDesk(self._services).show(interaction)
            return
        store = self._services.store
        posted = await store.newest(
            member.id, interaction.guild_id or 0, states=[State.DELIVERED], at_most=LOOKED_THROUGH
        )
        await say(
            interaction, videos_list([job for job in posted if job.shows_contents and _may_see(interaction, job)])
        )


def _may_see(interaction: discord.Interaction[Any], job: Job) -> bool:
    """Tell whether a post is in a channel that who asks can view; not in a private thread, whose members we ignore."""
    if interaction.guild is None or not isinstance(interaction.user, discord.Member):
        return False
    channel = interaction.guild.get_channel_or_thread(job.video_channel_id)
    if channel is None or (isinstance(channel, discord.Thread) and (channel.is_private() or channel.parent is None)):
        return False
    return channel.permissions_for(interaction.user).view_channel


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(MyVideosCog(bot))
