"""The settings panel: one private message with pages; every press in it is known by its custom id alone."""

from collections.abc import Mapping, Sequence
from typing import Final

import discord
from discord import ui

from bot.settings.entries import Page
from bot.settings.findings import FindingCode, Weight
from bot.settings.findings_words import MARKS, findings_list
from bot.settings.panel.ids import EMOJI, TITLES, PanelAction, PanelId
from bot.settings.panel.pages import overview_page, settings_page
from bot.settings.panel.parts import PanelState, Part, button, buttons, one_of, text
from bot.ui.formats import number
from bot.ui.language import N_, _, ngettext

_BLURPLE: Final = discord.Colour(0x5865F2)
_RED: Final = discord.Colour(0xDA373C)
_GREEN: Final = discord.Colour(0x23A559)
_AMBER: Final = discord.Colour(0xF0B232)
_COLOURS: Final[Mapping[Weight, discord.Colour]] = {Weight.STOPS: _RED, Weight.RISKS: _AMBER}

_NOTES: Final[Mapping[Page, str]] = {
    Page.OVERVIEW: N_("Everything at a glance"),
    Page.PLACES: N_("Channels, roles, output, and log"),
    Page.REVIEW: N_("Moderator review before spending or posting"),
    Page.LIMITS: N_("Limits for members and roles, server spending"),
    Page.FILTERS: N_("AutoMod and blocked words"),
    Page.POSTS: N_("Spoilers, durations, ratios, reports, records"),
    Page.CAST: N_("Language of posts, and shared characters"),
    Page.CHANNELS: N_("Settings for single channels"),
    Page.CHECK: N_("Missing permissions and conflicting settings"),
}


def settings_panel(page: Page, state: PanelState, notice: str = "") -> ui.LayoutView:
    """Lay out one page; `notice` is what has just happened."""
    listed = Page.CHANNELS if page is Page.CHANNEL else page
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_colour(page, state))
    container.add_item(text(f"### ⚙️ {_('Settings')}"))
    if notice:
        container.add_item(text(notice))
    container.add_item(_page_menu(listed))
    for part in _parts(page, state):
        container.add_item(part)
    container.add_item(ui.Separator())
    container.add_item(buttons(*_always(page, state)))
    return _view_of(container)


def reset_question() -> ui.LayoutView:
    """Ask whether every setting is to be forgotten."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_RED)
    question = _(
        "Reset all of this server's settings? Until someone chooses channels again, only members with "
        "Manage Server can make videos. Records and blocks are kept."
    )
    container.add_item(text(question))
    forget = button(_("Reset settings"), PanelId(deed=PanelAction.DO, name="reset"), discord.ButtonStyle.danger)
    container.add_item(buttons(forget, button(_("Keep settings"), PanelId(deed=PanelAction.DO, name="show"))))
    return _view_of(container)


def _view_of(container: ui.Container[ui.LayoutView]) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()  # a press is known by its custom id: discord.py need not remember the view
    return view


def check_page(state: PanelState) -> Sequence[Part]:
    """Show everything that is wrong, the weightiest first."""
    return (text(findings_list(state.findings, state.facts)),)


def _parts(page: Page, state: PanelState) -> Sequence[Part]:
    match page:
        case Page.OVERVIEW:
            return overview_page(state)
        case Page.CHECK:
            return check_page(state)
        case _:
            return settings_page(page, state)


def _colour(page: Page, state: PanelState) -> discord.Colour:
    if state.settings.paused:
        return _RED
    if page is not Page.CHECK:
        return _BLURPLE
    return _COLOURS.get(min((each.weight for each in state.findings), default=Weight.NOTE), _GREEN)


def _page_menu(page: Page) -> Part:
    titles = {each.value: f"{EMOJI[each]} {_(title)}" for each, title in TITLES.items()}
    notes = {each.value: _(note) for each, note in _NOTES.items()}
    return one_of(PanelId(deed=PanelAction.TURN, name="page"), titles, page.value, notes)


def _always(page: Page, state: PanelState) -> Sequence[ui.Button[ui.LayoutView]]:
    """Make the buttons that every page has."""
    paused = state.settings.paused
    found = [
        button(
            _("Resume") if paused else _("Pause new videos"),
            PanelId(deed=PanelAction.PUT, name="paused", value="off" if paused else "on"),
            discord.ButtonStyle.success if paused else discord.ButtonStyle.danger,
        )
    ]
    if page is not Page.CHECK:
        found.append(button(_check_label(state), PanelId(deed=PanelAction.DO, name="check")))
    if any(each.code is FindingCode.STALE for each in state.findings):
        found.append(button(_("Tidy up"), PanelId(deed=PanelAction.DO, name="tidy")))
    if page is Page.OVERVIEW:
        found.append(button(_("Reset"), PanelId(deed=PanelAction.DO, name="ask_to_reset")))
    if page is Page.CHANNEL and state.channel_id in state.settings.channel_settings:
        found.append(
            button(_("Use server settings"), PanelId(deed=PanelAction.DO, name="as_server", target=state.channel_id))
        )
    if page is Page.CHANNEL:  # the menu of pages cannot lead to the page that it shows as chosen
        found.append(button(_("Back"), PanelId(deed=PanelAction.TURN, name="back", value=Page.CHANNELS.value)))
    return found


def _check_label(state: PanelState) -> str:
    """Name the button to the check, with how much stands in the way."""
    serious = [each for each in state.findings if each.weight < Weight.ODD]
    if not serious:
        return _("Check")
    label = ngettext("{mark} {count} issue to check", "{mark} {count} issues to check", len(serious))
    return label.format(mark=MARKS[serious[0].weight], count=number(len(serious)))
