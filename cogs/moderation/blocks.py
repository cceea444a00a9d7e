"""`/mod`: members and images that a server blocks, and the list of all that waits for review."""

import contextlib
import re
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.cast.pictures import UnusablePicture
from bot.jobs.decisions import Decided, Decision
from bot.jobs.errors import WrongState
from bot.jobs.model import Job
from bot.jobs.states import State
from bot.media.rules import SHOWABLE
from bot.moderation.blocks import FOR_GOOD, LENGTHS, PER_PAGE, blocks_list, blocks_turner
from bot.moderation.ids import BLOCK_PATTERN, BLOCKS_PATTERN
from bot.moderation.modals import REASON_LIMIT
from bot.moderation.words import (
    blocked_answer,
    cannot_block,
    image_allowed,
    images_blocked_sentence,
    not_a_moderator_of_server,
    not_blocked,
    too_plain,
    unblocked_answer,
)
from bot.requests.refusal_words import image_sentence
from bot.ui.answers import Shape, defer, say, show
from bot.ui.commands import option_name
from bot.ui.forms import FormCog, Submission
from bot.ui.language import N_, _
from bot.ui.pressed_item import NO_RECORD, PressedItem
from cogs.moderation.measures import Measures, block_member, block_prints, may_block, reviews_here, show_all_waiting
from cogs.requests.asking import reference_of

CHOICES = [
    app_commands.Choice(name=name, value=length)
    for name, length in zip(
        (N_("1 hour"), N_("1 day"), N_("7 days"), N_("30 days"), N_("Permanent")), LENGTHS, strict=True
    )
]
Reason = app_commands.Range[str, 0, REASON_LIMIT]


