"""Going on with what a member had asked for before they were asked something back."""

from typing import Any

import discord

from bot.interactions.cast_add import new_of_facts, save_character
from bot.interactions.requests import Requests
from bot.interactions.wish import wish_of
from bot.policy.paused import Paused
from bot.services import Services


async def resume(services: Services, interaction: discord.Interaction[Any], paused: Paused) -> None:
    """Take a paused request up where it was left, with all checks once more."""
    if "cast" in paused.facts:
        await save_character(services, interaction, new_of_facts(paused.facts["cast"]))
        return
    await Requests(services).take(interaction, wish_of(paused.facts["video"]))
