"""`/operator`: what whoever runs the bot sees and decides; who that is Discord is asked with each press."""

import re
from typing import Any, Final

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.gate.stops import Target
from bot.interactions.operator_desk import OperatorPanel
from bot.operator.panel import BLOCK_FORM, OPERATOR_PATTERN, REASON, REASON_LIMIT, TARGET, TARGET_ID, Verb, block_modal
from bot.ui.answers import Shape, defer, open_form, say
from bot.ui.custom_ids import read_id
from bot.ui.forms import FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem

_SHORTEST_ID: Final = 15  # digits: Discord has no shorter one


class OperatorButton(PressedItem, template=OPERATOR_PATTERN):
    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        panel = OperatorPanel(bot.services)
        if not await panel.admits(interaction):
            return
        verb = Verb(self.match["verb"])
        if verb is Verb.BLOCK:
            await open_form(interaction, block_modal())
        else:
            await panel.press(interaction, verb, int(self.match["target"]))


class OperatorCog(FormCog):
    """The command, and the modal that blocks.

    Discord shows the command to a server's administrators alone, as it has no way to show it to the owner of an
    application only; whoever else uses it is refused.
    """

    form_pattern = BLOCK_FORM
    shape = Shape.UPDATE

    def __init__(self, services: Services) -> None:
        self._panel = OperatorPanel(services)

    @app_commands.command(name="operator", description="For whoever runs this bot: credits, jobs, servers, blocks")
    @app_commands.guild_only()
    @app_commands.default_permissions()
    async def operator(self, interaction: discord.Interaction) -> None:
        if await self._panel.admits(interaction):
            await defer(interaction)
            await self._panel.show(interaction, Verb.OVERVIEW)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        if not await self._panel.admits(interaction):
            return
        typed = submission.text(TARGET_ID).strip()
        target_id = read_id(typed)
        if target_id is None or len(typed) < _SHORTEST_ID:
            await say(interaction, _("That is no id. Turn on Discord's developer mode and use *Copy ID*."))
            return
        server = submission.text(TARGET) == Target.SERVER.value
        target = Target.SERVER if server else Target.MEMBER
        await self._panel.block(interaction, target, target_id, submission.text(REASON).strip()[:REASON_LIMIT])


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(OperatorButton)
    await bot.add_cog(OperatorCog(bot.services))
