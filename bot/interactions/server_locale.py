"""The language of what a whole server reads."""

from typing import Any

import discord


def server_locale(chosen: str | None, interaction: discord.Interaction[Any]) -> str:
    """Name one of Discord's locales: the one `chosen` in the settings, else the one that the server has in Discord."""
    return chosen or (interaction.guild_locale or discord.Locale.american_english).value
