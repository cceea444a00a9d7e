"""The components of the settings panel: what each does stands in its custom id, so that it works after a restart."""

import re
from collections.abc import Sequence
from typing import Any

import discord
from discord import ui

from bot.app import Reelcast, Services
from bot.settings.changes import (
    SERVER,
    Change,
    add_and_remove,
    add_words,
    allow,
    as_the_server,
    choose,
    point_to,
    remove_words,
    reset,
    set_limits,
    set_numbers,
    toggle,
)
from bot.settings.entries import Page
from bot.settings.panel.ids import PANEL_PATTERN, WORD_FORMS, PanelAction, PanelId, forms
from bot.settings.panel.modals import WORDS, numbers_modal, words_modal
from bot.settings.panel.parts import TOGGLE
from bot.settings.typed_values import BadSetting, BadSettingCode
from bot.settings.words import UNREADABLE
from bot.ui.answers import Shape, open_form, say
from bot.ui.forms import FormCog, Submission
from bot.ui.language import _
from bot.ui.pressed_item import PressedItem
from cogs.settings.editing import SettingsEditor


class PanelItem(PressedItem, template=PANEL_PATTERN):
    """Any button or select menu of the panel; what was chosen before is read from the message it stands in."""

    shape = Shape.UPDATE

    def __init__(self, item: ui.Item[Any], match: re.Match[str]) -> None:
        super().__init__(item, match)
        self._panel_id = PanelId.of(match)

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        bot: Reelcast = interaction.client
        editor = SettingsEditor(bot.services)
        pressed, chosen = self._panel_id, self._chosen
        match pressed.deed:
            case PanelAction.TURN:
                await editor.show(interaction, _page(chosen or [pressed.value]))
            case PanelAction.CHANNEL:
                await editor.show(interaction, Page.CHANNEL, int(chosen[0]))
            case PanelAction.FORM:
                await self._open_form(interaction, editor, pressed.name, pressed.target)
            case PanelAction.ROLE:
                await self._open_form(interaction, editor, pressed.name, int(chosen[0]))
            case PanelAction.DO:
                await self._do_by_name(interaction, editor)
            case _:
                await editor.change(interaction, self._change, pressed.page, pressed.target)

    def _change(self) -> Change:
        """Make the change that a press asks for."""
        pressed, chosen = self._panel_id, self._chosen
        match pressed.deed:
            case PanelAction.PUT:
                return choose(pressed.name, pressed.value, pressed.target)
            case PanelAction.PICK:
                return choose(pressed.name, chosen[0], pressed.target)
            case PanelAction.ALLOW:
                return allow(pressed.name, chosen, pressed.target)
            case PanelAction.POINT:
                return point_to(pressed.name, int(chosen[0]) if chosen else None, pressed.target)
            case PanelAction.LIST if pressed.value == TOGGLE:
                return toggle(pressed.name, [int(each) for each in chosen])
            case PanelAction.LIST:
                now, before = {int(each) for each in chosen}, self._shown
                return add_and_remove(pressed.name, now - before, before - now)
            case _:
                raise BadSetting(BadSettingCode.OUTDATED, pressed.name)

    async def _do_by_name(self, interaction: discord.Interaction[Any], editor: SettingsEditor) -> None:
        here = self._panel_id.target
        match self._panel_id.name:
            case "show":
                await editor.show(interaction, Page.OVERVIEW)
            case "check":
                await editor.show(interaction, Page.CHECK)
            case "tidy":
                await editor.tidy(interaction)
            case "words":
                await editor.show_words(interaction)
            case "as_server":
                await editor.change(interaction, lambda: as_the_server(here), Page.CHANNEL, here)
            case "ask_to_reset":
                await editor.ask_to_reset(interaction)
            case "reset":
                await editor.change(interaction, lambda: reset, Page.OVERVIEW)
            case _:
                await say(interaction, _(UNREADABLE))

    async def _open_form(
        self, interaction: discord.Interaction[Any], editor: SettingsEditor, form: str, target: int
    ) -> None:
        if not await editor.admits(interaction):
            return
        if form in WORD_FORMS:
            await open_form(interaction, words_modal(form))
        elif form in forms():
            role = interaction.guild.get_role(target) if interaction.guild else None
            name = role.name if role else _("deleted role")
            settings = await editor.settings(interaction)
            await open_form(interaction, numbers_modal(form, settings, target, name))
        else:
            await say(interaction, _(UNREADABLE))

    @property
    def _chosen(self) -> Sequence[str]:
        """Give what was chosen in a menu: values, or ids."""
        match self.item:
            case ui.Select():
                return self.item.values
            case ui.ChannelSelect() | ui.RoleSelect():
                return [str(each.id) for each in self.item.values]
            case _:
                return []

    @property
    def _shown(self) -> set[int]:
        """Give what a menu of channels or roles showed as chosen before it was used."""
        match self.item:
            case ui.ChannelSelect() | ui.RoleSelect():
                return {each.id for each in self.item.default_values}
            case _:
                return set()


class PanelForms(FormCog):
    """Takes the modals of the panel."""

    form_pattern = PANEL_PATTERN
    shape = Shape.UPDATE

    def __init__(self, services: Services) -> None:
        self._editor = SettingsEditor(services)

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        form = PanelId.of(match)
        channel_id = form.target if form.page is Page.CHANNEL else SERVER
        await self._editor.change(interaction, lambda: _change_by(form, submission), form.page, channel_id)


def _change_by(form: PanelId, submission: Submission) -> Change:
    """Make the change that a submitted modal asks for. Raises `BadSetting`."""
    match form.name:
        case "add_words":
            return add_words(_typed(submission, WORDS))
        case "remove_words":
            return remove_words(_typed(submission, WORDS))
        case "member_limits":
            return set_limits(_typed_numbers(form, submission))
        case "role_limits":
            return set_limits(_typed_numbers(form, submission), form.target)
        case name if name in forms():
            return set_numbers(_typed_numbers(form, submission), form.target)
        case name:
            raise BadSetting(BadSettingCode.OUTDATED, name)


def _typed_numbers(form: PanelId, submission: Submission) -> dict[str, str]:
    """Read the numbers of a form; one that its version of the modal had not yet stays as it is."""
    return {name: _typed(submission, name) for name in forms()[form.name].fields if name in submission.fields}


def _typed(submission: Submission, name: str) -> str:
    return str(submission.fields.get(name, {}).get("value") or "")


def _page(chosen: Sequence[str]) -> Page:
    return next((page for page in Page if page.value in chosen), Page.OVERVIEW)


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(PanelItem)
    await bot.add_cog(PanelForms(bot.services))
