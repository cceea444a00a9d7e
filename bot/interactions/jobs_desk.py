"""Where a member's own list of videos is shown, and what they want of the bot is noted."""

from typing import Any

import discord

from bot.jobs.model import Job
from bot.members.list_view import PER_PAGE, STATES, JobsPage, Shown, jobs_list
from bot.services import Services
from bot.ui import answers


class JobsDesk:
    def __init__(self, services: Services) -> None:
        self._services = services

    async def show(self, interaction: discord.Interaction[Any], shown: Shown = Shown.ALL, page: int = 0) -> None:
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
                preferences=await self._services.preferences.get(interaction.user.id),
            )
        )
        await answers.show(interaction, view=view)

    async def tell(self, interaction: discord.Interaction[Any], shown: Shown, page: int, *, wanted: bool) -> None:
        """Note whether a member wants to hear of each video in a direct message."""
        await self._services.preferences.tell_when_done(interaction.user.id, wanted=wanted)
        await self.show(interaction, shown, page)

    async def _read(self, interaction: discord.Interaction[Any], shown: Shown, page: int) -> list[Job]:
        """Read a page, and one more as far as there is one."""
        found = await self._services.store.newest(
            interaction.user.id,
            interaction.guild_id or 0,
            states=STATES[shown],
            at_most=PER_PAGE + 1,
            skipped=page * PER_PAGE,
        )
        return list(found)
