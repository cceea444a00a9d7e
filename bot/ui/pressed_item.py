"""Components whose custom id says what a press means, and who may press one."""

import re
from typing import Any, ClassVar, Final, Self

import discord

from bot.jobs.model import Job
from bot.ui.answers import Shape, say
from bot.ui.failures import answer_broken
from bot.ui.language import N_, _, speak

NO_RECORD: Final = N_("This video is no longer in the records.")


class PressedItem(discord.ui.DynamicItem[discord.ui.Item[Any]], template=r"reelcast:no-item"):
    """A button or a menu of ours; a subclass gives its `template`, and what a press does."""

    shape: ClassVar[Shape] = Shape.PRIVATE  # of the answer, should it take long
    templates: ClassVar[list[re.Pattern[str]]] = []  # of all subclasses

    def __init_subclass__(cls, *, template: re.Pattern[str] | str, **options: Any) -> None:
        super().__init_subclass__(template=template, **options)
        cls.templates.append(re.compile(template))

    def __init__(self, item: discord.ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item)
        self.match = match  # of the custom id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        if not await interaction.client.arrivals.receive(interaction, self.shape):
            return
        speak(interaction.locale.value)
        try:
            await self.answer(interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        """Do what a press is for."""
        raise NotImplementedError


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
    """Return whether who pressed may manage messages in a channel where the job shows itself."""
    shown_in = {job.request.channel_id, job.video_channel_id}
    return interaction.channel_id in shown_in and interaction.permissions.manage_messages
