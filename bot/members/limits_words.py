"""What a member reads about their limits: how much of each is used, and when they can make more."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Final

from bot.gate.counting import Quota
from bot.gate.denial import Denial
from bot.gate.limits import SERVER_CAPS, Limit
from bot.gate.words import denial_sentence
from bot.ui.formats import countdown, dollars, number
from bot.ui.language import N_, _, ngettext

_LINES: Final[Mapping[Limit, str]] = {
    Limit.PER_DAY_HERE: N_("Videos in this channel in 24 hours: used **{taken}** of {figure}."),
    Limit.PER_DAY: N_("Videos in 24 hours: used **{taken}** of {figure}."),
    Limit.PER_WEEK: N_("Videos in 7 days: used **{taken}** of {figure}."),
    Limit.PER_MONTH: N_("Videos in 30 days: used **{taken}** of {figure}."),
    Limit.SECONDS_PER_DAY: N_("Seconds of video in 24 hours: used **{taken}** of {figure}."),
    Limit.AT_ONCE: N_("Your videos in progress: **{taken}** of {figure}."),
    Limit.SERVER_AT_ONCE: N_("This server's videos in progress: **{taken}** of {figure}."),
    Limit.SERVER_SPEND_PER_DAY: N_("Spent or reserved by this server today: **{taken}** of {figure}."),
    Limit.SERVER_SPEND_PER_MONTH: N_("Spent or reserved by this server this month: **{taken}** of {figure}."),
}
_USED_UP: Final[Mapping[Limit, str]] = {
    Limit.SERVER_SPEND_PER_DAY: N_("This server has reached its spending limit for today."),
    Limit.SERVER_SPEND_PER_MONTH: N_("This server has reached its spending limit for this month."),
}


def limits_text(quotas: Sequence[Quota], *, asked_today: int, denial: Denial | None, is_moderator: bool) -> str:
    """Write a member's own use against each limit, a line each.

    `denial` is why they may not ask in this channel at all. Dollars are for moderators; others learn only that a cap
    is reached.
    """
    lines = [line for quota in quotas if (line := _line(quota, is_moderator=is_moderator))]
    asked = _("You haven't requested any videos here in the last 24 hours.")
    if asked_today:
        asked = ngettext(
            "You've requested {count} video here in the last 24 hours.",
            "You've requested {count} videos here in the last 24 hours.",
            asked_today,
        ).format(count=number(asked_today))
    if not lines:
        asked = f"{asked} {_('No limit is set for you.')}"
    why = [denial_sentence(denial)] if denial is not None else []
    return "\n".join([*why, asked, *(f"- {line}" for line in lines)])


def closest_limit(quotas: Sequence[Quota]) -> str:
    """Write the line of the limit of which a member has used the largest share; empty if there is none."""
    used = [quota for quota in quotas if quota.limit not in SERVER_CAPS and quota.figure]
    closest = max(used, key=lambda quota: quota.taken / quota.figure, default=None)
    return "" if closest is None else _line(closest, is_moderator=False)


def _line(quota: Quota, *, is_moderator: bool) -> str:
    money = quota.limit in SERVER_CAPS
    if money and not is_moderator:
        if not quota.is_full:
            return ""
        line = _(_USED_UP[quota.limit])
    else:
        write = _dollars if money else _number
        line = _(_LINES[quota.limit]).format(taken=write(quota.taken), figure=write(quota.figure))
    if not quota.is_full or quota.again_at is None:
        return line
    room = _("Available again {countdown}.").format(countdown=countdown(quota.again_at))
    return f"{line} {room}"


def _dollars(amount: Decimal | int) -> str:
    return dollars(Decimal(amount))


def _number(count: Decimal | int) -> str:
    return number(int(count))
