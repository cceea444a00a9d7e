"""A text that a server's rules did not allow, told to its moderators."""

from typing import Any

import discord

from bot.automod.rules import Match
from bot.gate.gate import Asked
from bot.gate.text_rules import text_to_tell
from bot.gate.words import refused_text_notice
from bot.services import Services
from bot.ui.language import server_locale, speaking


async def tell_moderators(
    services: Services, interaction: discord.Interaction[Any], asked: Asked, match: Match
) -> None:
    """Say in the server's log channel, if it has one, who broke which rule where, and with what."""
    settings = await services.guild_settings.get(asked.guild_id)
    if settings.log_channel_id is None:
        return
    with speaking(server_locale(settings.language, interaction)):
        notice = refused_text_notice(
            match,
            member_id=asked.member_id,
            channel_id=asked.channel_id,
            text=text_to_tell(match, asked, settings),
        )
    await services.log_channel.say(asked.guild_id, notice)
