"""Buttons that mean one job: what they do is in their custom id, so that they work after a restart."""

from typing import Any, Final

import discord

from bot.interactions.answers import say
from bot.interactions.pressed_item import PressedItem
from bot.jobs.model import Job
from bot.presentation.language import N_, _

NO_RECORD: Final = N_("This video is no longer on record.")


class JobButton(PressedItem, template=r"reelcast:no-button"):
    """A button whose custom id names a job, maybe a verb; a subclass gives its `template`, and what a press does."""

    @property
    def job_id(self) -> int:
        return int(self.match["job"])

    @property
    def verb(self) -> str:
        return self.match.groupdict().get("verb", "")

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        job = await interaction.client.services.store.get(self.job_id)
        # A video may have been sent again to another channel of its server, and its buttons with it.
        if job is None or job.forgotten or job.request.guild_id != interaction.guild_id:
            await self.pressed_without_record(interaction)
        else:
            await self.pressed(interaction, job)

    async def pressed(self, interaction: discord.Interaction[Any], job: Job) -> None:
        """Do what the button is for, with a job of this server."""
        raise NotImplementedError

    async def pressed_without_record(self, interaction: discord.Interaction[Any]) -> None:
        """Answer where the job is deleted, or of another server."""
        await say(interaction, _(NO_RECORD))


def is_requester(interaction: discord.Interaction[Any], job: Job) -> bool:
    return interaction.user.id == job.request.member_id


def may_moderate(interaction: discord.Interaction[Any], job: Job) -> bool:
    """Tell whether who pressed may manage messages in a channel where the job shows itself."""
    shown_in = {job.request.channel_id, job.video_channel_id}
    return interaction.channel_id in shown_in and interaction.permissions.manage_messages