class BlockCog(FormCog):
    """`/mod`, and the form that a report's *Block member* opens."""

    form_pattern = BLOCK_PATTERN
    mod = app_commands.Group(
        name="mod",
        description="Review requests, and block members and images",
        guild_only=True,
        default_permissions=discord.Permissions(moderate_members=True),
    )

    def __init__(self, services: Services) -> None:
        self._services = services

    @commands.Cog.listener("on_guild_role_delete")
    async def role_gone(self, role: discord.Role) -> None:
        """End waiting requests of members who can't make videos without the role."""
        await self._services.moderation.end_what_waits(role.guild.id)

    @commands.Cog.listener("on_guild_channel_delete")
    async def channel_gone(self, channel: discord.abc.GuildChannel) -> None:
        """End what waits for a channel that was deleted."""
        await self._services.moderation.end_what_waits(channel.guild.id)

    @mod.command(name="block", description="Block a member from making videos in this server")
    @app_commands.describe(
        member="The member", duration="How long (default: permanent)", reason="Reason, shown in the block list"
    )
    @app_commands.choices(duration=CHOICES)
    async def block(
        self,
        interaction: discord.Interaction,
        member: discord.User,
        duration: app_commands.Choice[str] | None = None,
        reason: Reason = "",
    ) -> None:
        if not may_block(interaction):
            await say(interaction, not_a_moderator_of_server())
        elif member.bot or member.id == interaction.user.id:
            await say(interaction, cannot_block())
        else:
            measures = Measures(reason=reason.strip(), block=duration.value if duration else FOR_GOOD)
            await self._block(interaction, member.id, measures)

    @mod.command(name="unblock", description="Unblock a member so they can make videos again")
    @app_commands.describe(member="The member")
    async def unblock(self, interaction: discord.Interaction, member: discord.User) -> None:
        moderators = self._services.moderators
        guild_id = interaction.guild_id or 0
        if not may_block(interaction):
            await say(interaction, not_a_moderator_of_server())
        elif await moderators.blocks.lift(guild_id, member.id) is None:
            await say(interaction, not_blocked(member.id))
        else:
            await self._note(interaction, Decided.UNBLOCKED, member_id=member.id)
            await say(interaction, unblocked_answer(member.id))

    @mod.command(name="blocks", description="See who's blocked in this server")
    async def blocks(self, interaction: discord.Interaction) -> None:
        if not may_block(interaction):
            await say(interaction, not_a_moderator_of_server())
            return
        text, view = await _page(self._services, interaction.guild_id or 0, 1)
        await say(interaction, text, view=view)

    @mod.command(name="review", description="Decide on several requests that are waiting for review")
    async def review(self, interaction: discord.Interaction) -> None:
        await show_all_waiting(self._services, interaction)

    @mod.command(name="block-image", description="Block an image, and copies of it, from being used here")
    @app_commands.describe(image="The image", reason="Reason, kept in the records")
    async def block_image(
        self, interaction: discord.Interaction, image: discord.Attachment, reason: Reason = ""
    ) -> None:
        if (seen := await self._seen(interaction, image)) is not None:
            by_id, guild_id = interaction.user.id, interaction.guild_id or 0
            count = await block_prints(self._services, by_id, guild_id, [seen], reason.strip())
            if count:
                await self._note(interaction, Decided.IMAGE_BLOCKED, reason.strip())
            await say(interaction, images_blocked_sentence(count))

    @mod.command(name="unblock-image", description="Unblock an image so it can be used again")
    @app_commands.describe(image="The image, or a copy of it")
    async def unblock_image(self, interaction: discord.Interaction, image: discord.Attachment) -> None:
        if (seen := await self._seen(interaction, image)) is not None:
            allowed = await self._services.moderators.blocked_images.allow(interaction.guild_id or 0, [seen])
            if allowed:
                await self._note(interaction, Decided.IMAGE_ALLOWED)
            await say(interaction, image_allowed(allowed))

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        case = await self._services.moderators.reports.case(int(match["job"]))
        job = await self._services.store.get(int(match["job"]))
        member_id = int(match["member"])
        if job is None or (job.request.guild_id, job.request.member_id) != (interaction.guild_id, member_id):
            await say(interaction, _(NO_RECORD))
        elif not (may_block(interaction, case) or await reviews_here(self._services, interaction, job)):
            await say(interaction, not_a_moderator_of_server())
        else:
            await self._block(interaction, member_id, Measures.read(submission), job.id)
            await self._end_review(interaction.user.id, job)

    async def _block(
        self, interaction: discord.Interaction[Any], member_id: int, measures: Measures, job_id: int | None = None
    ) -> None:
        by_id, guild_id = interaction.user.id, interaction.guild_id or 0
        keeps = job_id is not None  # only the command can make a block shorter
        until = await block_member(self._services, by_id, guild_id, member_id, measures, job_id, keeps_later=keeps)
        await say(interaction, blocked_answer(member_id, until))
        await self._services.moderation.end_what_waits(guild_id, member_id)

    async def _end_review(self, by_id: int, job: Job) -> None:
        """End the reviews of a member who is blocked now."""
        moderators = self._services.moderators
        newest = await self._services.store.get(job.id)
        if newest is not None and newest.state is State.REVIEW:  # which is charged, and so not ended by a block alone
            with contextlib.suppress(WrongState):
                newest = await self._services.moderation.reject(job.id, by_id, "")
        if newest is not None:
            await moderators.reviews.settle(newest)

    async def _note(
        self, interaction: discord.Interaction[Any], kind: Decided, reason: str = "", *, member_id: int | None = None
    ) -> None:
        """Write down what was decided about a member, or else about no one."""
        by_id = interaction.user.id
        decision = Decision(
            guild_id=interaction.guild_id or 0,
            member_id=member_id or by_id,
            kind=kind,
            at=self._services.clock.now(),
            by_id=by_id,
            reason=reason,
        )
        await self._services.moderators.decisions.add(decision)

    async def _seen(self, interaction: discord.Interaction[Any], image: discord.Attachment) -> str | None:
        """Tell what an image shows, for who may block; else answer why not, and return None."""
        if not may_block(interaction):
            await say(interaction, not_a_moderator_of_server())
            return None
        await defer(interaction)
        try:
            seen = await self._services.cast.pictures.fingerprint(interaction.id, reference_of(image))
        except UnusablePicture as unusable:
            await say(interaction, image_sentence(unusable.fault, option_name("image"), SHOWABLE))
            return None
        if not seen:
            await say(interaction, too_plain())
        return seen or None


class BlocksButton(PressedItem, template=BLOCKS_PATTERN):
    """Turns the pages of the list of blocks, for moderators."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        if not may_block(interaction):
            await say(interaction, not_a_moderator_of_server())
            return
        text, view = await _page(bot.services, interaction.guild_id or 0, int(self.match["page"]))
        await show(interaction, content=text, view=view)


async def _page(services: Services, guild_id: int, page: int) -> tuple[str, discord.ui.View]:
    """Read a page of a server's blocks, the last one where there are not so many any more."""
    blocks = services.moderators.blocks
    _newest, count = await blocks.page(guild_id, first=0, at_most=1)
    pages = max(1, -(-count // PER_PAGE))
    page = min(max(page, 1), pages)
    found, count = await blocks.page(guild_id, first=(page - 1) * PER_PAGE, at_most=PER_PAGE)
    return blocks_list(found, page=page, pages=pages, count=count), blocks_turner(page, pages)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(BlocksButton)
    await bot.add_cog(BlockCog(bot.services))
