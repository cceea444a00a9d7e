"""What a server's moderators are told of its spending caps."""

from datetime import datetime

from bot.policy.limits import Limit
from bot.policy.spend_warnings import NEAR, REACHED, SpendWarning
from bot.ui.formats import countdown, dollars, percent
from bot.ui.language import _


def spend_warning_sentence(warning: SpendWarning, *, ends_at: datetime) -> str:
    """Say that a cap is near or reached; `ends_at` is when its period ends."""
    of_day = warning.limit is Limit.SERVER_SPEND_PER_DAY
    if warning.percent == REACHED and of_day:
        sentence = _("The server's spending cap for today, {cap}, is reached. There is room again {countdown}.")
    elif warning.percent == REACHED:
        sentence = _("The server's spending cap for this month, {cap}, is reached. There is room again {countdown}.")
    elif of_day:
        sentence = _("{percent} of the server's daily cap are used: {spent} of {cap}. It begins anew {countdown}.")
    else:
        sentence = _("{percent} of the server's monthly cap are used: {spent} of {cap}. It begins anew {countdown}.")
    return sentence.format(
        percent=percent(NEAR / 100),
        spent=dollars(warning.spent_usd or warning.cap_usd),
        cap=dollars(warning.cap_usd),
        countdown=countdown(ends_at),
    )
