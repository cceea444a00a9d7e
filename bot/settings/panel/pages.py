"""The pages of the settings panel: each shows the settings that are declared for it, with what they mean."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, cast

from bot.settings.changes import SERVER
from bot.settings.entries import (
    BlockedWords,
    ChannelList,
    Choice,
    LimitSet,
    Number,
    OneChannel,
    OwnSettings,
    Page,
    RoleLimits,
    RoleList,
    Setting,
    Subset,
    Switch,
    entries,
    fields_words,
)
from bot.settings.model import ChannelSettings, GuildSettings
from bot.settings.panel.ids import EMOJI, FORMS, TITLES, PanelAction, PanelId, forms
from bot.settings.panel.parts import (
    PanelState,
    Part,
    any_channel,
    any_role,
    button,
    buttons,
    channel_list,
    explained,
    one_channel,
    one_of,
    opens,
    role_list,
    some_of,
    switch,
    text,
)
from bot.settings.words import channel_name, on_off, prices_line, role_name
from bot.ui.formats import dollars, number
from bot.ui.language import N_, _, ngettext

MOST_LINES: Final = 8  # of channels or roles with something of their own
UNREAD_AUTOMOD: Final = N_(
    "The bot can't read the AutoMod rules without Manage Server. They are NOT applied to prompts."
)


def overview_page(state: PanelState) -> Sequence[Part]:
    """Write every setting, under the page where it is changed."""
    paused = [text(_("⏸️ **New videos are paused in the whole server.**"))] if state.settings.paused else []
    blocks = {page: _overview(page, state) for page in TITLES if page is not Page.OVERVIEW}
    return (
        *paused,
        *(
            text("\n".join([f"**{EMOJI[page]} {_(TITLES[page])}**", *(f"-# {line}" for line in lines)]))
            for page, lines in blocks.items()
            if lines
        ),
    )


def settings_page(page: Page, state: PanelState) -> Sequence[Part]:
    """Show the settings of one page, with what changes them; its numbers come last, as they share a form."""
    shown, here = _settings_of(page, state)
    parts: list[Part] = []
    if here:
        parts.append(explained(channel_name(here, state.facts), _(entries(GuildSettings)["channel_settings"].help)))
    for name, entry in entries(type(shown)).items():
        if entry.page is page:
            parts += _controls(name, entry, getattr(shown, name), state, here)
    form = forms(type(state.settings)).get(FORMS.get(page, (page.value, ""))[0])
    if form is not None:
        lines = [
            f"{_(entry.label)}: **{entry.words(getattr(shown, name))}** · {_(entry.help)}"
            for name, entry in form.fields.items()
        ]
        parts.append(opens(_(form.title), "\n-# ".join(lines), _("Change"), form.name, here))
    if page is Page.LIMITS:
        parts.append(text(f"-# {prices_line(state.facts.prices_usd)}"))
    return parts


def _settings_of(page: Page, state: PanelState) -> tuple[GuildSettings | ChannelSettings, int]:
    """Return the settings that a page is about, and the id of their channel."""
    if page is not Page.CHANNEL:
        return state.settings, SERVER
    return state.settings.channel_settings.get(state.channel_id, ChannelSettings()), state.channel_id


def _overview(page: Page, state: PanelState) -> Sequence[str]:
    lines: list[str] = []
    short: list[str] = []
    for name, entry in entries(type(state.settings)).items():
        if entry.page is page and not _is_moot(name, entry, state):
            line = f"{_(entry.label)}: {_words(name, entry, state)}"
            (short if isinstance(entry, Switch | Number | Subset) else lines).append(line)
    return [*lines, " · ".join(short)] if short else lines


def _is_moot(name: str, entry: Setting[Any], state: PanelState) -> bool:
    """Return whether a setting makes no difference: most servers have no pattern that can't be read."""
    is_default = getattr(state.settings, name) == entry.default
    return name == "bad_patterns" and is_default and not state.facts.automod.bad_patterns


def _words(name: str, entry: Setting[Any], state: PanelState) -> str:
    """Write what a setting is, as it takes effect."""
    if isinstance(entry, ChannelList) and entry.unless and getattr(state.settings, entry.unless):
        return _(entries(type(state.settings))[entry.unless].label)
    if name == "automod" and not state.facts.automod.readable:
        return on_off(is_on=False)
    return entry.words(getattr(state.settings, name), state.facts)


