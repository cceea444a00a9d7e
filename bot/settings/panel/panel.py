"""The settings panel: one private message with pages; every press in it is known by its custom id alone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import discord
from discord import ui

from bot.settings.entries import Page
from bot.settings.findings import Finding, FindingCode, Weight
from bot.settings.findings_words import MARKS, findings_list, short_findings
from bot.settings.panel.fixes import findings_parts, fixes_row
from bot.settings.panel.ids import EMOJI, SETUP, TITLES, PanelAction, PanelId
from bot.settings.panel.modals import RefusedForm, refused_parts
from bot.settings.panel.pages import overview_page, settings_page
from bot.settings.panel.parts import PanelState, Part, button, buttons, important, one_of, text
from bot.ui.custom_ids import layout_of
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


def settings_panel(
    page: Page,
    state: PanelState,
    notice: str = "",
    *,
    worse: Sequence[Finding] = (),
    refused: RefusedForm | None = None,
) -> ui.LayoutView:
    """Lay out one page; `notice` is what has just happened, and `worse` the findings that this caused."""
    listed = Page.CHANNELS if page is Page.CHANNEL else page
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_colour(page, state))
    container.add_item(text(f"### ⚙️ {_('Settings')}"))
    told = "" if page is Page.CHECK else short_findings(worse, state.facts)
    if notice or told:
        container.add_item(text(f"{notice}\n{told}".strip()))
    if page is not Page.CHECK:
        for part in fixes_row(worse, page):
            container.add_item(part)
    for part in refused_parts(refused) if refused else ():
        container.add_item(part)
    container.add_item(_page_menu(listed))
    for part in _parts(page, state):
        container.add_item(part)
    container.add_item(ui.Separator())
    container.add_item(buttons(*_always(page, state)))
    return layout_of(container)


def owners_answer(guild_id: int, state: PanelState, notice: str, refused: RefusedForm | None) -> ui.LayoutView:
    """Lay out the answer to a setup in a direct message to the owner: the panel itself works in the server."""
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_colour(Page.CHECK, state))
    for part in (
        refused_parts(refused) if refused else [text(f"{notice}\n{findings_list(state.findings, state.facts)}")]
    ):
        container.add_item(part)
    container.add_item(ui.ActionRow(open_server(guild_id)))
    return layout_of(container)


def open_server(guild_id: int) -> ui.Button[Any]:
    """Make the button that leads to a server."""
    return ui.Button(label=_("Open server"), url=f"https://discord.com/channels/{guild_id}")


def reset_question() -> ui.LayoutView:
    """Ask whether every setting is to be forgotten."""
    question = _(
        "Reset all of this server's settings? Until someone chooses channels again, only members with "
        "Manage Server can make videos. Records and blocks are kept."
    )
    forget = button(_("Reset settings"), PanelId(action=PanelAction.DO, name="reset"), discord.ButtonStyle.danger)
    return _question(question, forget, _("Keep settings"))


def pause_question() -> ui.LayoutView:
    """Ask whether new videos are to be paused in the whole server."""
    question = _(
        "Pause new videos in the whole server? Videos in progress continue. Other requests wait until someone resumes."
    )
    pause = important(_("Pause new videos"), PanelId(action=PanelAction.DO, name="pause"))
    return _question(question, pause, _("Don't pause"))


def _question(question: str, done: ui.Button[ui.LayoutView], kept: str) -> ui.LayoutView:
    container: ui.Container[ui.LayoutView] = ui.Container(accent_colour=_AMBER)
    container.add_item(text(question))
    container.add_item(buttons(done, button(kept, PanelId(action=PanelAction.DO, name="show"))))
    return layout_of(container)


def _parts(page: Page, state: PanelState) -> Sequence[Part]:
    match page:
        case Page.OVERVIEW:
            return overview_page(state)
        case Page.CHECK:
            return findings_parts(state.findings, state.facts)
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
    return one_of(PanelId(action=PanelAction.TURN, name="page"), titles, page.value, notes)


def _always(page: Page, state: PanelState) -> Sequence[ui.Button[ui.LayoutView]]:
    """Make the buttons that every page has."""
    found: list[ui.Button[ui.LayoutView]] = []
    if page is Page.OVERVIEW and not state.settings.chosen:
        setup = PanelId(action=PanelAction.FORM, name=SETUP)
        found.append(important(_("Set up"), setup))
    check = _("Check again") if page is Page.CHECK else _check_label(state)
    found.append(button(check, PanelId(action=PanelAction.DO, name="check")))
    if page is not Page.CHECK and any(each.code is FindingCode.STALE for each in state.findings):
        found.append(button(_("Tidy up"), PanelId(action=PanelAction.DO, name="tidy")))
    if page is Page.OVERVIEW:
        found.append(button(_("Reset"), PanelId(action=PanelAction.DO, name="ask_to_reset")))
    if page is Page.CHANNEL and state.channel_id in state.settings.channel_settings:
        found.append(
            button(_("Use server settings"), PanelId(action=PanelAction.DO, name="as_server", target=state.channel_id))
        )
    if page is Page.CHANNEL:  # the menu of pages cannot lead to the page that it shows as chosen
        found.append(button(_("Back"), PanelId(action=PanelAction.TURN, name="back", value=Page.CHANNELS.value)))
    if state.settings.paused:
        resume = PanelId(action=PanelAction.PUT, name="paused", value="off")
        found.insert(0, button(_("Resume"), resume, discord.ButtonStyle.success))
    else:  # asks first
        found.append(button(_("Pause new videos"), PanelId(action=PanelAction.PUT, name="paused", value="on")))
    return found


def _check_label(state: PanelState) -> str:
    """Return the label of the button to the check, with the number of problems."""
    serious = [each for each in state.findings if each.weight < Weight.ODD]
    if not serious:
        return _("Check")
    label = ngettext("{mark} {count} issue to check", "{mark} {count} issues to check", len(serious))
    return label.format(mark=MARKS[serious[0].weight], count=number(len(serious)))
