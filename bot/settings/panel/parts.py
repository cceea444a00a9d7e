"""What the pages of the settings panel are put together from; discord.py need not remember any of it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import discord
from discord import ui

from bot.settings.changes import MOST_SHOWN, SERVER
from bot.settings.findings import Finding, ServerFacts
from bot.settings.model import GuildSettings
from bot.settings.panel.ids import PanelAction, PanelId
from bot.ui.language import _

Part = ui.Item[ui.LayoutView]

TOGGLE: Final = "toggle"  # the value in the custom id of a menu that adds what is not in its list, and removes the rest
# Where members can send commands, threads counted with the channel that they belong to.
ASKING: Final = (
    *(discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice),
    *(discord.ChannelType.stage_voice, discord.ChannelType.forum, discord.ChannelType.media),
)
POSTING: Final = (discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice)


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelState:
    """What a panel shows: settings, what is known of the server, and what is wrong with the two."""

    settings: GuildSettings
    facts: ServerFacts
    findings: Sequence[Finding]
    channel_id: int = SERVER  # on the page of a channel: which one


def text(content: str) -> Part:
    return ui.TextDisplay(content)


def explained(title: str, explanation: str) -> Part:
    """Head a control with what it decides, and what that means."""
    return text(f"**{title}**\n-# {explanation}" if explanation else f"**{title}**")


def button(label: str, panel_id: PanelId, style: discord.ButtonStyle = discord.ButtonStyle.secondary) -> ui.Button[Any]:
    return ui.Button(label=label, style=style, custom_id=str(panel_id))


def important(label: str, panel_id: PanelId) -> ui.Button[Any]:
    """Make the button that is pressed first."""
    return button(label, panel_id, discord.ButtonStyle.primary)


def section(content: str, pressed: ui.Button[Any]) -> Part:
    """Put a button beside what it is about."""
    return ui.Section(ui.TextDisplay(content), accessory=pressed)


def beside(title: str, explanation: str, pressed: ui.Button[Any]) -> Part:
    """Put a button beside what it decides."""
    return section(f"**{title}**\n-# {explanation}", pressed)


def switch(title: str, explanation: str, name: str, *, is_on: bool, channel_id: int = SERVER) -> Part:
    """Put a button beside what it turns on or off; which of the two is in its id, so that a double press is one."""
    label, value = (_("Turn off"), "off") if is_on else (_("Turn on"), "on")
    state = _("On") if is_on else _("Off")
    pressed = button(label, PanelId(action=PanelAction.PUT, name=name, target=channel_id, value=value))
    return beside(f"{title}: {state}", explanation, pressed)


def opens(title: str, explanation: str, label: str, name: str, target: int = SERVER) -> Part:
    """Put a button that opens a modal beside what it asks for."""
    return beside(title, explanation, button(label, PanelId(action=PanelAction.FORM, name=name, target=target)))


def channel_list(name: str, chosen: Collection[int], facts: ServerFacts) -> Part:
    shown = shown_ids(chosen, facts.channels)
    select: ui.ChannelSelect[Any] = ui.ChannelSelect(
        custom_id=_list_id(name, shown),
        channel_types=list(ASKING),
        placeholder=_("Choose channels") if shown is not None else _("Choose channels to add or remove"),
        min_values=0,
        max_values=MOST_SHOWN,
        default_values=shown or [],
    )
    return ui.ActionRow(select)


def role_list(name: str, chosen: Collection[int], facts: ServerFacts) -> Part:
    shown = shown_ids(chosen, facts.roles)
    select: ui.RoleSelect[Any] = ui.RoleSelect(
        custom_id=_list_id(name, shown),
        placeholder=_("Choose roles") if shown is not None else _("Choose roles to add or remove"),
        min_values=0,
        max_values=MOST_SHOWN,
        default_values=shown or [],
    )
    return ui.ActionRow(select)


def _list_id(name: str, shown: object | None) -> str:
    return str(PanelId(action=PanelAction.LIST, name=name, value="" if shown is not None else TOGGLE))


def one_channel(name: str, chosen: int | None, facts: ServerFacts, placeholder: str, channel_id: int = SERVER) -> Part:
    """Let one channel be chosen, or none."""
    select: ui.ChannelSelect[Any] = ui.ChannelSelect(
        custom_id=str(PanelId(action=PanelAction.POINT, name=name, target=channel_id)),
        channel_types=list(POSTING),
        placeholder=placeholder,
        min_values=0,
        max_values=1,
        default_values=shown_ids([] if chosen is None else [chosen], facts.channels) or [],
    )
    return ui.ActionRow(select)


def any_channel(panel_id: PanelId, placeholder: str) -> Part:
    """Let a channel be named that something else is asked or shown about."""
    select: ui.ChannelSelect[Any] = ui.ChannelSelect(
        custom_id=str(panel_id), channel_types=list(ASKING), placeholder=placeholder
    )
    return ui.ActionRow(select)


def any_role(panel_id: PanelId, placeholder: str) -> Part:
    select: ui.RoleSelect[Any] = ui.RoleSelect(custom_id=str(panel_id), placeholder=placeholder)
    return ui.ActionRow(select)


def buttons(*several: ui.Button[Any]) -> Part:
    return ui.ActionRow(*several)


def one_of(panel_id: PanelId, options: Mapping[str, str], chosen: str, notes: Mapping[str, str] | None = None) -> Part:
    """Let one of a few values be chosen; `options` are their labels by value, `notes` what they mean."""
    select: ui.Select[Any] = ui.Select(custom_id=str(panel_id))
    for value, label in options.items():
        select.add_option(label=label, value=value, description=(notes or {}).get(value), default=value == chosen)
    return ui.ActionRow(select)


def some_of(
    panel_id: PanelId, options: Mapping[str, str], chosen: Collection[str], notes: Mapping[str, str], *, none: str = ""
) -> Part:
    """Let some of a few values be chosen; none at all where `none` says what that means."""
    select: ui.Select[Any] = ui.Select(
        custom_id=str(panel_id), min_values=0 if none else 1, max_values=len(options), placeholder=none or None
    )
    for value, label in options.items():
        select.add_option(label=label, value=value, description=notes.get(value), default=value in chosen)
    return ui.ActionRow(select)


def shown_ids(chosen: Collection[int], existing: Collection[int]) -> Sequence[discord.Object] | None:
    """Return what a menu shows as chosen: what still exists; None where that leaves no room to choose more."""
    shown = [discord.Object(each) for each in sorted(each for each in chosen if each in existing)]
    return shown if len(shown) < MOST_SHOWN else None
