"""Buttons that mean one job: what they do is in their custom id, so that they work after a restart."""

import re
from typing import Any, Final, Self

import discord

from bot.interactions.errors import answer_broken, say
from bot.jobs.model import Job
from bot.presentation.language import N_, _, speak

NO_RECORD: Final = N_("This video is no longer on record.")


class JobButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=r"reelcast:no-button"):
    """A button whose custom id names a job, maybe a verb; a subclass gives its `template`, and what a press does."""

    def __init__(self, custom_id: str, job_id: int, verb: str = "") -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self.job_id = job_id
        self.verb = verb

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string, int(match["job"]), match.groupdict().get("verb", ""))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        try:
            job = await interaction.client.services.store.get(self.job_id)
            # A video may have been sent again to another channel of its server, and its buttons with it.
            if job is None or job.forgotten or job.request.guild_id != interaction.guild_id:
                await self.pressed_without_record(interaction)
            else:
                await self.pressed(interaction, job)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)

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
