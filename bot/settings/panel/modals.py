"""The modals of the settings panel, and what was typed in one that is refused: *Fix it* opens it again with that.

They are stopped: their custom id says all. What was typed stands in the panel itself, so it outlives a restart.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import discord
from discord import ui

from bot.settings.changes import MOST_SHOWN, SERVER
from bot.settings.entries import Choice, Number, OneChannel, entries
from bot.settings.findings import ServerFacts
from bot.settings.model import NO_LIMITS, ChannelSettings, GuildSettings, Limits, ReviewMode
from bot.settings.panel.ids import WORD_FORMS, PanelAction, PanelId, forms
from bot.settings.panel.parts import ASKING, POSTING, Part, buttons, important
from bot.settings.words import prices_line
from bot.ui.custom_ids import stopped
from bot.ui.formats import dollars, number
from bot.ui.language import _
from bot.ui.text import ELLIPSIS, clip, plain, unescaped

TITLE_LIMIT: Final = 45  # characters of a title or a label; Discord's
NUMBER_LIMIT: Final = 20  # characters of a number with its sign and spaces
WORDS_LIMIT: Final = 4_000  # characters; Discord's
DESCRIPTION_LIMIT: Final = 100  # of a label; Discord's
KEPT_LIMIT: Final = 1_000  # characters of words that are kept
WORDS: Final = "words"
CHANNELS, REVIEW, REVIEW_CHANNEL, PER_DAY = "channels", "review", "review_channel_id", "spend_per_day_usd"
SUGGESTED_PER_DAY: Final = Decimal(20)  # dollars, in the form of a server that has chosen nothing
TYPED_ID: Final = 4_242  # of the component that shows what was typed
_LEFT_OUT: Final = f", {ELLIPSIS}"  # after words that are kept; it's no word of the form that opens again
_TYPED: Final = re.compile(r"-# \*\*[^*]*\*\* ?(.*)")
_CHANNEL: Final = re.compile(r"<#([0-9]+)>")


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedForm:
    """A form that was refused: why, and what was typed, each under its label, as it stands in the panel."""

    form: PanelId
    typed: Sequence[tuple[str, str]]
    sentence: str = ""


def refused_parts(refused: RefusedForm) -> Sequence[Part]:
    """Show what was typed, with the button that opens the form with it."""
    lines = (f"-# **{label}** {value}".rstrip() for label, value in refused.typed)
    shown = ui.TextDisplay[Any]("\n".join([refused.sentence, *lines]), id=TYPED_ID)
    retry = replace(refused.form, action=PanelAction.RETRY)
    return shown, buttons(important(_("Fix it"), retry))


def typed_in(components: Iterable[discord.Component]) -> Sequence[str]:
    """Read what was typed in a refused form from the panel that shows it, field by field."""
    for component in components:
        if isinstance(component, discord.Container):
            return typed_in(component.children)
        if isinstance(component, discord.TextDisplay) and component.id == TYPED_ID:
            found = (_TYPED.fullmatch(line) for line in component.content.splitlines())
            return [match[1] for match in found if match]
    return []


def numbers_modal(
    form: str, settings: GuildSettings, target: int = SERVER, role_name: str = "", *, typed: Sequence[str] = ()
) -> ui.Modal:
    """Ask for the numbers of a form; what is set, or was typed before, stands in the fields."""
    asked = forms(type(settings))[form]
    of_a_role = form == "role_limits"
    title = _("Limits for {role}").format(role=role_name) if of_a_role else _(asked.title)
    modal = ui.Modal(
        title=clip(title, TITLE_LIMIT), custom_id=str(PanelId(action=PanelAction.FORM, name=form, target=target))
    )
    values = _values(form, settings, target)
    for position, (name, entry) in enumerate(asked.fields.items()):
        value = unescaped(typed[position]) if position < len(typed) else getattr(values, name)
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
    return stopped(modal)


def typed_numbers(form: str, values: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Write what was typed in a form of numbers, to be kept."""
    return [(_(entry.label), plain(values.get(name, ""))) for name, entry in forms()[form].fields.items()]


def words_modal(form: str, typed: Sequence[str] = ()) -> ui.Modal:
    """Ask for words to be added or removed."""
    modal = ui.Modal(title=_(WORD_FORMS[form]), custom_id=str(PanelId(action=PanelAction.FORM, name=form)))
    return stopped(
        modal,
        ui.Label(
            text=_("Words and phrases"),
            description=_("One per line, or separated by commas. A * at either end stands for more letters."),
            component=ui.TextInput(
                custom_id=WORDS,
                style=discord.TextStyle.paragraph,
                max_length=WORDS_LIMIT,
                default=unescaped(typed[0]).removesuffix(_LEFT_OUT) if typed else None,
            ),
        ),
    )


def typed_words(words: Iterable[str]) -> Sequence[tuple[str, str]]:
    """Write words that were typed, to be kept: those that there is room for, and a mark if some are left out."""
    text = ", ".join(words)
    if len(text) > KEPT_LIMIT:
        room = text[: KEPT_LIMIT - len(_LEFT_OUT)]
        text = (room.rpartition(", ")[0] or room) + _LEFT_OUT
    return [(_("Words and phrases"), plain(text))]


