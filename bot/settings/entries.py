"""What a setting of servers can be. `model.py` declares each; all that knows settings is built from these entries."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from enum import StrEnum
from functools import cache
from typing import Any, Final, Generic, ParamSpec, TypeVar, cast

from bot.settings.findings import ServerFacts
from bot.settings.typed_values import read_number
from bot.settings.words import channel_name, channel_names, on_off, role_name, role_names
from bot.ui.formats import dollars, listed, number
from bot.ui.language import N_, _, ngettext

Value = TypeVar("Value")
Each = TypeVar("Each")
Given = ParamSpec("Given")
ENTRY: Final = "setting"  # the key of a field's entry in its metadata


class Page(StrEnum):
    """A page of the panel."""

    OVERVIEW = "overview"
    PLACES = "places"
    REVIEW = "review"
    LIMITS = "limits"
    FILTERS = "filters"
    POSTS = "posts"
    CAST = "cast"  # and language
    CHANNELS = "channels"  # with settings of their own
    CHANNEL = "channel"  # one of these
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Setting(ABC, Generic[Value]):
    """One setting: what people read of it, the page of the panel where it is changed, and what it is if no one did."""

    label: str
    help: str  # a sentence
    page: Page
    default: Value = field(kw_only=True)

    def __post_init__(self) -> None:
        if not self.label or not self.help:
            raise ValueError("a setting has a label and a help text")

    @abstractmethod
    def words(self, value: Value, facts: ServerFacts | None = None, /) -> str:
        """Write a value; with the facts of its server, channels and roles that are gone are called deleted."""

    def changes(self, before: Value, after: Value) -> Iterator[str]:
        """Write what a change was, for the record."""
        yield f"{_(self.label)}: {self.words(before)} → {self.words(after)}"

    def channel_ids(self, _value: Value) -> Iterable[int]:
        return ()

    def role_ids(self, _value: Value) -> Iterable[int]:
        return ()

    def tidied(self, value: Value, _channels: Collection[int], _roles: Collection[int]) -> Value:
        """Return the value without the channels and roles that no longer exist; these are the ones that do."""
        return value

    def for_channel(self) -> "Setting[Any]":
        """Return the entry of what one channel does otherwise: None is as the server."""
        return replace(self, page=Page.CHANNEL, default=None)


def declared(kind: Callable[Given, Setting[Value]], *given: Given.args, **named: Given.kwargs) -> Value:
    """Declare a field of a class of settings: its entry is of this kind, made from the arguments."""
    return declared_as(kind(*given, **named))


def declared_own(settings: type[Any], name: str) -> Any:
    """Declare a field for what one channel does otherwise than its server has it in a field of this name."""
    return declared_as(entries(settings)[name].for_channel())


def declared_as(setting: Setting[Value]) -> Value:
    """Declare a field by its entry."""
    if type(setting.default).__hash__ is None:
        return field(default_factory=lambda: setting.default, metadata={ENTRY: setting})
    return field(default=setting.default, metadata={ENTRY: setting})


@cache
def entries(settings: type[Any]) -> Mapping[str, Setting[Any]]:
    """Return the entry of each field of a class of settings; a field without one is a `TypeError`."""
    bare = [each.name for each in fields(settings) if ENTRY not in each.metadata]
    if bare:
        raise TypeError(f"{settings.__name__} has fields that aren't declared as settings: {bare}")
    return {each.name: each.metadata[ENTRY] for each in fields(settings)}


def numbers(settings: type[Any], page: Page | None = None) -> "Mapping[str, Number[Any]]":
    """Return the entries that are numbers, of one page or of all."""
    return {
        name: entry
        for name, entry in entries(settings).items()
        if isinstance(entry, Number) and page in {None, entry.page}
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Number(Setting[Value]):
    """A whole number, or an amount of dollars, both ends included. One whose default is None may be none: no limit."""

    least: int
    most: int
    dollars: bool = False
    nobody_at_zero: bool = False  # 0 lets no one make videos, which the check tells
    counted: Callable[[int], str] | None = None  # the value in a few words, with a place for the `count`

    def __post_init__(self) -> None:
        Setting.__post_init__(self)
        if not self.least < self.most or not self.holds(self.default):
            raise ValueError("a number has a range that its default is in")

    @property
    def optional(self) -> bool:
        return self.default is None

    def holds(self, value: Any) -> bool:
        """Return whether a value is possible."""
        return self.optional if value is None else self.least <= value <= self.most

    def read(self, typed: str) -> Value:
        """Read what a person typed. Raises `BadSetting`."""
        return cast("Value", read_number(typed, self))

    def words(self, value: Any, _facts: ServerFacts | None = None, /) -> str:
        if value is None:
            return _("No limit")
        if self.counted is not None:
            return self.counted(value).format(count=number(value))
        return dollars(Decimal(value)) if self.dollars else number(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch(Setting[bool]):
    """On or off."""

    def words(self, value: bool, _facts: ServerFacts | None = None, /) -> str:
        return on_off(is_on=value)

    def for_channel(self) -> Setting[Any]:
        options: dict[str, Option[bool | None]] = {"on": Option(True, N_("On")), "off": Option(False, N_("Off"))}
        return Choice(self.label, self.help, self.page, default=False, options=options).for_channel()


@dataclass(frozen=True, slots=True)
class Option(Generic[Value]):
    """One of a few values, as a menu shows it."""

    value: Value
    label: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(Setting[Value]):
    """One of a few values; their keys are in custom ids."""

    options: Mapping[str, Option[Value]]

    def key(self, value: Value) -> str:
        """Return the key of a value; the first where it is none of them (any more)."""
        return next((key for key, each in self.options.items() if each.value == value), next(iter(self.options)))

    def words(self, value: Value, _facts: ServerFacts | None = None, /) -> str:
        return _(self.options[self.key(value)].label)

    def for_channel(self) -> Setting[Any]:
        options = {"server": Option(None, N_("Use server setting")), **self.options}
        return replace(self, page=Page.CHANNEL, default=None, options=options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subset(Setting[frozenset[Each] | None]):
    """Some of a few values, or None: all of them."""

    options: Mapping[str, Each]
    option_label: Callable[[Each], str]
    short_label: Callable[[Each], str]

    def words(self, value: frozenset[Each] | None, _facts: ServerFacts | None = None, /) -> str:
        if value is None:
            return _("All")
        return listed([self.short_label(each) for each in sorted(cast("frozenset[Any]", value))]) or _("None")


@dataclass(frozen=True, slots=True, kw_only=True)
class OneChannel(Setting[int | None]):
    """A channel, or none."""

    placeholder: str  # of the menu, while there is none
    unset: str = N_("None")

    def words(self, value: int | None, facts: ServerFacts | None = None, /) -> str:
        return _(self.unset) if value is None else channel_name(value, facts)

    def channel_ids(self, value: int | None) -> Iterable[int]:
        return () if value is None else (value,)

    def tidied(self, value: int | None, channels: Collection[int], _roles: Collection[int]) -> int | None:
        return value if value in channels else None

    def for_channel(self) -> Setting[Any]:
        return replace(self, page=Page.CHANNEL, placeholder=N_("Use server setting"))


@dataclass(frozen=True, slots=True, kw_only=True)
class IdList(Setting[Value]):
    """Channels or roles. A change names the added and the removed ones."""

    empty: str

    @abstractmethod
    def names(self, ids: Iterable[int], facts: ServerFacts | None = None, /) -> str:
        """Name each."""

    def words(self, value: Any, facts: ServerFacts | None = None, /) -> str:
        return self.names(value or (), facts) or _(self.empty)

    def changes(self, before: Any, after: Any) -> Iterator[str]:
        if before is None or after is None:
            was, now = (" ".join(map(self._name, sorted(ids or ()))) or _("None") for ids in (before, after))
            yield f"{_(self.label)}: {was} → {now}"
        else:
            came, went = sorted(after - before), sorted(before - after)
            names = (*(f"+{self._name(each)}" for each in came), *(f"-{self._name(each)}" for each in went))
            yield f"{_(self.label)}: {' '.join(names)}"

    def _name(self, each: int) -> str:
        return self.names([each])


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelList(IdList[frozenset[int] | None]):
    """Channels, or None: no one has chosen yet."""

    undecided: str
    unless: str = ""  # the switch that stands for all channels

    def names(self, ids: Iterable[int], facts: ServerFacts | None = None, /) -> str:
        return channel_names(ids, facts)

    def words(self, value: frozenset[int] | None, facts: ServerFacts | None = None, /) -> str:
        return _(self.undecided) if value is None else IdList[Any].words(self, value, facts)

    def channel_ids(self, value: frozenset[int] | None) -> Iterable[int]:
        return value or ()

    def tidied(
        self, value: frozenset[int] | None, channels: Collection[int], _roles: Collection[int]
    ) -> frozenset[int] | None:
        return None if value is None else value.intersection(channels)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleList(IdList[frozenset[int]]):
    """Roles."""

    keeps_last: bool = False  # no roles would let everyone in, so those that are gone stay if no other is left

    def names(self, ids: Iterable[int], facts: ServerFacts | None = None, /) -> str:
        return role_names(ids, facts)

    def role_ids(self, value: frozenset[int]) -> Iterable[int]:
        return value

    def tidied(self, value: frozenset[int], _channels: Collection[int], roles: Collection[int]) -> frozenset[int]:
        left = value.intersection(roles)
        return left or value if self.keeps_last else left


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedWords(Setting[tuple[str, ...]]):
    """Words. Of a change only how many: what a server does not want to read stands nowhere else."""

    def words(self, value: Sequence[str], _facts: ServerFacts | None = None, /) -> str:
        count = len(value)
        words = ngettext("{count} blocked word", "{count} blocked words", count).format(count=number(count))
        return words if count else _("No words")

    def changes(self, before: Collection[str], after: Collection[str]) -> Iterator[str]:
        yield f"{_(self.label)}: +{number(len({*after} - {*before}))} -{number(len({*before} - {*after}))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitSet(Setting[Value]):
    """Several numbers that are typed in one form, each of which may be none."""

    def words(self, value: Value, facts: ServerFacts | None = None, /) -> str:
        return fields_words(value, facts) or _("No limit")


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLimits(Setting[Mapping[int, Value]]):
    """Limits by role."""

    def words(self, value: Mapping[int, Value], facts: ServerFacts | None = None, /) -> str:
        return role_names(value, facts) or _("None")

    def changes(self, before: Mapping[int, Value], after: Mapping[int, Value]) -> Iterator[str]:
        for role_id, pair in _differences(before, after):
            label = _("Limits for {role}").format(role=role_name(role_id))
            was, now = (_("None") if each is None else fields_words(each) for each in pair)
            yield f"{label}: {was} → {now}"

    def role_ids(self, value: Mapping[int, Value]) -> Iterable[int]:
        return value

    def tidied(
        self, value: Mapping[int, Value], _channels: Collection[int], roles: Collection[int]
    ) -> Mapping[int, Value]:
        return {each: limits for each, limits in value.items() if each in roles}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnSettings(Setting[Mapping[int, Value]]):
    """What single channels do otherwise than the server."""

    def words(self, value: Mapping[int, Value], facts: ServerFacts | None = None, /) -> str:
        return channel_names(value, facts) or _("None")

    def changes(self, before: Mapping[int, Value], after: Mapping[int, Value]) -> Iterator[str]:
        for channel_id, pair in _differences(before, after):
            was, now = (_("Server settings") if each is None else fields_words(each) for each in pair)
            yield f"{channel_name(channel_id)}: {was} → {now}"

    def channel_ids(self, value: Mapping[int, Value]) -> Iterable[int]:
        for channel_id, own in value.items():
            yield channel_id
            for name, entry in entries(type(cast("object", own))).items():
                yield from entry.channel_ids(getattr(own, name))

    def tidied(
        self, value: Mapping[int, Value], channels: Collection[int], roles: Collection[int]
    ) -> Mapping[int, Value]:
        return {each: tidied(own, channels, roles) for each, own in value.items() if each in channels}


def tidied(settings: Value, channels: Collection[int], roles: Collection[int]) -> Value:
    """Return settings without the channels and roles that no longer exist; these are the ones that do."""
    changed = {
        name: entry.tidied(getattr(settings, name), channels, roles)
        for name, entry in entries(type(cast("object", settings))).items()
    }
    return replace(cast("Any", settings), **changed)


def fields_words(settings: object, facts: ServerFacts | None = None, /) -> str:
    """Write what differs from the defaults, in one line; a number that says what it counts goes without its label."""
    parts: list[str] = []
    for name, entry in entries(type(settings)).items():
        value = getattr(settings, name)
        if value != entry.default:
            is_plain = isinstance(entry, Number) and entry.counted is not None
            parts.append(entry.words(value, facts) if is_plain else f"{_(entry.label)}: {entry.words(value, facts)}")
    return " · ".join(parts)


def _differences(
    before: Mapping[int, Each], after: Mapping[int, Each]
) -> Iterator[tuple[int, tuple[Each | None, Each | None]]]:
    for each in sorted({*before, *after}):
        pair = before.get(each), after.get(each)
        if pair[0] != pair[1]:
            yield each, pair
