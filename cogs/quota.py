"""`/quota`: a member's own use against the limits that count for them."""

from datetime import timedelta

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.gate.counting import in_window, quotas
from bot.gate.denial import Denial
from bot.gate.limits import Limit, terms_for
from bot.members.quota_words import quota_text
from bot.ui.answers import say
from cogs.requests.gatekeeping import as_seen, asked_by


class QuotaCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(name="quota", description="What you have used of your limits here, and when there is room")
    @app_commands.guild_only()
    async def quota(self, interaction: discord.Interaction) -> None:
        services, asked, now = self._services, asked_by(interaction), self._services.clock.now()
        verdict = await services.gate.judge(asked)
        settings = await services.guild_settings.get(asked.guild_id)
        terms = terms_for(settings, role_ids=asked.role_ids, channel_id=asked.home_id)
        used = await services.usage.read(
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
    await bot.add_cog(QuotaCog(bot.services))
