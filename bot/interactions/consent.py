"""The question before a member's first images: what they asked for waits until they have accepted the notice."""

from collections.abc import Mapping
from typing import Any

import discord

from bot.requests.consent import NOTICE, consent_controls
from bot.services import Services
from bot.ui.answers import say
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
