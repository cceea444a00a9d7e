"""What a change of a server's settings changed, in a line for its record, by the names that the panel has for it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, TypeVar

from bot.settings.model import GuildSettings
from bot.settings.words import (
    LABELS,
    count_words,
    dollars_words,
    durations_words,
    language_words,
    limits_words,
    on_off,
    originals_words,
    own_words,
    pattern_labels,
    ratios_words,
    review_labels,
    sharing_labels,
)
from bot.ui.formats import number
from bot.ui.language import N_, _
from bot.ui.text import ELLIPSIS

LIMIT: Final = 380  # characters of the whole line
Value = TypeVar("Value")
Change = Callable[[Any, Any], str]


def changes_line(before: GuildSettings, after: GuildSettings) -> str:
    """Write what is different: lists by what came and went, everything else by its value before and after.

    Of refused words only how many: what a server does not want to read stands nowhere else.
    """
    line = "; ".join(_changed(before, after))
    if len(line) <= LIMIT:
        return line
    kept, _space, _cut = line[: LIMIT - len(ELLIPSIS)].rpartition(" ")  # no mention is cut in two
    return kept + ELLIPSIS


def _changed(before: GuildSettings, after: GuildSettings) -> Iterator[str]:
    for name, (label, change) in SETTINGS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield f"{_(label)}: {change(old, new)}"
    for role_id, (old, new) in _differences(before.role_limits, after.role_limits):
        was, now = (_("none") if each is None else limits_words(each) for each in (old, new))
        yield f"{_('Limits of {role}').format(role=_role(role_id))}: {was} → {now}"
    for channel_id, (old, new) in _differences(before.channel_settings, after.channel_settings):
        was, now = (_("as the server") if each is None else own_words(each, _channel) for each in (old, new))
        yield f"{_channel(channel_id)}: {was} → {now}"


def _differences(
    before: Mapping[int, Value], after: Mapping[int, Value]
) -> Iterator[tuple[int, tuple[Value | None, Value | None]]]:
    for each in sorted({*before, *after}):
        pair = before.get(each), after.get(each)
        if pair[0] != pair[1]:
            yield each, pair


def _by_value(words: Callable[[Any], str]) -> Change:
    return lambda before, after: f"{words(before)} → {words(after)}"


def _came_and_went(mention: Callable[[int], str]) -> Change:
    def change(before: Collection[int] | None, after: Collection[int] | None) -> str:
        if before is None or after is None:
            was, now = (_none_or(each, lambda ids: " ".join(map(mention, sorted(ids)))) for each in (before, after))
            return f"{was} → {now}"
        came = [f"+{mention(each)}" for each in sorted({*after} - {*before})]
        return " ".join([*came, *(f"-{mention(each)}" for each in sorted({*before} - {*after}))])

    return change


def _words_change(before: Collection[str], after: Collection[str]) -> str:
    return f"+{number(len({*after} - {*before}))} -{number(len({*before} - {*after}))}"


def _none_or(value: Value | None, words: Callable[[Value], str]) -> str:
    return _("none") if value is None else words(value) or _("none")


def _channel(channel_id: int) -> str:
    return f"<#{channel_id}>"


def _role(role_id: int) -> str:
    return f"<@&{role_id}>"


def _mode(labels: Callable[[], Mapping[str, str]]) -> Change:
    def words(value: StrEnum) -> str:
        return labels()[value.value.lower()]

    return _by_value(words)


_ONE_CHANNEL: Final = _by_value(lambda each: _none_or(each, _channel))
_CHANNELS: Final = _came_and_went(_channel)
_ROLES: Final = _came_and_went(_role)
_SWITCH: Final = _by_value(lambda is_on: on_off(is_on=is_on))
_NUMBER: Final = _by_value(number)
_COUNT: Final = _by_value(count_words)
_DOLLARS: Final = _by_value(dollars_words)

# All but what roles and channels have of their own.
SETTINGS: Final[Mapping[str, tuple[str, Change]]] = {
    "channels": (N_("Where members may ask"), _CHANNELS),
    "everywhere": (N_("In every channel"), _SWITCH),
    "roles": (N_("Who may ask"), _ROLES),
    "output_channel_id": (N_("Where videos are posted"), _ONE_CHANNEL),
    "log_channel_id": (N_("Log channel"), _ONE_CHANNEL),
    "paused": (N_("Paused"), _SWITCH),
    "review": (N_("Review"), _mode(review_labels)),
    "review_channel_id": (N_("Review channel"), _ONE_CHANNEL),
    "review_hours": (LABELS["review_hours"], _NUMBER),
    "trusted_roles": (N_("Roles that skip the review"), _ROLES),
    "new_member_days": (LABELS["new_member_days"], _NUMBER),
    "member_limits": (N_("Limits of each member"), _by_value(limits_words)),
    "at_once": (LABELS["server_at_once"], _COUNT),
    "spend_per_day_usd": (LABELS["spend_per_day_usd"], _DOLLARS),
    "spend_per_month_usd": (LABELS["spend_per_month_usd"], _DOLLARS),
    "automod": (N_("AutoMod"), _SWITCH),
    "bad_patterns": (N_("Patterns that cannot be applied"), _mode(pattern_labels)),
    "words": (N_("The server's own words"), _words_change),
    "spoiler": (N_("Spoilers"), _SWITCH),
    "ai_label": (N_("AI label"), _SWITCH),
    "durations": (N_("Allowed durations"), _by_value(durations_words)),
    "aspect_ratios": (N_("Allowed aspect ratios"), _by_value(ratios_words)),
    "original_links": (N_("Buttons to the original file"), _by_value(originals_words)),
    "report_threshold": (LABELS["report_threshold"], _NUMBER),
    "cast_sharing": (N_("Who may share saved characters with the whole server"), _mode(sharing_labels)),
    "language": (N_("Language of cards and posts"), _by_value(language_words)),
    "keep_records_days": (LABELS["keep_records_days"], _NUMBER),
}
