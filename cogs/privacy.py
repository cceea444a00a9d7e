"""`/privacy`, and *Delete my data* wherever it stands."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast
from bot.interactions.forgetting import forget_everything
from bot.members.forgetting_words import (
    FORGET_PATTERN,
    KEPT,
    PRIVACY,
    ForgetDeed,
    forget_question,
    forgotten_sentence,
    privacy_controls,
)
from bot.ui.answers import Shape, defer, say, show
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem


class ForgetButton(PressedItem, template=FORGET_PATTERN):
    """Asks first, then deletes what is kept of who presses, and of nobody else; a second press finds nothing left."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        match deed := ForgetDeed(self.match["deed"]):
            case ForgetDeed.ASK:
                question, controls = forget_question()
                await say(interaction, question, view=controls)
            case ForgetDeed.KEEP:
                await show(interaction, content=_(KEPT), view=None)
            case ForgetDeed.DATA | ForgetDeed.ALL:
                await self._forget(interaction, deed)

    async def _forget(self, interaction: discord.Interaction[Any], deed: ForgetDeed) -> None:
        bot: Reelcast = interaction.client
        await defer(interaction)  # a long history takes its time; an answer has three seconds
        removed = deed is ForgetDeed.ALL
        done = await forget_everything(bot.services, interaction.user.id, remove_messages=removed)
        answer = forgotten_sentence(requests=done.requests, running=done.running, removed=removed)
        await show(interaction, content=answer, view=None)
        await bot.services.forgetting.emptying.sweep()


class PrivacyCog(commands.Cog):
    @app_commands.command(name="privacy", description="What is kept of you, and how to delete it")
    async def privacy(self, interaction: discord.Interaction) -> None:
        await say(interaction, _(PRIVACY), view=privacy_controls())


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ForgetButton)
    await bot.add_cog(PrivacyCog())
