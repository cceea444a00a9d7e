"""`/settings`: how much may be made and spent. Numbers come as text, so that `none` is one."""

import discord
from discord import app_commands

from bot.settings.changes import set_limits, set_numbers
from bot.settings.panel.ids import Page
from bot.ui.language import N_
from cogs.settings.options import SettingsCommands, given

OPTIONS = {
    "per_day": N_("Videos in 24 hours: a number, or none"),
    "per_week": N_("Videos in 7 days"),
    "per_month": N_("Videos in 30 days"),
    "at_once": N_("Unfinished videos at the same time"),
    "seconds_per_day": N_("Seconds of video in 24 hours"),
}


class LimitCommands(SettingsCommands):
    limits = app_commands.Group(name="limits", description="How many videos may be made")

    @limits.command(name="members", description="What each member may have made; no role says otherwise")
    @app_commands.describe(**OPTIONS)
    async def member_limits(
        self,
        interaction: discord.Interaction,
        per_day: str | None = None,
        per_week: str | None = None,
        per_month: str | None = None,
        at_once: str | None = None,
        seconds_per_day: str | None = None,
    ) -> None:
        typed = given(
            per_day=per_day,
            per_week=per_week,
            per_month=per_month,
            at_once=at_once,
            seconds_per_day=seconds_per_day,
        )
        await self.desk.change(interaction, lambda: set_limits(typed), Page.LIMITS)

    @limits.command(name="role", description="What members with a role may have made; the most generous role counts")
    @app_commands.describe(role="Whose limits to set; what you set to none is as for each member", **OPTIONS)
    async def role_limits(
        self,
        interaction: discord.Interaction,
        role: discord.Role,
        per_day: str | None = None,
        per_week: str | None = None,
        per_month: str | None = None,
        at_once: str | None = None,
        seconds_per_day: str | None = None,
    ) -> None:
        typed = given(
            per_day=per_day,
            per_week=per_week,
            per_month=per_month,
            at_once=at_once,
            seconds_per_day=seconds_per_day,
        )
        await self.desk.change(interaction, lambda: set_limits(typed, role.id), Page.LIMITS)

    @limits.command(name="server", description="How many videos may be unfinished at once on the whole server")
    @app_commands.describe(at_once="A number, or none")
    async def server_limits(self, interaction: discord.Interaction, at_once: str) -> None:
        await self.desk.change(interaction, lambda: set_numbers({"at_once": at_once}), Page.LIMITS)

    @app_commands.command(name="spending", description="How many US dollars the server may spend")
    @app_commands.describe(
        per_day="In a day, from midnight UTC: an amount, or none",
        per_month="In a month, from its first midnight UTC: an amount, or none",
    )
    async def spending(
        self, interaction: discord.Interaction, per_day: str | None = None, per_month: str | None = None
    ) -> None:
        typed = given(spend_per_day_usd=per_day, spend_per_month_usd=per_month)
        await self.desk.change(interaction, lambda: set_numbers(typed), Page.LIMITS)