def _controls(name: str, entry: Setting[Any], value: Any, state: PanelState, here: int) -> Sequence[Part]:
    """Show what one setting is, and what changes it; `here` is the channel that it counts in."""
    facts, label, told = state.facts, _(entry.label), _told(name, entry, state, here)
    match entry:
        case Switch():
            is_moot = name == "automod" and not facts.automod.readable
            means = _(UNREAD_AUTOMOD) if is_moot else _(entry.help)
            return [switch(label, means, name, is_on=value, channel_id=here)]
        case Choice() | Subset():
            return [explained(label, told), _menu(name, cast("Choice[Any] | Subset[Any]", entry), value, state, here)]
        case OneChannel():
            shown = told if value is None else entry.words(value, facts)
            return [explained(label, shown), one_channel(name, value, facts, _(entry.placeholder), here)]
        case ChannelList():
            is_moot = entry.unless and getattr(state.settings, entry.unless)
            menus = [] if is_moot else [channel_list(name, value or (), facts)]
            return [explained(label, f"{told}\n-# {_words(name, entry, state)}"), *menus]
        case RoleList():
            return [explained(label, entry.names(value, facts) or told), role_list(name, value, facts)]
        case LimitSet():
            return [opens(label, entry.words(value), _("Change"), name)]
        case BlockedWords():
            return _words_controls(label, told, len(value))
        case RoleLimits():
            own = [(role_name(each, facts), limits) for each, limits in sorted(value.items())]
            menu = PanelId(action=PanelAction.ROLE, name=name)
            return [_each_of(label, told, own, state), any_role(menu, _("Choose a role to set its limits"))]
        case OwnSettings():
            own = [(channel_name(each, facts), theirs) for each, theirs in sorted(value.items())]
            menu = PanelId(action=PanelAction.CHANNEL, name="own_settings")
            return [
                _each_of(label, told, own, state),
                any_channel(menu, _("Choose a channel to see and change its settings")),
            ]
        case _:  # numbers share a form
            return []


def _told(name: str, entry: Setting[Any], state: PanelState, here: int) -> str:
    """Say what a setting decides, with prices where it changes what a video costs."""
    told = "" if here else _(entry.help)
    return f"{told}\n-# {prices_line(state.facts.prices_usd)}".removeprefix("\n-# ") if name == "durations" else told


def _menu(name: str, entry: "Choice[Any] | Subset[Any]", value: Any, state: PanelState, here: int) -> Part:
    if isinstance(entry, Choice):
        labels = {key: _(each.label) for key, each in entry.options.items()}
        notes = {key: _(each.note) for key, each in entry.options.items() if each.note and not here}
        return one_of(PanelId(action=PanelAction.PICK, name=name, target=here), labels, entry.key(value), notes)
    labels = {key: entry.option_label(each) for key, each in entry.options.items()}
    chosen = {key for key, each in entry.options.items() if (not here if value is None else each in value)}
    menu = PanelId(action=PanelAction.ALLOW, name=name, target=here)
    prices: Mapping[Any, Decimal] = state.facts.prices_usd if name == "durations" else {}
    notes = {key: dollars(prices[each]) for key, each in entry.options.items() if each in prices}
    return some_of(menu, labels, chosen, notes, none=_("Use server setting") if here else "")


def _words_controls(label: str, told: str, count: int) -> Sequence[Part]:
    listed = ngettext("{count} more blocked word.", "{count} more blocked words.", count).format(count=number(count))
    row = [
        button(_("Add words"), PanelId(action=PanelAction.FORM, name="add_words")),
        button(_("Remove words"), PanelId(action=PanelAction.FORM, name="remove_words")),
    ]
    if count:
        row.append(button(_("Show words"), PanelId(action=PanelAction.DO, name="words")))
    return [explained(label, f"{listed} {told}" if count else told), buttons(*row)]


def _each_of(label: str, told: str, own: Sequence[tuple[str, object]], state: PanelState) -> Part:
    """List what each of several channels or roles has of its own, as far as there is room."""
    lines = [f"- {name}: {fields_words(theirs, state.facts)}" for name, theirs in own]
    kept = lines[:MOST_LINES]
    if more := len(lines) - len(kept):
        kept.append("-# " + ngettext("and {count} more", "and {count} more", more).format(count=number(more)))
    return text("\n".join([f"**{label}**", f"-# {told}", *kept]))
