"""The button of the notice before a member's first images."""

from typing import Any

import discord

from bot.app import Reelcast
from bot.interactions.resuming import resume
from bot.requests.consent import CONSENT_PATTERN, NOTHING_LEFT, WORDING
from bot.ui.answers import Shape, say
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.requests.questions import ask


class ConsentButton(PressedItem, template=CONSENT_PATTERN):
    """Records that who presses accepts, and goes on with what they had asked for."""

    shape = Shape.PUBLIC

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        services = bot.services
        member_id, request_id = interaction.user.id, int(self.match["request"])
        if int(self.match["version"]) != WORDING:
            await ask(interaction, request_id)
            return
        await services.consents.give(member_id, locale=interaction.locale.value, now=services.clock.now())
        paused = await services.paused.resume(request_id, member_id)
        if paused is None:
            await say(interaction, _(NOTHING_LEFT))
        else:
            await resume(services, interaction, paused)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ConsentButton)
