"""`/privacy`, and *Delete my data* wherever it stands."""

import re
from typing import Any, Self

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast
from bot.interactions.errors import answer_broken, say
from bot.interactions.forgetting import forget_everything
from bot.presentation.forgetting import (
    FORGET_PATTERN,
    KEPT,
    PRIVACY,
    ForgetDeed,
    forget_question,
    forgotten_sentence,
    privacy_controls,
)
from bot.presentation.language import _, speak


class ForgetButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=FORGET_PATTERN):
    """Asks first, then deletes what is kept of who presses, and of nobody else; a second press finds nothing left."""

    def __init__(self, custom_id: str, deed: ForgetDeed) -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self._deed = deed

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string, ForgetDeed(match["deed"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        try:
            await self._pressed(interaction)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)

    async def _pressed(self, interaction: discord.Interaction[Any]) -> None:
        match self._deed:
            case ForgetDeed.ASK:
                question, controls = forget_question()
                await say(interaction, question, view=controls)
            case ForgetDeed.KEEP:
                await interaction.response.edit_message(content=_(KEPT), view=None)
            case ForgetDeed.DATA | ForgetDeed.ALL:
                await self._forget(interaction)

    async def _forget(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await interaction.response.defer()  # a long history takes its time; an answer has three seconds
        removed = self._deed is ForgetDeed.ALL
        done = await forget_everything(bot.services, interaction.user.id, remove_messages=removed)
        answer = forgotten_sentence(requests=done.requests, running=done.running, removed=removed)
        await interaction.edit_original_response(content=answer, view=None)
        await bot.services.forgetting.emptying.sweep()


class PrivacyCog(commands.Cog):
    @app_commands.command(name="privacy", description="What is kept of you, and how to delete it")
    async def privacy(self, interaction: discord.Interaction) -> None:
        await say(interaction, _(PRIVACY), view=privacy_controls())


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(ForgetButton)
    await bot.add_cog(PrivacyCog())
