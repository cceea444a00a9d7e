"""The changes that can be made to a server's settings, each checked; `SettingsStore.change` applies them.

What is a set changes by what was added to it and taken from it, so that of two moderators at once neither undoes what
the other did. Every function gives a change that raises `BadSetting` where the result could not be.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from bot.settings.entries import (
    Choice,
    IdList,
    Number,
    OneChannel,
    Subset,
    Switch,
    entries,
    tidied,
)
from bot.settings.model import NO_LIMITS, ChannelSettings, GuildSettings, Limits
from bot.settings.typed_values import (
    BadSetting,
    BadSettingCode,
    read_words,
    refuse_unlimited,
    with_words,
    without_words,
)
from bot.ui.text import ELLIPSIS

Change = Callable[[GuildSettings], GuildSettings]

MOST_IDS: Final = 500  # channels or roles in one setting: what a server can have of them
SERVER: Final = 0  # in place of a channel's id: the whole server
MOST_SHOWN: Final = 25  # channels or roles that a menu can show as chosen; Discord's
LINE_LIMIT: Final = 380  # characters of what the record says of a change
_SWITCHED: Final[Mapping[str, bool]] = {"on": True, "off": False}


def entry_of(kind: type[Any], name: str, settings: type[Any], key: str = "") -> Any:
    """Return the entry of a setting of this kind, or raise `BadSetting`, also where a choice has no such key."""
    entry = entries(settings).get(name)
    if not isinstance(entry, kind) or (isinstance(entry, Choice) and key not in entry.options):
        raise BadSetting(BadSettingCode.OUTDATED, name)
    return entry


def choose(name: str, key: str, channel_id: int = SERVER) -> Change:
    """Turn a switch, or set what has a few values by the value's key; of one channel where its id is given."""
    owner = _owner(channel_id)
    if isinstance(entries(owner).get(name), Switch):
        if key not in _SWITCHED:
            raise BadSetting(BadSettingCode.OUTDATED, name)
        return _put(channel_id, {name: _SWITCHED[key]})
    return _put(channel_id, {name: entry_of(Choice, name, owner, key).options[key].value})


def allow(name: str, keys: Collection[str], channel_id: int = SERVER) -> Change:
    """Allow some of a few values: all of them is no rule, and for a channel none of them is: as the server does."""
    options = entry_of(Subset, name, _owner(channel_id)).options
    if not set(keys) <= options.keys():
        raise BadSetting(BadSettingCode.OUTDATED, name)
    allowed = frozenset(options[key] for key in keys)
    is_no_rule = not allowed if channel_id else len(allowed) == len(options)
    return _put(channel_id, {name: None if is_no_rule else allowed})


def point_to(name: str, target_id: int | None, channel_id: int = SERVER) -> Change:
    """Set one channel, or none."""
    entry_of(OneChannel, name, _owner(channel_id))
    return _put(channel_id, {name: target_id})


def add_and_remove(name: str, added: Collection[int], removed: Collection[int]) -> Change:
    """Add to and remove from a list of channels or roles, and keep other changes made since it was read."""
    entry_of(IdList, name, GuildSettings)

    def change(settings: GuildSettings) -> GuildSettings:
        before: frozenset[int] = getattr(settings, name) or frozenset()
        return _replaced(settings, {name: _few(name, before.difference(removed).union(added))})

    return change


def toggle(name: str, ids: Collection[int]) -> Change:
    """Add to a list of channels or roles what is not in it, and remove what is."""
    entry_of(IdList, name, GuildSettings)
    return lambda settings: _replaced(settings, {name: _few(name, (getattr(settings, name) or frozenset()) ^ set(ids))})


def set_numbers(typed: Mapping[str, str], channel_id: int = SERVER) -> Change:
    """Set numbers of the server, or of a channel, from what someone typed for each."""

    def change(settings: GuildSettings) -> GuildSettings:
        owner = type(settings) if channel_id == SERVER else ChannelSettings
        return _put(channel_id, _read(typed, owner))(settings)

    return change


def set_limits(typed: Mapping[str, str], role_id: int | None = None) -> Change:
    """Set some of the limits of every member, or of those with a role; without any left the role has none.

    A limit that a role doesn't have is that of each member, so no limit at all can't be typed for it.
    """
    read = _read(typed, Limits)
    if role_id is not None:
        for name, text in typed.items():
            refuse_unlimited(text, entry_of(Number, name, Limits))

    def change(settings: GuildSettings) -> GuildSettings:
        if role_id is None:
            return replace(settings, member_limits=_replaced(settings.member_limits, read))
        after = _replaced(settings.role_limits.get(role_id, NO_LIMITS), read)
        return _with_one(settings, "role_limits", role_id, after, NO_LIMITS)

    return change


