"""What a member gave is kept while they are asked something back, and when it is refused: *Fix it* opens it again."""

from dataclasses import replace
from typing import Any, Final

import discord
from discord import ui

from bot.requests.consent import NOTICE, consent_controls
from bot.requests.forms import ASK, video_modal
from bot.requests.waiting import Draft
from bot.requests.wish import Wish
from bot.services import Services
from bot.ui.answers import answer_of, open_form, say
from bot.ui.custom_ids import fix_id, view_of
from bot.ui.language import N_, _

FIX_IT: Final = N_("Fix it")
ADD_IMAGES: Final = N_("Add images")


def fix_controls(kind: str, request_id: int, label: str = FIX_IT) -> ui.View:
    """Let a member open the form of a kind with what is kept under an id."""
    return view_of(ui.Button(label=_(label), style=discord.ButtonStyle.primary, custom_id=fix_id(kind, request_id)))


async def has_accepted(services: Services, interaction: discord.Interaction[Any], draft: Draft, cost: str = "") -> bool:
    """Return whether a member has accepted the notice; ask where not, with what a yes costs, and keep the draft."""
    member_id = interaction.user.id
    if await services.consents.given(member_id):
        return True
    await services.paused.pause(interaction.id, member_id, draft, services.clock.now())
    await ask(interaction, interaction.id, cost)
    return False


async def ask(interaction: discord.Interaction[Any], request_id: int, cost: str = "") -> None:
    """Show the notice; accepting it goes on with the paused request of that id."""
    await say(interaction, "\n".join(filter(None, (_(NOTICE), cost))), view=consent_controls(request_id))


async def ask_for_images(services: Services, interaction: discord.Interaction[Any], wish: Wish) -> None:
    """Ask for the images of a wish, in a form where the interaction can open one."""
    gone = replace(wish, images=(), gone=True)
    now = services.clock.now()
    await services.paused.pause(interaction.id, interaction.user.id, gone, now)
    if answer_of(interaction).may_open_form:
        offer = await services.operating.prices.offer()
        await open_form(interaction, video_modal(offer, fix_id(gone.kind, interaction.id), gone))
    else:
        await say(interaction, _(ASK), view=fix_controls(gone.kind, interaction.id, ADD_IMAGES))
