"""`/help`, and what it leads to: *Your data* and *Delete my data*."""

from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.app import Reelcast, Services
from bot.gate.denial import Denial
from bot.members.forgetting import Forgotten
from bot.members.words import (
    FORGET_PATTERN,
    HELP_ID,
    KEPT,
    PRIVACY,
    ForgetAction,
    forget_question,
    forgotten_sentence,
    help_here,
    help_text,
    privacy_controls,
    your_data_controls,
)
from bot.ui.answers import Shape, defer, say, show
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.requests.gatekeeping import as_seen, asked_by


async def forget_member(services: Services, member_id: int) -> None:
    """Delete a member's characters, wherever they are shared, and the requests that wait for an answer of theirs.

    That they accepted the notice about images, and when, stays on record: it is what the operator answers for.
    """
    await services.cast.store.forget_member(member_id)
    await services.paused.forget_member(member_id)


async def forget_everything(services: Services, member_id: int, *, remove_messages: bool) -> Forgotten:
    """Delete all that can be deleted, in every server; to be called again where it broke off.

    The messages that show something of it are emptied, or removed, afterwards: see `bot.members.emptying`.
    """
    await forget_member(services, member_id)
    await services.members.preferences.forget_member(member_id)
    forgotten = await services.members.forgetting.forget(member_id, remove_messages=remove_messages)
    await services.members.forgetting.erase()
    return forgotten


async def _show_help(services: Services, interaction: discord.Interaction[Any]) -> None:
    """Answer with what the bot does, and the rules for this member in this channel."""
    here = ""
    if interaction.guild_id is not None:
        verdict = await services.gate.rules.judge(asked_by(interaction))
        denial = as_seen(interaction, verdict) if isinstance(verdict, Denial) else None
        settings = await services.guild_settings.get(interaction.guild_id)
        here = help_here(denial, settings.review)
    await say(interaction, help_text(here=here), view=your_data_controls())


class HelpButton(PressedItem, template=HELP_ID):
    """Shows the same as the command."""

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        await _show_help(bot.services, interaction)


class HelpCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._services = services

    @app_commands.command(
        name="help", description="See how this bot works, what this server allows, and manage your data"
    )
    async def help(self, interaction: discord.Interaction) -> None:
        await _show_help(self._services, interaction)


class ForgetButton(PressedItem, template=FORGET_PATTERN):
    """Tells what is stored, and asks first; then deletes the data of the member who presses. Twice is once."""

    shape = Shape.UPDATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        match action := ForgetAction(self.match["action"]):
            case ForgetAction.TELL:
                await say(interaction, _(PRIVACY), view=privacy_controls())
            case ForgetAction.ASK:
                question, controls = forget_question()
                await say(interaction, question, view=controls)
            case ForgetAction.KEEP:
                await show(interaction, content=_(KEPT), view=None)
            case ForgetAction.DATA | ForgetAction.ALL:
                await self._forget(interaction, action)

    async def _forget(self, interaction: discord.Interaction[Any], action: ForgetAction) -> None:
        bot: Reelcast = interaction.client
        await defer(interaction)  # a long history takes its time; an answer has three seconds
        removed = action is ForgetAction.ALL
        done = await forget_everything(bot.services, interaction.user.id, remove_messages=removed)
        answer = forgotten_sentence(requests=done.requests, running=done.running, removed=removed)
        await show(interaction, content=answer, view=None)
        await bot.services.members.forgetting.emptying.sweep()


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(HelpButton)
    await bot.add_cog(HelpCog(bot.services))
    bot.add_dynamic_items(ForgetButton)
