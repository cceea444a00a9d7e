"""The button of the notice before a member's first images."""

from typing import Any

import discord

from bot.app import Reelcast
from bot.cast.view import UPLOADS_GONE
from bot.requests.consent import CONSENT_PATTERN, NOTHING_LEFT, WORDING
from bot.requests.waiting import REFUSED_KEPT_FOR, Paused
from bot.requests.wish import wish_of
from bot.services import Services
from bot.ui.answers import Shape, say, take_controls_away
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.cast.saving import new_of_facts, save_character
from cogs.requests.asking import Requests
from cogs.requests.drafts import ask, ask_for_images


async def resume(services: Services, interaction: discord.Interaction[Any], paused: Paused) -> None:
    """Take a paused request up where it was left, with all checks once more."""
    too_old = services.clock.now() - paused.paused_at > REFUSED_KEPT_FOR
    if "cast" in paused.facts:
        if too_old:
            await say(interaction, _(UPLOADS_GONE))
        else:
            await save_character(services, interaction, new_of_facts(paused.facts["cast"]))
        return
    wish = wish_of(paused.facts["video"])
    if too_old and wish.images:
        await ask_for_images(services, interaction, wish)
    else:
        await Requests(services).take(interaction, wish)


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
        paused = await services.paused.resume(request_id, member_id, services.clock.now())
        await take_controls_away(interaction)
        if paused is None:
            await say(interaction, _(NOTHING_LEFT))
        else:
            await resume(services, interaction, paused)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ConsentButton)
