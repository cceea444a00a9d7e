"""Settings in words: what is chosen, in the language of who reads; ids that no longer exist are called deleted."""

from collections.abc import Callable, Collection, Iterable, Mapping
from decimal import Decimal
from typing import Final

from bot.settings.findings import ServerFacts
from bot.settings.typed_values import BadSetting, BadSettingCode
from bot.ui.formats import dollars, listed, number
from bot.ui.language import N_, _, ngettext
from bot.ui.text import plain

MOST_NAMED: Final = 6  # channels or roles in one line


def channel_name(channel_id: int, facts: ServerFacts | None = None) -> str:
    """Mention a channel; one that the facts of its server do not have is called deleted."""
    return f"<#{channel_id}>" if facts is None or channel_id in facts.channels else _("deleted channel")


def role_name(role_id: int, facts: ServerFacts | None = None) -> str:
    """Mention a role; one that the facts of its server do not have is called deleted."""
    return f"<@&{role_id}>" if facts is None or role_id in facts.roles else _("deleted role")


def channel_names(ids: Iterable[int], facts: ServerFacts | None = None) -> str:
    """List channels; the deleted ones come last, counted."""
    return _names(ids, None if facts is None else facts.channels, "<#{}>", _deleted_channels)


def role_names(ids: Iterable[int], facts: ServerFacts | None = None) -> str:
    """List roles; the deleted ones come last, counted."""
    return _names(ids, None if facts is None else facts.roles, "<@&{}>", _deleted_roles)


def prices_line(prices_usd: Mapping[int, Decimal]) -> str:
    """Write what a video costs, by its duration."""
    prices = (
        _("{seconds} s costs {price}").format(seconds=seconds, price=dollars(price))
        for seconds, price in sorted(prices_usd.items())
    )
    return " · ".join(prices)


def on_off(*, is_on: bool) -> str:
    return _("On") if is_on else _("Off")


def _names(ids: Iterable[int], existing: Collection[int] | None, mention: str, deleted: Callable[[int], str]) -> str:
    every = sorted(ids)
    there = [mention.format(each) for each in every if existing is None or each in existing]
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


SAVED: Final = N_("✅ Saved. The change applies from now on.")
SET_UP: Final = N_("✅ Saved. Members can make videos in {channels}.")
UNCHANGED: Final = N_("Nothing changed. It was already set that way.")
NOT_ALLOWED: Final = N_("You need Manage Server to see and change these settings.")
NO_SERVER: Final = N_("Couldn't get this server's channels and roles from Discord right now. Try again in a minute.")
UNREADABLE: Final = N_("These settings are from an earlier version of the bot. Open them again with `/settings`.")


_BAD: Final[Mapping[BadSettingCode, str]] = {
    BadSettingCode.NUMBER: N_(
        "“{typed}” isn't a whole number. For *{name}*, enter one from {least} to {most}, in digits."
    ),
    BadSettingCode.DOLLARS: N_(
        "“{typed}” isn't a dollar amount. For *{name}*, enter one from {least} to {most}, like `20` or "
        "`7.50`. Leave out thousands separators."
    ),
    BadSettingCode.RANGE: N_("“{typed}” is out of range for *{name}*. Enter a number from {least} to {most}."),
    BadSettingCode.NEEDED: N_("*{name}* can't be empty. Enter a number from {least} to {most}."),
    BadSettingCode.UNLIMITED: N_(
        "*{name}* can't be unlimited for a role. Enter up to {most}, or leave it empty to use the limit for each "
        "member."
    ),
    BadSettingCode.WORD_LONG: N_(
        "“{typed}” is too long. A word or phrase can have at most {most} characters, so shorten it."
    ),
    BadSettingCode.WORD_EMPTY: N_("“{typed}” doesn't have a letter or a digit. Enter at least one in each word."),
    BadSettingCode.WORDS_MANY: N_("The list can have at most {most} words. Remove some first."),
    BadSettingCode.NO_WORDS: N_("No words were entered. Enter at least one."),
    BadSettingCode.NOT_LISTED: N_("None of these words are on the list: “{typed}”. Use *Show words* to see the list."),
    BadSettingCode.TOO_MANY: N_("You can choose at most {most} channels or roles here. Remove some first."),
    BadSettingCode.OUTDATED: UNREADABLE,
    BadSettingCode.NO_ROOM: N_("Choose a review channel, so that members' reports reach someone."),
    BadSettingCode.EXPOSED: N_(
        "Everyone can see that channel, so requests that wait for review can't be shown there. Choose a channel that"
        " members can't see."
    ),
}


def bad_setting_sentence(error: BadSetting) -> str:
    """Say what is wrong with what someone typed, and what would be right."""
    write = _dollars if error.dollars else number
    return _(_BAD[error.code]).format(
        typed=plain(" ".join(error.typed.split())),
        name=_(error.name),
        least=write(error.least),
        most=write(error.most),
    )


def _dollars(amount: float) -> str:
    return dollars(Decimal(str(amount)))
