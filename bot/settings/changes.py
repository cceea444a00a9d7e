"""The changes that can be made to a server's settings, each checked; `SettingsStore.change` applies them.

What is a set changes by what was added to it and taken from it, so that of two moderators at once neither undoes what
the other did. Every function gives a change that raises `BadSetting` where the result could not be.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import fields, replace
from typing import Any, Final

from bot.catalogue.models import ASPECT_RATIOS, DURATIONS
from bot.settings.model import (
    NO_LIMITS,
    UNSET,
    BadPattern,
    CastSharing,
    ChannelSettings,
    GuildSettings,
    Limits,
    ReviewMode,
)
from bot.settings.typed_values import BadSetting, BadSettingCode, read_number, read_words, with_words, without_words

Change = Callable[[GuildSettings], GuildSettings]

MOST_IDS: Final = 500  # channels or roles in one setting: what a server can have of them
SERVER: Final = 0  # in place of a channel's id: the whole server
LIMIT_NAMES: Final = tuple(each.name for each in fields(Limits))

_SWITCH: Final[Mapping[str, Any]] = {"on": True, "off": False}
# What can be chosen, by the names that it has in custom ids and in options of commands.
SERVER_CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "everywhere": _SWITCH,
    "paused": _SWITCH,
    "review": {mode.value.lower(): mode for mode in ReviewMode},
    "automod": _SWITCH,
    "bad_patterns": {each.value.lower(): each for each in BadPattern},
    "spoiler": _SWITCH,
    "ai_label": _SWITCH,
    "original_links": {"auto": None, **_SWITCH},
    "cast_sharing": {each.value.lower(): each for each in CastSharing},
    # Discord's names of the languages that we have; `auto` is the one that the server set in Discord.
    "language": {"auto": None, **{each: each for each in ("en-US", "de", "es-ES", "fr", "pt-BR", "ja")}},
}
CHANNEL_CHOICES: Final[Mapping[str, Mapping[str, Any]]] = {
    "review": {"server": None, **SERVER_CHOICES["review"]},
    "spoiler": {"server": None, **_SWITCH},
    "paused": _SWITCH,
}
# Of these any may be allowed, by the same names.
SUBSETS: Final[Mapping[str, Mapping[str, Any]]] = {
    "durations": {str(each): each for each in DURATIONS},
    "aspect_ratios": {each: each for each in ASPECT_RATIOS},
}
ID_SETS: Final = ("channels", "roles", "trusted_roles")
SINGLE_IDS: Final = ("output_channel_id", "review_channel_id", "log_channel_id")


def choose(name: str, value: str, channel_id: int = SERVER) -> Change:
    """Set what has a few values, by the value's name; of one channel where its id is given."""
    known = (CHANNEL_CHOICES if channel_id else SERVER_CHOICES).get(name, {})
    if value not in known:
        raise BadSetting(BadSettingCode.OUTDATED, name)
    return _put(channel_id, {name: known[value]})


def allow(name: str, values: Collection[str], channel_id: int = SERVER) -> Change:
    """Allow some of `SUBSETS`: all of them is no rule, and for a channel none of them is: as the server does."""
    known = SUBSETS.get(name, {})
    if not known or not set(values) <= known.keys():
        raise BadSetting(BadSettingCode.OUTDATED, name)
    allowed = frozenset(known[value] for value in values)
    is_no_rule = not allowed if channel_id else len(allowed) == len(known)
    return _put(channel_id, {name: None if is_no_rule else allowed})


def point_to(name: str, target_id: int | None, channel_id: int = SERVER) -> Change:
    """Set one of `SINGLE_IDS`, or nothing; a channel has but an output of its own."""
    if name not in SINGLE_IDS[: 1 if channel_id else None]:
        raise BadSetting(BadSettingCode.OUTDATED, name)
    return _put(channel_id, {name: target_id})


def add_and_remove(name: str, added: Collection[int], removed: Collection[int]) -> Change:
    """Change one of `ID_SETS` by what came and went, whatever else has changed in it meanwhile."""
    if name not in ID_SETS:
        raise BadSetting(BadSettingCode.OUTDATED, name)

    def change(settings: GuildSettings) -> GuildSettings:
        before: frozenset[int] = getattr(settings, name) or frozenset()
        after = before.difference(removed).union(added)
        if len(after) > MOST_IDS:
            raise BadSetting(BadSettingCode.TOO_MANY, name, most=MOST_IDS)
        return _replaced(settings, {name: after})

    return change


