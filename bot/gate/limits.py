"""Which limits count for one request, and how much of each is used: pure figures, compared in `usage`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from bot.settings.model import NO_LIMITS, GuildSettings, Limits


class Limit(StrEnum):
    """What a request can come to the end of."""

    PER_DAY = "PER_DAY"  # videos of the member in 24 hours
    PER_WEEK = "PER_WEEK"  # in 7 days
    PER_MONTH = "PER_MONTH"  # in 30 days
    PER_DAY_HERE = "PER_DAY_HERE"  # videos of the member in this channel in 24 hours
    SECONDS_PER_DAY = "SECONDS_PER_DAY"  # of the member's videos
    AT_ONCE = "AT_ONCE"  # unfinished videos of the member
    SERVER_AT_ONCE = "SERVER_AT_ONCE"  # unfinished videos of the server
    SERVER_SPEND_PER_DAY = "SERVER_SPEND_PER_DAY"  # dollars in a UTC day
    SERVER_SPEND_PER_MONTH = "SERVER_SPEND_PER_MONTH"  # dollars in a UTC month
    SPEND_PER_DAY = "SPEND_PER_DAY"  # the whole bot's dollars in a UTC day
    SPEND_PER_MONTH = "SPEND_PER_MONTH"


SERVER_CAPS: Final = frozenset({Limit.SERVER_SPEND_PER_DAY, Limit.SERVER_SPEND_PER_MONTH})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The limits that count for one request of one member in one channel. None is no limit."""

    member: Limits = NO_LIMITS
    # A thread's counts with its channel's: `channel_id` is the channel's.
    channel_id: int = 0
    per_day_here: int | None = None
    server_at_once: int | None = None
    server_usd_per_day: Decimal | None = None
    server_usd_per_month: Decimal | None = None


def terms_for(settings: GuildSettings, *, role_ids: Collection[int], channel_id: int) -> Terms:
    """Put together what counts for a member with these roles in a channel."""
    channel = settings.channel_settings.get(channel_id)
    return Terms(
        member=member_limits(settings, role_ids),
        channel_id=channel_id,
        per_day_here=None if channel is None else channel.per_day,
        server_at_once=settings.at_once,
        server_usd_per_day=settings.spend_per_day_usd,
        server_usd_per_month=settings.spend_per_month_usd,
    )


def caps_of(settings: GuildSettings) -> Terms:
    """Return a server's spending limits, without its other limits."""
    return Terms(server_usd_per_day=settings.spend_per_day_usd, server_usd_per_month=settings.spend_per_month_usd)


def member_limits(settings: GuildSettings, role_ids: Collection[int]) -> Limits:
    """Find the limits of a member: of each kind the most generous that one of the roles has, else everyone's.

    Where a role says nothing of a kind of limit, its members have everyone's.
    """
    base = settings.member_limits
    own = [limits for role, limits in settings.role_limits.items() if role in role_ids] or [base]
    return Limits(
        per_day=_most(base.per_day, (each.per_day for each in own)),
        per_week=_most(base.per_week, (each.per_week for each in own)),
        per_month=_most(base.per_month, (each.per_month for each in own)),
        at_once=_most(base.at_once, (each.at_once for each in own)),
        seconds_per_day=_most(base.seconds_per_day, (each.seconds_per_day for each in own)),
    )


def _most(base: int | None, of_roles: Iterable[int | None]) -> int | None:
    figures = [base if figure is None else figure for figure in of_roles]
    return None if None in figures else max(figure for figure in figures if figure is not None)
