"""What a moderator is told of a change that could not be made, and of one that was."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from bot.policy.setting_values import RANGES, BadSetting, BadSettingCode
from bot.presentation.settings_words import LABELS
from bot.ui.formats import dollars, number
from bot.ui.language import N_, _
from bot.ui.text import plain

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
