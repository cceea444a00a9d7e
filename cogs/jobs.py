"""`/jobs`: a member's own videos in a server, running and past."""

import re
from typing import Any, Self

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.interactions.errors import answer_broken
from bot.interactions.jobs_desk import JobsDesk
from bot.presentation.jobs_ids import JOBS_PATTERN, Deed, JobsId, Shown
from bot.presentation.language import speak


class JobsItem(ui.DynamicItem[ui.Item[Any]], template=JOBS_PATTERN):
    """Any component of the list; whose list it is, who presses says: the list is theirs alone to see."""

    def __init__(self, item: ui.Item[Any], jobs_id: JobsId) -> None:
        super().__init__(item)
        self._jobs_id = jobs_id

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(item, JobsId.of(match))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        bot: Reelcast = interaction.client
        try:
            await self._do(interaction, JobsDesk(bot.services))
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)

    async def _do(self, interaction: discord.Interaction[Any], desk: JobsDesk) -> None:
        pressed = self._jobs_id
        match pressed.deed:
            case Deed.TURN:
                await desk.show(interaction, pressed.shown, pressed.page)
            case Deed.CHOOSE:
                await desk.show(interaction, self._chosen)
            case Deed.TELL | Deed.STOP_TELLING:
                wanted = pressed.deed is Deed.TELL
                await desk.tell(interaction, pressed.shown, pressed.page, wanted=wanted)

    @property
    def _chosen(self) -> Shown:
        values = self.item.values if isinstance(self.item, ui.Select) else []
        return next((each for each in Shown if each.value in values), Shown.ALL)


class JobsCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._desk = JobsDesk(services)

    @app_commands.command(name="jobs", description="Your videos here, running and past, and what is kept of you")
    @app_commands.guild_only()
    async def jobs(self, interaction: discord.Interaction) -> None:
        await self._desk.show(interaction)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(JobsItem)
    await bot.add_cog(JobsCog(bot.services))
