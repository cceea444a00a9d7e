"""`/jobs`: a member's own videos in a server, running and past."""

from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.interactions.jobs_desk import JobsDesk
from bot.members.list_view import JOBS_PATTERN, Deed, JobsId, Shown
from bot.ui.answers import Shape
from bot.ui.pressed_item import PressedItem


class JobsItem(PressedItem, template=JOBS_PATTERN):
    """Any component of the list; whose list it is, who presses says: the list is theirs alone to see."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        desk, pressed = JobsDesk(bot.services), JobsId.of(self.match)
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
