"""`/operator`: what whoever runs the bot sees and decides; who that is Discord is asked with each press."""

import re
from typing import Any, Final, Self

import discord
from discord import app_commands

from bot.app import Reelcast, Services
from bot.interactions.errors import answer_broken, say
from bot.interactions.forms import FormCog, Submission
from bot.interactions.operator_desk import OperatorPanel
from bot.policy.operator import Target
from bot.presentation.language import _, speak
from bot.presentation.operator import REASON, REASON_LIMIT, TARGET, TARGET_ID, block_modal
from bot.presentation.operator_ids import BLOCK_FORM, OPERATOR_PATTERN, Verb

_ID: Final = re.compile(r"[0-9]{15,18}|[1-8][0-9]{18}")


class OperatorButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template=OPERATOR_PATTERN):
    def __init__(self, custom_id: str, verb: Verb, target: int) -> None:
        super().__init__(discord.ui.Button(custom_id=custom_id))
        self._verb = verb
        self._target = target

    @classmethod
    async def from_custom_id(
        cls, _interaction: discord.Interaction[Any], _item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(match.string, Verb(match["verb"]), int(match["target"]))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        speak(interaction.locale.value)
        bot: Reelcast = interaction.client
        panel = OperatorPanel(bot.services)
        try:
            if not await panel.admits(interaction):
                return
            if self._verb is Verb.BLOCK:
                await interaction.response.send_modal(block_modal())
            else:
                await panel.press(interaction, self._verb, self._target)
        except Exception as error:  # noqa: BLE001 - whatever it is, who pressed must be answered
            await answer_broken(interaction, type(self).__name__, error)


class OperatorCog(FormCog):
    """The command, and the modal that blocks.

    Discord shows the command to a server's administrators alone, as it has no way to show it to the owner of an
    application only; whoever else uses it is refused.
    """

    form_pattern = BLOCK_FORM

    def __init__(self, services: Services) -> None:
        self._panel = OperatorPanel(services)

    @app_commands.command(name="operator", description="For whoever runs this bot: credits, jobs, servers, blocks")
    @app_commands.guild_only()
    @app_commands.default_permissions()
    async def operator(self, interaction: discord.Interaction) -> None:
        if await self._panel.admits(interaction):
            await interaction.response.defer(ephemeral=True, thinking=True)
            await self._panel.show(interaction, Verb.OVERVIEW)

    async def submitted(
        self, interaction: discord.Interaction[Any], _match: re.Match[str], submission: Submission
    ) -> None:
        if not await self._panel.admits(interaction):
            return
        typed = submission.text(TARGET_ID).strip()
        if not _ID.fullmatch(typed):
            await say(interaction, _("That is no id. Turn on Discord's developer mode and use *Copy ID*."))
            return
        server = submission.text(TARGET) == Target.SERVER.value
        target = Target.SERVER if server else Target.MEMBER
        await self._panel.block(interaction, target, int(typed), submission.text(REASON).strip()[:REASON_LIMIT])


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(OperatorButton)
    await bot.add_cog(OperatorCog(bot.services))
