"""`/jobs`, `/quota`, and the user command *My videos*: a member's videos and limits."""

from datetime import timedelta
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.gate.counting import in_window, quotas
from bot.gate.denial import Denial
from bot.gate.limits import Limit, terms_for
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.members.list_view import (
    JOBS_PATTERN,
    PER_PAGE,
    STATES,
    JobsId,
    JobsPage,
    ListAction,
    ListFilter,
    jobs_list,
    videos_list,
)
from bot.members.quota_words import quota_text
from bot.ui import answers
from bot.ui.answers import Shape, say
from bot.ui.commands import MenuCog
from bot.ui.pressed_item import PressedItem
from cogs.requests.gatekeeping import as_seen, asked_by

LOOKED_THROUGH = 50  # of another member's posts, for those in channels that are open to who asks


class VideoList:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(
        self, interaction: discord.Interaction[Any], shown: ListFilter = ListFilter.ALL, page: int = 0
    ) -> None:
        """Show a page as things stand now, in place of the one that a component stands in."""
        jobs = await self._read(interaction, shown, page)
        if page and not jobs:  # what was there is deleted, or no longer one of these
            page, jobs = 0, await self._read(interaction, shown, 0)
        view = jobs_list(
            JobsPage(
                jobs=jobs[:PER_PAGE],
                shown=shown,
                page=page,
                more=len(jobs) > PER_PAGE,
                preferences=await self._services.members.preferences.get(interaction.user.id),
            )
        )
        await answers.show(interaction, view=view)

    async def tell(self, interaction: discord.Interaction[Any], shown: ListFilter, page: int, *, wanted: bool) -> None:
        """Note whether a member wants to hear of each video in a direct message."""
        await self._services.members.preferences.tell_when_done(interaction.user.id, wanted=wanted)
        await self.show(interaction, shown, page)

    async def _read(self, interaction: discord.Interaction[Any], shown: ListFilter, page: int) -> list[Job]:
        """Read a page, and one more as far as there is one."""
        found = await self._services.store.newest(
            interaction.user.id,
            interaction.guild_id or 0,
            states=STATES[shown],
            at_most=PER_PAGE + 1,
            skipped=page * PER_PAGE,
        )
        return list(found)


class JobsItem(PressedItem, template=JOBS_PATTERN):
    """Any component of the list; whose list it is, who presses says: the list is theirs alone to see."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        videos, pressed = VideoList(bot.services), JobsId.of(self.match)
        match pressed.deed:
            case ListAction.TURN:
                await videos.show(interaction, pressed.shown, pressed.page)
            case ListAction.CHOOSE:
                await videos.show(interaction, self._chosen)
            case ListAction.TELL | ListAction.STOP_TELLING:
                wanted = pressed.deed is ListAction.TELL
                await videos.tell(interaction, pressed.shown, pressed.page, wanted=wanted)

    @property
    def _chosen(self) -> ListFilter:
        values = self.item.values if isinstance(self.item, ui.Select) else []
        return next((each for each in ListFilter if each.value in values), ListFilter.ALL)


class JobsCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._list = VideoList(services)

    @app_commands.command(name="jobs", description="See your videos in this server and manage your data")
    @app_commands.guild_only()
    async def jobs(self, interaction: discord.Interaction) -> None:
        await self._list.show(interaction)


class MyVideosCog(MenuCog):
    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        super().__init__(bot.tree, app_commands.ContextMenu(name="My videos", callback=self._asked))

    async def _asked(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        if member.id == interaction.user.id:
            await VideoList(self._services).show(interaction)
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


class QuotaCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="quota", description="See your limits, what you've used, and when you can make more")
    @app_commands.guild_only()
    async def quota(self, interaction: discord.Interaction) -> None:
        services, asked, now = self._services, asked_by(interaction), self._services.clock.now()
        verdict = await services.gate.rules.judge(asked)
        settings = await services.guild_settings.get(asked.guild_id)
        terms = terms_for(settings, role_ids=asked.role_ids, channel_id=asked.home_id)
        used = await services.gate.usage.read(
            terms, guild_id=asked.guild_id, member_id=asked.member_id, now=now, back=timedelta(days=1)
        )
        text = quota_text(
            quotas(terms, used, now),
            asked_today=len(in_window(used.uses, Limit.PER_DAY, now, channel_id=asked.home_id)),
            denial=as_seen(interaction, verdict) if isinstance(verdict, Denial) else None,
            is_moderator=asked.manage_guild,
        )
        await say(interaction, text)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(JobsItem)
    await bot.add_cog(JobsCog(bot.services))
    await bot.add_cog(MyVideosCog(bot))
    await bot.add_cog(QuotaCog(bot.services))
