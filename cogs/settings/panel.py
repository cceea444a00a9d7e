"""`/settings` and its panel: the custom id of a component says what it does, so it works after a restart."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import discord
from discord import app_commands, ui
from discord.ext import commands

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
    set_up,
    toggle,
)
from bot.settings.entries import Page
from bot.settings.panel.ids import PANEL_PATTERN, SETUP, SETUP_PATTERN, TITLES, WORD_FORMS, PanelAction, PanelId, forms
from bot.settings.panel.modals import (
    CHANNELS,
    PER_DAY,
    REVIEW,
    REVIEW_CHANNEL,
    WORDS,
    RefusedForm,
    typed_in,
    typed_numbers,
    typed_setup,
    typed_words,
)
from bot.settings.panel.parts import TOGGLE
from bot.settings.typed_values import BadSetting, BadSettingCode, read_words, split_words
from bot.settings.words import UNREADABLE, bad_setting_sentence
from bot.ui.answers import Shape, say
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
        pressed, chosen = self._panel_id, self._chosen
        editor = _editor_of(bot, pressed)
        match pressed.action:
            case PanelAction.TURN:
                await editor.show(interaction, _page(chosen or [pressed.value]))
            case PanelAction.CHANNEL:
                await editor.show(interaction, Page.CHANNEL, int(chosen[0]) if chosen else pressed.target)
            case PanelAction.FORM:
                await editor.open_form(interaction, pressed)
            case PanelAction.ROLE:
                await editor.open_form(interaction, replace(pressed, target=int(chosen[0])))
            case PanelAction.RETRY:
                shown = interaction.message.components if interaction.message else ()
                await editor.open_form(interaction, pressed, typed_in(shown))
            case PanelAction.DO:
                await self._do_by_name(interaction, editor)
            case PanelAction.PUT if (pressed.name, pressed.value) == ("paused", "on") and not pressed.target:
                await editor.ask_to_pause(interaction)
            case PanelAction.FIX:
                await editor.change(interaction, self._change, Page.CHECK)
            case _:
                await editor.change(interaction, self._change, pressed.page, pressed.target)

    def _change(self) -> Change:
        """Make the change that a press asks for."""
        pressed, chosen = self._panel_id, self._chosen
        match pressed.action:
            case PanelAction.PUT | PanelAction.FIX:
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
            case "pause":
                await editor.change(interaction, lambda: choose("paused", "on"), Page.OVERVIEW)
            case "ask_to_reset":
                await editor.ask_to_reset(interaction)
            case "reset":
                await editor.change(interaction, lambda: reset, Page.OVERVIEW)
            case _:
                await say(interaction, _(UNREADABLE))

    @property
    def _chosen(self) -> Sequence[str]:
        """Return what was chosen in a menu: values, or ids."""
        match self.item:
            case ui.Select():
                return self.item.values
            case ui.ChannelSelect() | ui.RoleSelect():
                return [str(each.id) for each in self.item.values]
            case _:
                return []

    @property
    def _shown(self) -> set[int]:
        """Return what a menu of channels or roles showed as chosen before it was used."""
        match self.item:
            case ui.ChannelSelect() | ui.RoleSelect():
                return {each.id for each in self.item.default_values}
            case _:
                return set()


class PanelForms(FormCog):
    """Takes the modals of the panel."""

    form_pattern = PANEL_PATTERN
    shape = Shape.UPDATE

    def __init__(self, bot: Reelcast) -> None:
        self._bot = bot

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        form = PanelId.of(match)
        await _submit(_editor_of(self._bot, form), interaction, form, submission)


class SetupButton(PressedItem, template=SETUP_PATTERN):
    """*Set up* of the welcome message, which everyone sees: the answer is private."""

    shape = Shape.PRIVATE

    async def answer(self, interaction: discord.Interaction[Any]) -> None:
        form, editor = _setup_of(interaction.client, self.match)
        await editor.open_form(interaction, form, custom_id=self.match[0])


class SetupForms(FormCog):
    """Takes the form that the welcome message opens."""

    form_pattern = SETUP_PATTERN

    def __init__(self, bot: Reelcast) -> None:
        self._bot = bot

    async def submitted(
        self, interaction: discord.Interaction[Any], match: re.Match[str], submission: Submission
    ) -> None:
        form, editor = _setup_of(self._bot, match)
        await _submit(editor, interaction, form, submission)


def _setup_of(bot: Reelcast, match: re.Match[str]) -> tuple[PanelId, SettingsEditor]:
    """Return the form that *Set up* opens, and the editor of the server that a direct message's is about."""
    form = PanelId(action=PanelAction.FORM, name=SETUP, target=int(match["guild"] or SERVER))
    return form, _editor_of(bot, form)


