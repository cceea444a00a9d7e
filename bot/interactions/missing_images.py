"""A request whose images are nowhere any more: it waits until its member has added them once more, and goes on."""

from dataclasses import replace
from typing import Any

import discord

from bot.requests.forms import ASK, images_controls, images_modal
from bot.requests.wish import Wish, facts_of
from bot.services import Services
from bot.ui.answers import open_form, say
from bot.ui.language import _


async def ask_for_images(services: Services, interaction: discord.Interaction[Any], wish: Wish) -> None:
    """Ask for the images of a wish, in a modal where the interaction can open one."""
    facts = {"video": facts_of(replace(wish, images=()))}
    await services.paused.pause(interaction.id, interaction.user.id, facts, services.clock.now())
    if interaction.type is discord.InteractionType.modal_submit:  # Discord opens no modal after a modal
        await say(interaction, _(ASK), view=images_controls(interaction.id))
    else:
        await open_form(interaction, images_modal(interaction.id, services.offer.most_images))
