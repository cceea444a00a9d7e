"""Going on with what a member had asked for before they were asked something back."""

from datetime import timedelta
from typing import Any, Final

import discord

from bot.cast.view import UPLOADS_GONE
from bot.requests.waiting import Paused
from bot.requests.wish import wish_of
from bot.services import Services
from bot.ui.answers import say
from bot.ui.language import _
from cogs.cast.saving import new_of_facts, save_character
from cogs.requests.asking import Requests
from cogs.requests.questions import ask_for_images

UPLOADS_LAST: Final = timedelta(minutes=15)  # a command's uploads are removed after a while; younger ones are tried


async def resume(services: Services, interaction: discord.Interaction[Any], paused: Paused) -> None:
    """Take a paused request up where it was left, with all checks once more."""
    too_old = services.clock.now() - paused.paused_at > UPLOADS_LAST
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
