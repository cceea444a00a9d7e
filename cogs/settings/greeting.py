"""The bot comes to a server: it says once how to begin."""

import discord
import structlog
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.ui.language import _, speaking


def greeting() -> str:
    """Write the one message to a server that has decided nothing; it addresses everybody and pings nobody."""
    return "\n".join(
        [
            _("🎬 **Hi! Members can turn reference images into videos here.**"),
            _(
                "Videos aren't open to members yet. Someone with Manage Server can choose channels with `/settings`,"
                " under *Where and who*. Until then, no one else can make videos."
            ),
            _("*Check* in `/settings` shows missing permissions and conflicting settings."),
        ]
    )


log = structlog.get_logger(__name__)


class GreetingCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @commands.Cog.listener("on_guild_join")
    async def greet(self, guild: discord.Guild) -> None:
        """Say how to begin, where the server has its own messages go, unless it decided long ago."""
        settings = await self._services.guild_settings.get(guild.id)
        greeted = not settings.chosen and await _say(guild)
        log.info("guild_joined", guild=guild.id, greeted=greeted)


async def _say(guild: discord.Guild) -> bool:
    """Post the greeting; tell whether there was a place where the bot may."""
    channel = guild.system_channel
    if channel is None:
        return False
    granted = channel.permissions_for(guild.me)
    if not (granted.view_channel and granted.send_messages):
        return False
    with speaking(guild.preferred_locale.value):
        text = greeting()
    try:
        await channel.send(text, allowed_mentions=discord.AllowedMentions.none())
    except discord.HTTPException as error:  # gone or closed meanwhile: nothing depends on a greeting
        log.warning("greeting_not_sent", guild=guild.id, error=type(error).__name__)
        return False
    return True


async def setup(bot: Reelcast) -> None:
    await bot.add_cog(GreetingCog(bot.services))
