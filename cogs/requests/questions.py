"""What a member is asked before their request goes on: for consent, and for images that are gone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import discord

from bot.requests.consent import NOTICE, consent_controls
from bot.requests.forms import ASK, images_controls, images_modal
from bot.requests.wish import Wish, facts_of
from bot.services import Services
from bot.ui.answers import open_form, say
from bot.ui.language import _


async def has_accepted(services: Services, interaction: discord.Interaction[Any], facts: Mapping[str, Any]) -> bool:
    """Tell whether a member has accepted the notice; ask where not, and keep what they asked for as `facts`."""
    member_id = interaction.user.id
    if await services.consents.given(member_id):
        return True
    await services.paused.pause(interaction.id, member_id, facts, services.clock.now())
    await ask(interaction, interaction.id)
    return False


async def ask(interaction: discord.Interaction[Any], request_id: int) -> None:
    """Show the notice; accepting it goes on with the paused request of that id."""
    await say(interaction, _(NOTICE), view=consent_controls(request_id))


async def ask_for_images(services: Services, interaction: discord.Interaction[Any], wish: Wish) -> None:
    """Ask for the images of a wish, in a modal where the interaction can open one."""
    facts = {"video": facts_of(replace(wish, images=()))}
    await services.paused.pause(interaction.id, interaction.user.id, facts, services.clock.now())
    if interaction.type is discord.InteractionType.modal_submit:  # Discord opens no modal after a modal
        await say(interaction, _(ASK), view=images_controls(interaction.id))
    else:
        await open_form(interaction, images_modal(interaction.id, services.offer.most_images))
