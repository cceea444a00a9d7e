"""Whether a request fits the limits that count for it, and when it will: pure, on what was used so far."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from bot.gate.denial import Denial, DenialCode
from bot.gate.limits import Limit, Terms

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """How much of one limit is taken, in what it counts: videos, seconds or dollars."""

    limit: Limit
    taken: Decimal | int
    figure: Decimal | int
    again_at: datetime | None = None  # where all is taken: when there is room, if that is known

    @property
    def is_full(self) -> bool:
        return self.taken >= self.figure


def quotas(terms: Terms, used: Used, now: datetime) -> list[Quota]:
    """Tell of every limit that counts how much of it is taken."""
    of_member = (*_windows(terms, used.uses, now), *_seconds(terms, used.uses, now))
    return [*of_member, *_places(terms, used), *_caps(terms, used, now)]


def find_full(terms: Terms, used: Used, *, seconds: int, price_usd: Decimal, now: datetime) -> Denial | None:
    """Find the limit that one more video of so many seconds would pass; of several the one that takes longest."""
    counted = (*_windows(terms, used.uses, now), *_places(terms, used))
    full = [_denial(quota.limit, quota.figure, quota.again_at) for quota in counted if quota.is_full]
    full += [*_too_long(terms, used.uses, seconds, now), *_too_dear(terms, used, price_usd, now)]
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


def window_limits(terms: Terms) -> set[Limit]:
    """Name the limits that look back on what a member has used."""
    limits = set(count_limits(terms))
    if terms.member.seconds_per_day is not None:
        limits.add(Limit.SECONDS_PER_DAY)
    return limits


def next_day(now: datetime) -> datetime:
    """Return the moment when the next UTC day begins."""
    return (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def next_month(now: datetime) -> datetime:
    """Return the moment when the next UTC month begins."""
    return next_day(now.replace(day=1) + timedelta(days=31)).replace(day=1)


def _wait_until(denial: Denial) -> float:
    """Sort by when there is room: never last, and what depends on others before everything."""
    if denial.again_at is not None:
        return denial.again_at.timestamp()
    return 0.0 if denial.limit in {Limit.AT_ONCE, Limit.SERVER_AT_ONCE} and denial.figure else float("inf")


def _denial(limit: Limit, figure: Decimal | int, again_at: datetime | None) -> Denial:
    return Denial(code=DenialCode.LIMIT, limit=limit, figure=figure, again_at=again_at)


def _windows(terms: Terms, uses: Sequence[Use], now: datetime) -> Iterator[Quota]:
    for limit, figure in count_limits(terms).items():
        counted = in_window(uses, limit, now, channel_id=terms.channel_id)
        # There is room when of the newest ones, of which there may be so many, the oldest leaves the window.
        again_at = counted[figure - 1].asked_at + WINDOWS[limit] if len(counted) >= figure > 0 else None
        yield Quota(limit=limit, taken=len(counted), figure=figure, again_at=again_at)


def _seconds(terms: Terms, uses: Sequence[Use], now: datetime) -> Iterator[Quota]:
    limit, figure = Limit.SECONDS_PER_DAY, terms.member.seconds_per_day
    if figure is None:
        return
    counted = in_window(uses, limit, now, channel_id=terms.channel_id)
    taken = sum(use.seconds for use in counted)
    again_at = counted[-1].asked_at + WINDOWS[limit] if taken >= figure > 0 else None
    yield Quota(limit=limit, taken=taken, figure=figure, again_at=again_at)


def _places(terms: Terms, used: Used) -> Iterator[Quota]:
    if terms.member.at_once is not None:
        yield Quota(limit=Limit.AT_ONCE, taken=used.at_once, figure=terms.member.at_once)
    if terms.server_at_once is not None:
        yield Quota(limit=Limit.SERVER_AT_ONCE, taken=used.server_at_once, figure=terms.server_at_once)


def _caps(terms: Terms, used: Used, now: datetime) -> Iterator[Quota]:
    caps = (
        (Limit.SERVER_SPEND_PER_DAY, terms.server_usd_per_day, used.server_usd_today, next_day(now)),
        (Limit.SERVER_SPEND_PER_MONTH, terms.server_usd_per_month, used.server_usd_this_month, next_month(now)),
    )
    for limit, cap, spent, ends_at in caps:
        if cap is not None:
            yield Quota(limit=limit, taken=spent, figure=cap, again_at=ends_at)


def _too_long(terms: Terms, uses: Sequence[Use], seconds: int, now: datetime) -> Iterator[Denial]:
    limit, figure = Limit.SECONDS_PER_DAY, terms.member.seconds_per_day
    if figure is None:
        return
    left = figure - seconds
    if left < 0:
        yield _denial(limit, figure, None)
        return
    for use in in_window(uses, limit, now, channel_id=terms.channel_id):
        left -= use.seconds
        if left < 0:  # this one, and all older ones, have to leave the window first
            yield _denial(limit, figure, use.asked_at + WINDOWS[limit])
            return


def _too_dear(terms: Terms, used: Used, price_usd: Decimal, now: datetime) -> Iterator[Denial]:
    for quota in _caps(terms, used, now):
        if quota.taken + price_usd > quota.figure:
            yield _denial(quota.limit, quota.figure, quota.again_at if price_usd <= quota.figure else None)