def set_up(channels: Collection[int], review: str, review_channel_id: int | None, per_day: str) -> Change:
    """Set what a server needs before its members can make videos, all of it or nothing.

    The channels take the place of those that the form showed: all, or as many as there was room for.
    """
    mode = entry_of(Choice, "review", GuildSettings, review).options[review].value
    read = _read({"spend_per_day_usd": per_day}, GuildSettings)

    def change(settings: GuildSettings) -> GuildSettings:
        if review_channel_id is None and settings.log_channel_id is None:
            raise BadSetting(BadSettingCode.NO_ROOM, "review_channel_id")
        unseen = sorted(settings.channels or ())[MOST_SHOWN:]
        wanted = _few("channels", frozenset({*channels, *unseen}))
        return replace(settings, channels=wanted, review=mode, review_channel_id=review_channel_id, **read)

    return change


def add_words(typed: str) -> Change:
    """Add words, but those that can't be words, which `read_words` tells."""
    words, _refused = read_words(typed)
    return lambda settings: replace(settings, words=with_words(settings.words, words))


def remove_words(typed: str) -> Change:
    words, _refused = read_words(typed)
    return lambda settings: replace(settings, words=without_words(settings.words, words))


def as_the_server(channel_id: int) -> Change:
    """Give up everything that a channel does otherwise than its server, a pause too."""

    def change(settings: GuildSettings) -> GuildSettings:
        others = {each: own for each, own in settings.channel_settings.items() if each != channel_id}
        return replace(settings, channel_settings=others)

    return change


def reset(settings: GuildSettings) -> GuildSettings:
    """Give up everything that was ever set."""
    return type(settings)()


def tidy(channels: Collection[int], roles: Collection[int]) -> Change:
    """Remove the channels and roles that no longer exist; `channels` and `roles` are those that do.

    Where members may ask and who may stay decided: of a list whose last entry goes, an empty one is left for channels,
    and for roles the entries stay, as an empty list would let everyone in.
    """
    return lambda settings: tidied(settings, channels, roles)


def changes_line(before: GuildSettings, after: GuildSettings) -> str:
    """Write a change for the record: added and removed entries of lists, and other values before and after.

    Of refused words only how many: what a server does not want to read stands nowhere else.
    """
    line = "; ".join(_told(before, after))
    if len(line) <= LINE_LIMIT:
        return line
    kept, _space, _cut = line[: LINE_LIMIT - len(ELLIPSIS)].rpartition(" ")  # no mention is cut in two
    return kept + ELLIPSIS


def _told(before: GuildSettings, after: GuildSettings) -> Iterator[str]:
    for name, entry in entries(type(after)).items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield from entry.changes(old, new)


def _owner(channel_id: int) -> type[Any]:
    return ChannelSettings if channel_id else GuildSettings


def _read(typed: Mapping[str, str], owner: type[Any]) -> Mapping[str, Any]:
    return {name: entry_of(Number, name, owner).read(text) for name, text in typed.items()}


def _put(channel_id: int, values: Mapping[str, Any]) -> Change:
    """Replace fields of the server's settings, or of one channel's."""

    def change(settings: GuildSettings) -> GuildSettings:
        if channel_id == SERVER:
            return _replaced(settings, values)
        after = _replaced(settings.channel_settings.get(channel_id, ChannelSettings()), values)
        return _with_one(settings, "channel_settings", channel_id, after, ChannelSettings())

    return change


def _with_one(settings: GuildSettings, name: str, key: int, value: object, nothing: object) -> GuildSettings:
    """Replace what one channel or role has of its own; what equals `nothing` is left out."""
    others = {each: own for each, own in getattr(settings, name).items() if each != key}
    return _replaced(settings, {name: _few(name, others if value == nothing else {**others, key: value})})


def _few(name: str, ids: Any) -> Any:
    if len(ids) > MOST_IDS:
        raise BadSetting(BadSettingCode.TOO_MANY, name, most=MOST_IDS)
    return ids


def _replaced(value: Any, changes: Mapping[str, Any]) -> Any:
    return replace(value, **changes)
