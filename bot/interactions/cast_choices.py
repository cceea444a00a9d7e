"""What autocomplete offers where a character is asked for: never another's that is not shared here."""

from collections.abc import Iterable
from typing import Any, Final

import discord
from discord import app_commands

from bot.cast.model import Character
from bot.cast.view import choice_label
from bot.interactions.casting import sharing_guild
from bot.jobs.prompt import name_key
from bot.services import Services
from bot.ui.language import speak

MOST_CHOICES: Final = 25  # Discord's

Choices = list[app_commands.Choice[str]]


async def usable_choices(interaction: discord.Interaction[Any], typed: str) -> Choices:
    """Offer everybody that a member can use here."""
    services: Services = interaction.client.services
    guild_id = await sharing_guild(services, interaction.guild_id)
    return _choices(await services.cast.usable(interaction.user.id, guild_id), interaction, typed)


async def own_choices(interaction: discord.Interaction[Any], typed: str) -> Choices:
    services: Services = interaction.client.services
    return _choices(await services.cast.usable(interaction.user.id, None), interaction, typed)


async def shareable_choices(interaction: discord.Interaction[Any], typed: str) -> Choices:
    """Offer a member's own, and to who may manage messages what others share, which they can end."""
    offer = usable_choices if interaction.permissions.manage_messages else own_choices
    return await offer(interaction, typed)


def _choices(characters: Iterable[Character], interaction: discord.Interaction[Any], typed: str) -> Choices:
    speak(interaction.locale.value)
    wanted = name_key(typed.strip().removeprefix("@"))
    found = [each for each in characters if wanted in name_key(each.name)]
    return [
        app_commands.Choice(name=choice_label(each, interaction.user.id), value=str(each.id))
        for each in found[:MOST_CHOICES]
    ]
