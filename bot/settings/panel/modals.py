"""The modals of the settings panel: numbers and words are typed there. They are stopped: their custom id says all."""

from decimal import Decimal
from typing import Any, Final

import discord
from discord import ui

from bot.settings.changes import SERVER
from bot.settings.entries import Number
from bot.settings.model import NO_LIMITS, ChannelSettings, GuildSettings, Limits
from bot.settings.panel.ids import WORD_FORMS, PanelAction, PanelId, forms
from bot.ui.formats import dollars, number
from bot.ui.language import _
from bot.ui.text import clip

TITLE_LIMIT: Final = 45  # characters of a title or a label; Discord's
NUMBER_LIMIT: Final = 20  # characters of a number with its sign and spaces
WORDS_LIMIT: Final = 4_000  # characters; Discord's
WORDS: Final = "words"


def numbers_modal(form: str, settings: GuildSettings, target: int = SERVER, role_name: str = "") -> ui.Modal:
    """Ask for the numbers of a form; what is set stands in the fields."""
    asked = forms(type(settings))[form]
    of_a_role = form == "role_limits"
    title = _("Limits for {role}").format(role=role_name) if of_a_role else _(asked.title)
    modal = ui.Modal(
        title=clip(title, TITLE_LIMIT), custom_id=str(PanelId(deed=PanelAction.FORM, name=form, target=target))
    )
    values = _values(form, settings, target)
    for name, entry in asked.fields.items():
        value = getattr(values, name)
        modal.add_item(
            ui.Label(
                text=clip(_(entry.label), TITLE_LIMIT),
                description=_range_words(entry, of_a_role=of_a_role),
                component=ui.TextInput(
                    custom_id=name,
                    required=not entry.optional,
                    max_length=NUMBER_LIMIT,
                    default=None if value is None else str(value),
                ),
            )
        )
    modal.stop()
    return modal


def words_modal(form: str) -> ui.Modal:
    """Ask for words to be added or removed."""
    modal = ui.Modal(title=_(WORD_FORMS[form]), custom_id=str(PanelId(deed=PanelAction.FORM, name=form)))
    modal.add_item(
        ui.Label(
            text=_("Words and phrases"),
            description=_("One per line, or separated by commas. A * at either end stands for more letters."),
            component=ui.TextInput(custom_id=WORDS, style=discord.TextStyle.paragraph, max_length=WORDS_LIMIT),
        )
    )
    modal.stop()
    return modal


def _values(form: str, settings: GuildSettings, target: int) -> GuildSettings | Limits | ChannelSettings:
    match form:
        case "member_limits":
            return settings.member_limits
        case "role_limits":
            return settings.role_limits.get(target, NO_LIMITS)
        case "channel_limits":
            return settings.channel_settings.get(target, ChannelSettings())
        case _:
            return settings


def _range_words(entry: Number[Any], *, of_a_role: bool) -> str:
    if of_a_role:
        sentence = _("{least} to {most}. Leave empty to use the limit for each member.")
    elif entry.optional:
        sentence = _("{least} to {most}. Leave empty for no limit.")
    else:
        sentence = _("{least} to {most}")
    least, most = (dollars(Decimal(each)) if entry.dollars else number(each) for each in (entry.least, entry.most))
    return sentence.format(least=least, most=most)
