"""The modals of the settings panel: numbers and words are typed there. They are stopped: their custom id says all."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

import discord
from discord import ui

from bot.settings.changes import LIMIT_NAMES, SERVER
from bot.settings.model import NO_LIMITS, ChannelSettings, GuildSettings, Limits
from bot.settings.panel.ids import PanelAction, PanelId
from bot.settings.typed_values import RANGES
from bot.settings.words import LABELS
from bot.ui.formats import dollars, number
from bot.ui.language import N_, _
from bot.ui.text import clip

TITLE_LIMIT: Final = 45  # characters of a title or a label; Discord's
NUMBER_LIMIT: Final = 20  # characters of a number with its sign and spaces
WORDS_LIMIT: Final = 4_000  # characters; Discord's
WORDS: Final = "words"

# What each form asks for: the names of the numbers, as in `RANGES`.
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "member_limits": LIMIT_NAMES,
    "role_limits": LIMIT_NAMES,
    "server_limits": ("at_once", "spend_per_day_usd", "spend_per_month_usd"),
    "review_times": ("review_hours", "new_member_days"),
    "records": ("report_threshold", "keep_records_days"),
    "channel_limits": ("per_day",),
}
_TITLES: Final[Mapping[str, str]] = {
    "member_limits": N_("Limits of each member"),
    "server_limits": N_("Limits of the whole server"),
    "review_times": N_("Waiting time and new members"),
    "records": N_("Reports and records"),
    "channel_limits": N_("Limits in this channel"),
    "add_words": N_("Words to refuse"),
    "remove_words": N_("Words to refuse no longer"),
}


def numbers_modal(form: str, settings: GuildSettings, target: int = SERVER, role_name: str = "") -> ui.Modal:
    """Ask for the numbers of a form; what is set stands in the fields."""
    title = _("Limits of {role}").format(role=role_name) if form == "role_limits" else _(_TITLES[form])
    modal = ui.Modal(
        title=clip(title, TITLE_LIMIT), custom_id=str(PanelId(deed=PanelAction.FORM, name=form, target=target))
    )
    of_a_role = form == "role_limits"
    for name, value in _values(form, settings, target).items():
        allowed = RANGES[name]
        label = LABELS["server_at_once"] if form == "server_limits" and name == "at_once" else LABELS[name]
        modal.add_item(
            ui.Label(
                text=clip(_(label), TITLE_LIMIT),
                description=_range_words(name, of_a_role=of_a_role),
                component=ui.TextInput(
                    custom_id=name,
                    required=not allowed.optional,
                    max_length=NUMBER_LIMIT,
                    default=None if value is None else str(value),
                ),
            )
        )
    modal.stop()
    return modal


def words_modal(form: str) -> ui.Modal:
    """Ask for words to be added or removed."""
    modal = ui.Modal(title=_(_TITLES[form]), custom_id=str(PanelId(deed=PanelAction.FORM, name=form)))
    modal.add_item(
        ui.Label(
            text=_("Words and phrases"),
            description=_("One a line, or with commas between them; * at an end stands for more letters"),
            component=ui.TextInput(custom_id=WORDS, style=discord.TextStyle.paragraph, max_length=WORDS_LIMIT),
        )
    )
    modal.stop()
    return modal


def _values(form: str, settings: GuildSettings, target: int) -> Mapping[str, int | Decimal | None]:
    source: GuildSettings | Limits | ChannelSettings = settings
    match form:
        case "member_limits":
            source = settings.member_limits
        case "role_limits":
            source = settings.role_limits.get(target, NO_LIMITS)
        case "channel_limits":
            source = settings.channel_settings.get(target, ChannelSettings())
        case _:
            pass
    return {name: getattr(source, name) for name in FIELDS[form]}


def _range_words(name: str, *, of_a_role: bool) -> str:
    allowed = RANGES[name]
    least = dollars(Decimal(allowed.least)) if allowed.dollars else number(allowed.least)
    most = dollars(Decimal(allowed.most)) if allowed.dollars else number(allowed.most)
    if of_a_role:
        sentence = _("{least} to {most}; empty: as for each member")
    elif allowed.optional:
        sentence = _("{least} to {most}; empty: no limit")
    else:
        sentence = _("{least} to {most}")
    return sentence.format(least=least, most=most)
