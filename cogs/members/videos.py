"""`/videos` and the user command *My videos*: a member's videos, limits, and direct messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.gate.counting import Quota, in_window, quotas
from bot.gate.denial import Denial
from bot.gate.limits import Limit, terms_for
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.members.list_view import (
    PER_PAGE,
    STATES,
    VIDEOS_PATTERN,
    ListAction,
    ListFilter,
    VideosId,
    VideosPage,
    one_video,
    videos_list,
    videos_page,
)
from bot.members.words import closest_limit, limits_text
from bot.ui.answers import Shape, say, show
from bot.ui.commands import MenuCog
from bot.ui.custom_ids import read_id
from bot.ui.language import _
from bot.ui.pressed_item import NO_RECORD, PressedItem
from cogs.requests.gatekeeping import as_seen, asked_by
from cogs.requests.kept_references import first_images

LOOKED_THROUGH: Final = 50  # of another member's posts, for those in channels that are open to who asks


@dataclass(frozen=True, slots=True, kw_only=True)
class _Limits:
    """What a member has used of the limits where they are."""

    quotas: Sequence[Quota]
    asked_today: int


class VideoList:
    """The list of the member who acts, in the server where they act."""

    def __init__(self, services: Services, interaction: discord.Interaction[Any]) -> None:
        self._services = services
        self._interaction = interaction

    async def show(self, shown: ListFilter = ListFilter.ALL, page: int = 0) -> None:
        """Show a page in its present state, in place of the pressed component's."""
        jobs = await self._read(shown, page)
        if page and not jobs:  # what was there is deleted, or no longer one of these
            page, jobs = 0, await self._read(shown, 0)
        limits = await self._limits()
        view = videos_page(
            VideosPage(
                jobs=jobs[:PER_PAGE],
                shown=shown,
                page=page,
                more=len(jobs) > PER_PAGE,
                preferences=await self._services.members.preferences.get(self._interaction.user.id),
                pictures=await first_images(self._services, jobs[:PER_PAGE]),
                limit=closest_limit(limits.quotas),
            )
        )
        await show(self._interaction, view=view)

    async def open(self, chosen: Sequence[str], shown: ListFilter, page: int) -> None:
        """Show one video in place of the list."""
        job_id = read_id(chosen[0]) if chosen else None
        job = None if job_id is None else await self._services.store.get(job_id)
        if job is None or job.forgotten or not self._is_listed(job):
            await say(self._interaction, _(NO_RECORD))
            return
        back = VideosPage(jobs=[job], shown=shown, page=page, pictures=await first_images(self._services, [job]))
        await show(self._interaction, view=one_video(job, back))

    async def tell(self, shown: ListFilter, page: int, *, wanted: bool) -> None:
        """Note whether the member wants a direct message for each video."""
        await self._services.members.preferences.tell_when_done(self._interaction.user.id, wanted=wanted)
        await self.show(shown, page)

    async def say_limits(self) -> None:
        """Show how much of each limit is used, and why the member can't make videos here, if they can't."""
        asked = asked_by(self._interaction)
        verdict = await self._services.gate.rules.judge(asked)
        limits = await self._limits()
        text = limits_text(
            limits.quotas,
            asked_today=limits.asked_today,
            denial=as_seen(self._interaction, verdict) if isinstance(verdict, Denial) else None,
            is_moderator=asked.manage_guild,
        )
        await say(self._interaction, text)

    async def _limits(self) -> _Limits:
        services, asked, now = self._services, asked_by(self._interaction), self._services.clock.now()
        settings = await services.guild_settings.get(asked.guild_id)
        terms = terms_for(settings, role_ids=asked.role_ids, channel_id=asked.home_id)
        used = await services.gate.usage.read(
            terms, guild_id=asked.guild_id, member_id=asked.member_id, now=now, back=timedelta(days=1)
        )
        today = in_window(used.uses, Limit.PER_DAY, now, channel_id=asked.home_id)
        return _Limits(quotas=quotas(terms, used, now), asked_today=len(today))

    async def _read(self, shown: ListFilter, page: int) -> list[Job]:
        """Read a page, and one more as far as there is one."""
        found = await self._services.store.newest(
            self._interaction.user.id,
            self._interaction.guild_id or 0,
            states=STATES[shown],
            at_most=PER_PAGE + 1,
            skipped=page * PER_PAGE,
        )
        return list(found)

    def _is_listed(self, job: Job) -> bool:
        return (job.request.member_id, job.request.guild_id) == (self._interaction.user.id, self._interaction.guild_id)


class VideosItem(PressedItem, template=VIDEOS_PATTERN):
    """Any component of the list, which belongs to the member who presses: they alone see it."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        videos, pressed = VideoList(bot.services, interaction), VideosId.of(self.match)
        match pressed.action:
            case ListAction.TURN:
                await videos.show(pressed.shown, pressed.page)
            case ListAction.CHOOSE:
                await videos.show(next((each for each in ListFilter if each.value in self._values), ListFilter.ALL))
            case ListAction.OPEN:
                await videos.open(self._values, pressed.shown, pressed.page)
            case ListAction.LIMITS:
                await videos.say_limits()
            case ListAction.TELL | ListAction.STOP_TELLING:
                await videos.tell(pressed.shown, pressed.page, wanted=pressed.action is ListAction.TELL)

    @property
    def _values(self) -> Sequence[str]:
        return self.item.values if isinstance(self.item, ui.Select) else []


class VideosCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="videos", description="See your videos and limits in this server")
    @app_commands.guild_only()
    async def videos(self, interaction: discord.Interaction) -> None:
        await VideoList(self._services, interaction).show()


class MyVideosCog(MenuCog):
    def __init__(self, bot: Reelcast) -> None:
        self._services: Services = bot.services
        super().__init__(bot.tree, app_commands.ContextMenu(name="My videos", callback=self._asked))

    async def _asked(self, interaction: discord.Interaction[Any], member: discord.User) -> None:
        if member.id == interaction.user.id:
            await VideoList(self._services, interaction).show()
            return
        store = self._services.store
        posted = await store.newest(
            member.id, interaction.guild_id or 0, states=[State.DELIVERED], at_most=LOOKED_THROUGH
        )
        await say(
            interaction, videos_list([job for job in posted if job.shows_contents and _may_see(interaction, job)])
        )


def _may_see(interaction: discord.Interaction[Any], job: Job) -> bool:
    """Return whether the member can view a post's channel; false for a private thread, whose members aren't known."""
    if interaction.guild is None or not isinstance(interaction.user, discord.Member):
        return False
    channel = interaction.guild.get_channel_or_thread(job.video_channel_id)
    if channel is None or (isinstance(channel, discord.Thread) and (channel.is_private() or channel.parent is None)):
        return False
    return channel.permissions_for(interaction.user).view_channel


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(VideosItem)
    await bot.add_cog(VideosCog(bot.services))
    await bot.add_cog(MyVideosCog(bot))