def set_numbers(typed: Mapping[str, str], channel_id: int = SERVER) -> Change:
    """Set numbers of the server, or of a channel, from what somebody typed for each."""
    return _put(channel_id, {name: read_number(name, text) for name, text in typed.items()})


def set_limits(typed: Mapping[str, str], role_id: int | None = None) -> Change:
    """Set some of the limits of every member, or of those with a role; without any left the role has none."""
    numbers = {name: read_number(name, text) for name, text in typed.items()}

    def change(settings: GuildSettings) -> GuildSettings:
        before = settings.member_limits if role_id is None else settings.role_limits.get(role_id, NO_LIMITS)
        after: Limits = _replaced(before, numbers)
        if role_id is None:
            return replace(settings, member_limits=after)
        others = {each: limits for each, limits in settings.role_limits.items() if each != role_id}
        if after != NO_LIMITS:
            others[role_id] = after
        if len(others) > MOST_IDS:
            raise BadSetting(BadSettingCode.TOO_MANY, "role_limits", most=MOST_IDS)
        return replace(settings, role_limits=others)

    return change


def add_words(typed: str) -> Change:
    words = read_words(typed)
    return lambda settings: replace(settings, words=with_words(settings.words, words))


def remove_words(typed: str) -> Change:
    words = read_words(typed)
    return lambda settings: replace(settings, words=without_words(settings.words, words))


def everybody(settings: GuildSettings) -> GuildSettings:
    """Let members ask whatever roles they have."""
    return replace(settings, roles=frozenset())


def all_of(*changes: Change) -> Change:
    """Make several changes at once, or none of them."""

    def change(settings: GuildSettings) -> GuildSettings:
        for each in changes:
            settings = each(settings)
        return settings

    return change


def as_the_server(channel_id: int) -> Change:
    """Give up everything that a channel does otherwise than its server, a pause too."""

    def change(settings: GuildSettings) -> GuildSettings:
        others = {each: own for each, own in settings.channel_settings.items() if each != channel_id}
        return replace(settings, channel_settings=others)

    return change


def reset(_settings: GuildSettings) -> GuildSettings:
    """Give up everything that was ever set."""
    return UNSET


def tidy(channels: Collection[int], roles: Collection[int]) -> Change:
    """Forget the channels and roles that no longer exist; these are the ones that do.

    Where members may ask and who may stay decided: of a list whose last entry goes, an empty one is left for channels,
    and for roles the entries stay, as an empty list would let everybody in.
    """

    def existing(channel_id: int | None) -> int | None:
        return channel_id if channel_id in channels else None

    def change(settings: GuildSettings) -> GuildSettings:
        left = settings.roles.intersection(roles)
        return replace(
            settings,
            channels=None if settings.channels is None else settings.channels.intersection(channels),
            roles=left or settings.roles,
            trusted_roles=settings.trusted_roles.intersection(roles),
            role_limits={each: limits for each, limits in settings.role_limits.items() if each in roles},
            output_channel_id=existing(settings.output_channel_id),
            review_channel_id=existing(settings.review_channel_id),
            log_channel_id=existing(settings.log_channel_id),
            channel_settings={
                each: replace(own, output_channel_id=existing(own.output_channel_id))
                for each, own in settings.channel_settings.items()
                if each in channels
            },
        )

    return change


def _put(channel_id: int, values: Mapping[str, Any]) -> Change:
    """Replace fields of the server's settings, or of one channel's."""

    def change(settings: GuildSettings) -> GuildSettings:
        if channel_id == SERVER:
            return _replaced(settings, values)
        before = settings.channel_settings.get(channel_id, ChannelSettings())
        after: ChannelSettings = _replaced(before, values)
        others = {each: own for each, own in settings.channel_settings.items() if each != channel_id}
        if after != ChannelSettings():
            others[channel_id] = after
        if len(others) > MOST_IDS:
            raise BadSetting(BadSettingCode.TOO_MANY, "channel_settings", most=MOST_IDS)
        return replace(settings, channel_settings=others)

    return change


def _replaced(value: Any, changes: Mapping[str, Any]) -> Any:
    return replace(value, **changes)
