"""Settings in words: what is chosen, in the language of who reads; ids that no longer exist are called deleted."""

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from bot.catalogue.models import ASPECT_RATIOS, DURATIONS
from bot.settings.findings import ServerFacts
from bot.settings.model import BadPattern, CastSharing, ChannelSettings, Limits, ReviewMode
from bot.settings.typed_values import RANGES, BadSetting, BadSettingCode
from bot.ui.formats import dollars, listed, number
from bot.ui.language import N_, _, ngettext
from bot.ui.text import plain

MOST_NAMED: Final = 12  # channels or roles in one line

# A language is named in itself, so that who speaks no other finds it.
LANGUAGE_NAMES: Final[Mapping[str, str]] = {
    "en-US": "English",
    "de": "Deutsch",
    "es-ES": "Español",
    "fr": "Français",
    "pt-BR": "Português do Brasil",
    "ja": "日本語",
}
_REVIEWS: Final[Mapping[ReviewMode, str]] = {
    ReviewMode.OFF: N_("Off"),
    ReviewMode.BEFORE_SPENDING: N_("Before spending"),
    ReviewMode.BEFORE_POSTING: N_("Before posting"),
}
_REVIEW_NOTES: Final[Mapping[ReviewMode, str]] = {
    ReviewMode.OFF: N_("Requests are made and posted at once"),
    ReviewMode.BEFORE_SPENDING: N_("A moderator sees prompt and images first"),
    ReviewMode.BEFORE_POSTING: N_("A moderator sees the finished video first"),
}
_SHARINGS: Final[Mapping[CastSharing, str]] = {
    CastSharing.OFF: N_("Nobody"),
    CastSharing.MODERATORS: N_("Moderators"),
    CastSharing.MEMBERS: N_("All members"),
}
_BAD_PATTERNS: Final[Mapping[BadPattern, str]] = {
    BadPattern.BLOCK: N_("Refuse every text while a pattern cannot be applied"),
    BadPattern.SKIP: N_("Leave such a pattern out"),
}
LIMIT_LABELS: Final[Mapping[str, str]] = {
    "per_day": N_("Videos in 24 hours"),
    "per_week": N_("Videos in 7 days"),
    "per_month": N_("Videos in 30 days"),
    "at_once": N_("Videos at once"),
    "seconds_per_day": N_("Seconds of video in 24 hours"),
}
# What the panel calls each number.
LABELS: Final[Mapping[str, str]] = {
    **LIMIT_LABELS,
    "review_hours": N_("Hours until what waits is rejected"),
    "new_member_days": N_("Days during which new members are reviewed"),
    "server_at_once": N_("Videos at once, of the whole server"),
    "spend_per_day_usd": N_("Spending a day, in US dollars"),
    "spend_per_month_usd": N_("Spending a month, in US dollars"),
    "report_threshold": N_("Reports that hide a video"),
    "keep_records_days": N_("Days for which records are kept"),
}


def review_labels() -> dict[str, str]:
    return {mode.value.lower(): _(label) for mode, label in _REVIEWS.items()}


def review_notes() -> dict[str, str]:
    return {mode.value.lower(): _(note) for mode, note in _REVIEW_NOTES.items()}


def sharing_labels() -> dict[str, str]:
    return {sharing.value.lower(): _(label) for sharing, label in _SHARINGS.items()}


def pattern_labels() -> dict[str, str]:
    return {each.value.lower(): _(label) for each, label in _BAD_PATTERNS.items()}


def channel_name(channel_id: int, facts: ServerFacts) -> str:
    return f"<#{channel_id}>" if channel_id in facts.channels else _("deleted channel")


def role_name(role_id: int, facts: ServerFacts) -> str:
    return f"<@&{role_id}>" if role_id in facts.roles else _("deleted role")


def channel_names(ids: Iterable[int], facts: ServerFacts) -> str:
    """List channels; the deleted ones come last, counted."""
    return _names(ids, facts.channels, "<#{}>", _deleted_channels)


def role_names(ids: Iterable[int], facts: ServerFacts) -> str:
    """List roles; the deleted ones come last, counted."""
    return _names(ids, facts.roles, "<@&{}>", _deleted_roles)


def limits_words(limits: Limits) -> str:
    """Write limits in one line."""
    parts: list[str] = []
    if (count := limits.per_day) is not None:
        parts.append(
            ngettext("{count} video in 24 hours", "{count} videos in 24 hours", count).format(count=number(count))
        )
    if (count := limits.per_week) is not None:
        parts.append(ngettext("{count} video in 7 days", "{count} videos in 7 days", count).format(count=number(count)))
    if (count := limits.per_month) is not None:
        parts.append(
            ngettext("{count} video in 30 days", "{count} videos in 30 days", count).format(count=number(count))
        )
    if (count := limits.at_once) is not None:
        parts.append(ngettext("{count} at once", "{count} at once", count).format(count=number(count)))
    if (count := limits.seconds_per_day) is not None:
        sentence = ngettext("{count} second of video in 24 hours", "{count} seconds of video in 24 hours", count)
        parts.append(sentence.format(count=number(count)))
    return " · ".join(parts) or _("no limit")


def dollars_words(amount: Decimal | None) -> str:
    return _("no limit") if amount is None else dollars(amount)


def count_words(count: int | None) -> str:
    return _("no limit") if count is None else number(count)


def hours_words(hours: int) -> str:
    return ngettext("{count} hour", "{count} hours", hours).format(count=number(hours))