def _editor_of(bot: Reelcast, form: PanelId) -> SettingsEditor:
    guild = bot.get_guild(form.target) if form.name == SETUP and form.target else None
    return SettingsEditor(bot.services, guild)


async def _submit(
    editor: SettingsEditor, interaction: discord.Interaction[Any], form: PanelId, submission: Submission
) -> None:
    """Make the change that a submitted form asks for; what was typed in one that is refused is kept."""
    channel_id = form.target if form.page is Page.CHANNEL else SERVER
    left = None
    if form.name == SETUP:
        channels, room = _ids(submission, CHANNELS), next(iter(_ids(submission, REVIEW_CHANNEL)), None)
        review, per_day = submission.text(REVIEW), submission.text(PER_DAY)
        typed = [*typed_setup(channels, review, room, per_day)]
        form = replace(form, value=review)

        def make() -> Change:
            return set_up(channels, review, room, per_day)
    elif form.name in WORD_FORMS:
        entered = submission.text(WORDS)
        typed, left = typed_words(split_words(entered)), _left_words(form, entered)

        def make() -> Change:
            return add_words(entered) if form.name == "add_words" else remove_words(entered)
    elif form.name in forms():
        numbers = {name: submission.text(name) for name in forms()[form.name].fields if name in submission.fields}
        typed = typed_numbers(form.name, numbers)

        def make() -> Change:
            match form.name:
                case "member_limits":
                    return set_limits(numbers)
                case "role_limits":
                    return set_limits(numbers, form.target)
                case _:
                    return set_numbers(numbers, form.target)
    else:
        await say(interaction, _(UNREADABLE))
        return
    refused = RefusedForm(form=form, typed=typed)
    await editor.change(interaction, make, form.page, channel_id, typed=refused, left=left)


def _left_words(form: PanelId, entered: str) -> RefusedForm | None:
    """Return what of a list of words can't be words, if the rest can."""
    try:
        _words, refused = read_words(entered)
    except BadSetting:
        return None
    if not refused:
        return None
    sentence = bad_setting_sentence(next(iter(refused.values())))
    return RefusedForm(form=form, typed=typed_words(refused), sentence=sentence)


def _ids(submission: Submission, field: str) -> Sequence[int]:
    return [int(each) for each in submission.chosen(field)]


def _page(chosen: Sequence[str]) -> Page:
    return next((page for page in Page if page.value in chosen), Page.OVERVIEW)


class SettingsCog(commands.Cog):
    def __init__(self, services: Services) -> None:
        self._editor = SettingsEditor(services)

    @app_commands.command(name="settings", description="View and change this server's video settings")
    @app_commands.describe(page="Page to open first")
    @app_commands.choices(page=[app_commands.Choice(name=title, value=page.value) for page, title in TITLES.items()])
    @app_commands.guild_only()
    @app_commands.default_permissions(manage_guild=True)
    async def settings(self, interaction: discord.Interaction, page: app_commands.Choice[str] | None = None) -> None:
        await self._editor.show(interaction, Page.OVERVIEW if page is None else Page(page.value))


async def setup(bot: Reelcast) -> None:
    bot.add_dynamic_items(PanelItem, SetupButton)
    await bot.add_cog(SettingsCog(bot.services))
    await bot.add_cog(SetupForms(bot))
    await bot.add_cog(PanelForms(bot))