def setup_modal(
    custom_id: str,
    settings: GuildSettings,
    facts: ServerFacts,
    *,
    typed: Sequence[str] = (),
    review: str = "",
    named: Mapping[int, str] | None = None,
) -> ui.Modal:
    """Ask for what a server needs before its members can make videos: where, who reviews, and how much a day costs.

    In a direct message the channels are `named`, as no menu lists a server's there.
    """
    known = entries(GuildSettings)
    if typed:
        channels, _review, room, per_day = (*typed, "", "", "", "")[:4]
        shown, rooms, amount = _channel_ids(channels), _channel_ids(room), unescaped(per_day)
    else:
        shown = sorted(settings.channels or ())[:MOST_SHOWN]
        rooms = [settings.review_channel_id or 0]
        per_day_usd = settings.spend_per_day_usd if settings.chosen else SUGGESTED_PER_DAY
        amount = "" if per_day_usd is None else str(per_day_usd)
    modal = ui.Modal(title=_("Set up videos"), custom_id=custom_id)
    modal.add_item(
        _asked(
            CHANNELS,
            _("Members can request videos in these channels and their threads."),
            _channels_field(CHANNELS, shown, facts, named, most=MOST_SHOWN, types=ASKING),
        )
    )
    modal.add_item(_review_field(review or _review_of(settings)))
    room_entry = known[REVIEW_CHANNEL]
    placeholder = room_entry.placeholder if isinstance(room_entry, OneChannel) else ""
    modal.add_item(
        _asked(
            REVIEW_CHANNEL,
            _("For reviews and reports. Pick a channel that members can't see."),
            _channels_field(
                REVIEW_CHANNEL,
                rooms,
                facts,
                named,
                placeholder=_(placeholder),
                required=settings.log_channel_id is None,  # reports have to reach someone
            ),
        )
    )
    return stopped(
        modal,
        _asked(
            PER_DAY,
            _("{prices}. Leave empty for no limit.").format(prices=prices_line(facts.prices_usd)),
            ui.TextInput(custom_id=PER_DAY, required=False, max_length=NUMBER_LIMIT, default=amount or None),
        ),
    )


def _channels_field(
    name: str,
    chosen: Iterable[int],
    facts: ServerFacts,
    named: Mapping[int, str] | None,
    *,
    most: int = 1,
    types: Sequence[discord.ChannelType] = POSTING,
    placeholder: str | None = None,
    required: bool = True,
) -> ui.Item[Any]:
    existing = [each for each in chosen if each in facts.channels]
    if named is None:
        return ui.ChannelSelect(
            custom_id=name,
            channel_types=list(types),
            placeholder=placeholder,
            max_values=most,
            required=required,
            default_values=[discord.Object(each) for each in existing],
        )
    options = [
        discord.SelectOption(label=clip(f"#{each}", DESCRIPTION_LIMIT), value=str(channel), default=channel in existing)
        for channel, each in [*named.items()][:MOST_SHOWN]
    ]
    return ui.Select(
        custom_id=name,
        placeholder=placeholder,
        max_values=min(most, len(options)),
        required=required,
        options=options,
    )


def typed_setup(channels: Iterable[int], review: str, room: int | None, per_day: str) -> Iterator[tuple[str, str]]:
    """Write what was chosen and typed in the form of a server's setup, to be kept."""
    options = _reviews().options
    values = (
        " ".join(f"<#{each}>" for each in channels),
        _(options[review].label) if review in options else "",
        "" if room is None else f"<#{room}>",
        plain(per_day),
    )
    for name, value in zip((CHANNELS, REVIEW, REVIEW_CHANNEL, PER_DAY), values, strict=True):
        yield _(entries(GuildSettings)[name].label), value


def _review_of(settings: GuildSettings) -> str:
    """Return the key of the review mode that stands in the form: a server that has chosen nothing begins safe."""
    return _reviews().key(settings.review if settings.chosen else ReviewMode.BEFORE_SPENDING)


def _reviews() -> Choice[Any]:
    entry = entries(GuildSettings)[REVIEW]
    if not isinstance(entry, Choice):
        raise TypeError("the review mode is one of a few values")
    return entry


def _review_field(chosen: str) -> ui.Label[ui.Modal]:
    options = [
        discord.RadioGroupOption(label=_(each.label), value=key, description=_(each.note), default=key == chosen)
        for key, each in _reviews().options.items()
    ]
    return _asked(REVIEW, _(_reviews().help), ui.RadioGroup(custom_id=REVIEW, options=options))


def _asked(name: str, told: str, field: ui.Item[Any]) -> ui.Label[ui.Modal]:
    label = _(entries(GuildSettings)[name].label)
    return ui.Label(text=clip(label, TITLE_LIMIT), description=clip(told, DESCRIPTION_LIMIT), component=field)


def _channel_ids(typed: str) -> Sequence[int]:
    return [int(each) for each in _CHANNEL.findall(typed)]


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