def duration_labels() -> dict[str, str]:
    return {str(each): ngettext("{count} second", "{count} seconds", each).format(count=each) for each in DURATIONS}


def durations_words(durations: Collection[int] | None) -> str:
    if durations is None:
        return _("all")
    return listed([_("{seconds} s").format(seconds=each) for each in sorted(durations)]) or _("none")


def ratios_words(ratios: Collection[str] | None) -> str:
    if ratios is None:
        return _("all")
    return listed(sorted(ratios)) or _("none")


def ratio_labels() -> dict[str, str]:
    shapes = {"16:9": _("16:9, wide"), "9:16": _("9:16, tall"), "1:1": _("1:1, square")}
    return {ratio: shapes.get(ratio, ratio) for ratio in ASPECT_RATIOS}


def originals_labels() -> dict[str, str]:
    return {"auto": _("Unless there is a review"), "on": _("Always"), "off": _("Never")}


def originals_words(original_links: bool | None) -> str:
    return originals_labels()[{True: "on", False: "off", None: "auto"}[original_links]]


def language_words(language: str | None) -> str:
    return _("as the server set it in Discord") if language is None else LANGUAGE_NAMES.get(language, language)


def on_off(*, is_on: bool) -> str:
    return _("on") if is_on else _("off")


def own_words(own: ChannelSettings, name: Callable[[int], str]) -> str:
    """Write what a channel does otherwise than its server, in one line; `name` gives a channel's."""
    parts: list[str] = []
    if own.paused:
        parts.append(_("paused"))
    if own.review is not None:
        parts.append(_("review: {mode}").format(mode=review_labels()[own.review.value.lower()]))
    if own.output_channel_id is not None:
        parts.append(_("videos go to {channel}").format(channel=name(own.output_channel_id)))
    if own.spoiler is not None:
        parts.append(_("spoilers: {state}").format(state=on_off(is_on=own.spoiler)))
    if own.durations is not None:
        parts.append(durations_words(own.durations))
    if own.aspect_ratios is not None:
        parts.append(ratios_words(own.aspect_ratios))
    if own.per_day is not None:
        parts.append(limits_words(Limits(per_day=own.per_day)))
    return " · ".join(parts) or _("as the server")


def _names(ids: Iterable[int], existing: Collection[int], mention: str, deleted: Callable[[int], str]) -> str:
    every = sorted(ids)
    there = [mention.format(each) for each in every if each in existing]
    parts = there[:MOST_NAMED]
    if more := len(there) - len(parts):
        parts.append(ngettext("{count} more", "{count} more", more).format(count=number(more)))
    if gone := len(every) - len(there):
        parts.append(deleted(gone).format(count=number(gone)))
    return listed(parts)


def _deleted_channels(count: int) -> str:
    return ngettext("{count} deleted channel", "{count} deleted channels", count)


def _deleted_roles(count: int) -> str:
    return ngettext("{count} deleted role", "{count} deleted roles", count)


SAVED: Final = N_("✅ Saved; it counts from now on.")
UNCHANGED: Final = N_("Nothing has changed: it was so already.")
NOT_ALLOWED: Final = N_("Only members with the permission Manage Server can see and change these settings.")
NO_SERVER: Final = N_(
    "Discord does not tell which channels and roles this server has right now. Try again in a minute."
)
UNREADABLE: Final = N_("These settings are of an earlier version of the bot. Open them anew with `/settings show`.")


_BAD: Final[Mapping[BadSettingCode, str]] = {
    BadSettingCode.NUMBER: N_(
        "“{typed}” is not a whole number. For *{name}* write one from {least} to {most}, in digits."
    ),
    BadSettingCode.DOLLARS: N_(
        "“{typed}” is not an amount of dollars. For *{name}* write one from {least} to {most}, like `20` or `7.50`,"
        " without marks between thousands."
    ),
    BadSettingCode.RANGE: N_("For *{name}*, “{typed}” is out of range: from {least} to {most} is possible."),
    BadSettingCode.NEEDED: N_("*{name}* cannot be left empty. Write a number from {least} to {most}."),
    BadSettingCode.WORD_LONG: N_(
        "A word or phrase has at most {most} characters; this is longer: “{typed}”. Shorten it."
    ),
    BadSettingCode.WORD_EMPTY: N_("“{typed}” has neither a letter nor a digit. Write at least one in each word."),
    BadSettingCode.WORDS_MANY: N_("The list takes at most {most} words. Remove some first."),
    BadSettingCode.NO_WORDS: N_("There is no word. Write at least one."),
    BadSettingCode.NOT_LISTED: N_("None of these is on the list: “{typed}”. *Show the words* tells what is."),
    BadSettingCode.TOO_MANY: N_("At most {most} channels or roles are possible here. Remove some first."),
    BadSettingCode.OUTDATED: UNREADABLE,
    BadSettingCode.EXPOSED: N_(
        "Everyone can see that channel, so requests that wait for review can't be shown there. Choose a channel that"
        " members can't see."
    ),
}


def bad_setting_sentence(error: BadSetting) -> str:
    """Say what is wrong with what somebody typed, and what would be right."""
    allowed = RANGES.get(error.name)
    write = _dollars if allowed is not None and allowed.dollars else number
    return _(_BAD[error.code]).format(
        typed=plain(" ".join(error.typed.split())),
        name=_(LABELS.get(error.name, error.name)),
        least=write(error.least),
        most=write(error.most),
    )


def _dollars(amount: float) -> str:
    return dollars(Decimal(str(amount)))
