"""Whether a request fits the limits that count for it, and when it will: pure, on what was used so far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.policy.denial import Denial, DenialCode
from bot.policy.limits import Limit, Terms

WINDOWS: Final[Mapping[Limit, timedelta]] = {
    Limit.PER_DAY: timedelta(hours=24),
    Limit.PER_DAY_HERE: timedelta(hours=24),
    Limit.SECONDS_PER_DAY: timedelta(hours=24),
    Limit.PER_WEEK: timedelta(days=7),
    Limit.PER_MONTH: timedelta(days=30),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """A request that counts for its member."""

    asked_at: datetime
    channel_id: int  # of a thread the channel that it belongs to
    seconds: int  # of video


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """What is used of everything that terms can limit, at one moment. What has no limit need not be known."""

    uses: Sequence[Use] = ()  # the member's, newest first, as far back as the longest window with a limit
    at_once: int = 0  # unfinished videos of the member
    server_at_once: int = 0
    server_usd_today: Decimal = Decimal(0)
    server_usd_this_month: Decimal = Decimal(0)


def find_full(terms: Terms, used: Used, *, seconds: int, price_usd: Decimal, now: datetime) -> Denial | None:
    """Find the limit that one more video of so many seconds would pass; of several the one that takes longest."""
    full = [*_full_windows(terms, used.uses, seconds, now), *_full_places(terms, used)]
    full += _full_spending(terms, used, price_usd, now)
    return max(full, key=_wait_until, default=None)


def in_window(uses: Iterable[Use], limit: Limit, now: datetime, *, channel_id: int) -> list[Use]:
    """Pick those of a member's uses that a limit is about."""
    since = now - WINDOWS[limit]
    here = limit is Limit.PER_DAY_HERE
    return [use for use in uses if use.asked_at > since and (not here or use.channel_id == channel_id)]


def count_limits(terms: Terms) -> dict[Limit, int]:
    """Name the limits on how many videos a member may have made, where there are any."""
    limits = {
        Limit.PER_DAY_HERE: terms.per_day_here,
        Limit.PER_DAY: terms.member.per_day,
        Limit.PER_WEEK: terms.member.per_week,
        Limit.PER_MONTH: terms.member.per_month,
    }
    return {limit: figure for limit, figure in limits.items() if figure is not None}


def next_day(now: datetime) -> datetime:
    """Give the moment when the next UTC day begins."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def next_month(now: datetime) -> datetime:
    """Give the moment when the next UTC month begins."""
    return next_day(now.replace(day=1) + timedelta(days=31)).replace(day=1)


def _wait_until(denial: Denial) -> float:
    """Sort by when there is room: never last, and what depends on others before everything."""
    if denial.again_at is not None:
        return denial.again_at.timestamp()
    return 0.0 if denial.limit in {Limit.AT_ONCE, Limit.SERVER_AT_ONCE} and denial.figure else float("inf")


def _denial(limit: Limit, figure: Decimal | int, again_at: datetime | None) -> Denial:
    return Denial(code=DenialCode.LIMIT, limit=limit, figure=figure, again_at=again_at)


def _full_windows(terms: Terms, uses: Sequence[Use], seconds: int, now: datetime) -> Iterator[Denial]:
    for limit, figure in count_limits(terms).items():
        counted = in_window(uses, limit, now, channel_id=terms.channel_id)
        if len(counted) >= figure:
            # There is room when of the newest ones, of which there may be so many, the oldest leaves the window.
            again_at = counted[figure - 1].asked_at + WINDOWS[limit] if figure > 0 else None
            yield _denial(limit, figure, again_at)
    figure = terms.member.seconds_per_day
    if figure is not None:
        yield from _full_seconds(figure, uses, seconds, now)


def _full_seconds(figure: int, uses: Sequence[Use], seconds: int, now: datetime) -> Iterator[Denial]:
    limit, left = Limit.SECONDS_PER_DAY, figure - seconds
    if left < 0:
        yield _denial(limit, figure, None)
        return
    for use in in_window(uses, limit, now, channel_id=0):
        left -= use.seconds
        if left < 0:
            yield _denial(limit, figure, use.asked_at + WINDOWS[limit])
            return


def _full_places(terms: Terms, used: Used) -> Iterator[Denial]:
    places = (
        (Limit.AT_ONCE, terms.member.at_once, used.at_once),
        (Limit.SERVER_AT_ONCE, terms.server_at_once, used.server_at_once),
    )
    for limit, figure, taken in places:
        if figure is not None and taken >= figure:
            yield _denial(limit, figure, None)


def _full_spending(terms: Terms, used: Used, price_usd: Decimal, now: datetime) -> Iterator[Denial]:
    caps = (
        (Limit.SERVER_SPEND_PER_DAY, terms.server_usd_per_day, used.server_usd_today, next_day(now)),
        (Limit.SERVER_SPEND_PER_MONTH, terms.server_usd_per_month, used.server_usd_this_month, next_month(now)),
    )
    for limit, cap, spent, ends_at in caps:
        if cap is not None and spent + price_usd > cap:
            yield _denial(limit, cap, ends_at if price_usd <= cap else None)
