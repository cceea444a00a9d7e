"""Rolling windows, places and caps: what has no room, and when there will be."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gate.counting import WINDOWS, Use, Used, find_full, next_day, next_month, quotas
from bot.gate.denial import Denial
from bot.gate.limits import Limit, Terms
from bot.settings.model import Limits

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HERE, ELSEWHERE = 20, 21
PRICE = Decimal("1.35")


def uses(*hours_ago: float, seconds: int = 5, channel_id: int = HERE) -> list[Use]:
    """Give a member's uses so many hours ago, newest first."""
    return [
        Use(asked_at=NOW - timedelta(hours=each), channel_id=channel_id, seconds=seconds) for each in sorted(hours_ago)
    ]


def full(terms: Terms, used: Used, *, seconds: int = 5, price: Decimal = PRICE) -> Denial | None:
    return find_full(terms, used, seconds=seconds, price_usd=price, now=NOW)


def hours_until(denial: Denial | None) -> float:
    assert denial is not None
    assert denial.again_at is not None
    return (denial.again_at - NOW) / timedelta(hours=1)


def test_without_limits_there_is_always_room() -> None:
    assert full(Terms(), Used(uses=uses(*range(50)), at_once=50, server_usd_today=Decimal(1_000))) is None


def test_there_is_room_again_when_the_oldest_of_the_last_few_leaves_the_window() -> None:
    terms = Terms(member=Limits(per_day=2))
    assert full(terms, Used(uses=uses(1))) is None
    assert hours_until(full(terms, Used(uses=uses(1, 5)))) == 19
    assert hours_until(full(terms, Used(uses=uses(1, 5, 20)))) == 19  # the one of 20 hours ago makes no room yet


def test_what_was_asked_for_a_day_ago_to_the_second_counts_no_more() -> None:
    terms = Terms(member=Limits(per_day=1))
    assert full(terms, Used(uses=uses(24))) is None
    assert full(terms, Used(uses=uses(23.999))) is not None


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (Limits(per_day=1), Limit.PER_DAY),
        (Limits(per_week=1), Limit.PER_WEEK),
        (Limits(per_month=1), Limit.PER_MONTH),
        (Limits(seconds_per_day=9), Limit.SECONDS_PER_DAY),
    ],
)
def test_each_window_has_its_own_length(limits: Limits, limit: Limit) -> None:
    hours = WINDOWS[limit] / timedelta(hours=1)
    terms = Terms(member=limits)
    denial = full(terms, Used(uses=uses(hours - 1)))
    assert denial is not None
    assert denial.limit is limit
    assert hours_until(denial) == 1
    assert full(terms, Used(uses=uses(hours))) is None


def test_of_several_full_limits_the_one_that_lasts_longest_is_told() -> None:
    denial = full(Terms(member=Limits(per_day=1, per_week=1)), Used(uses=uses(2)))
    assert denial is not None
    assert denial.limit is Limit.PER_WEEK


@pytest.mark.parametrize(
    "limits", [Limits(per_day=0), Limits(per_week=0), Limits(at_once=0), Limits(seconds_per_day=0)]
)
def test_a_limit_of_nothing_lets_nobody_ever(limits: Limits) -> None:
    denial = full(Terms(member=limits), Used())
    assert denial is not None
    assert denial.again_at is None
    assert denial.figure == 0


def test_a_channels_limit_counts_what_was_asked_for_there_alone() -> None:
    terms = Terms(channel_id=HERE, per_day_here=1)
    assert full(terms, Used(uses=uses(1, channel_id=ELSEWHERE))) is None
    denial = full(terms, Used(uses=uses(1)))
    assert denial is not None
    assert denial.limit is Limit.PER_DAY_HERE


def test_seconds_have_room_when_enough_of_the_older_ones_have_left() -> None:
    terms = Terms(member=Limits(seconds_per_day=20))
    used = Used(uses=uses(1, 10, 22))
    assert full(terms, used, seconds=5) is None
    assert hours_until(full(terms, used, seconds=10)) == 2
    assert hours_until(full(terms, used, seconds=15)) == 14


def test_a_video_that_is_longer_than_the_limit_never_has_room() -> None:
    denial = full(Terms(member=Limits(seconds_per_day=9)), Used(), seconds=10)
    assert denial is not None
    assert denial.again_at is None


def test_places_are_free_when_something_is_finished() -> None:
    terms = Terms(member=Limits(at_once=2), server_at_once=3)
    assert full(terms, Used(at_once=1, server_at_once=2)) is None
    denial = full(terms, Used(at_once=2, server_at_once=2))
    assert denial is not None
    assert (denial.limit, denial.again_at) == (Limit.AT_ONCE, None)
    denial = full(terms, Used(at_once=1, server_at_once=3))
    assert denial is not None
    assert denial.limit is Limit.SERVER_AT_ONCE


def test_a_window_is_told_before_a_place_for_it_takes_longer() -> None:
    denial = full(Terms(member=Limits(at_once=1, per_day=1)), Used(uses=uses(1), at_once=1))
    assert denial is not None
    assert denial.limit is Limit.PER_DAY


@pytest.mark.parametrize(
    ("terms", "used", "limit"),
    [
        (Terms(member=Limits(at_once=0, per_day=1)), Used(uses=uses(1)), Limit.AT_ONCE),
        (Terms(member=Limits(per_week=1), server_at_once=0), Used(uses=uses(1)), Limit.SERVER_AT_ONCE),
        (Terms(member=Limits(at_once=1, per_day=0)), Used(at_once=1), Limit.PER_DAY),
        (Terms(member=Limits(at_once=1), server_at_once=0), Used(at_once=1), Limit.SERVER_AT_ONCE),
        (Terms(member=Limits(seconds_per_day=0, per_month=1)), Used(uses=uses(1)), Limit.SECONDS_PER_DAY),
    ],
)
def test_a_limit_of_nothing_is_told_before_one_that_has_room_again(terms: Terms, used: Used, limit: Limit) -> None:
    denial = full(terms, used)
    assert denial is not None
    assert (denial.limit, denial.figure, denial.again_at) == (limit, 0, None)


def test_a_cap_is_kept_to_the_cent_and_begins_anew_with_the_utc_day_and_month() -> None:
    terms = Terms(server_usd_per_day=Decimal("2.70"))
    assert full(terms, Used(server_usd_today=PRICE)) is None
    denial = full(terms, Used(server_usd_today=PRICE + Decimal("0.000001")))
    assert denial is not None
    assert (denial.limit, denial.again_at) == (Limit.SERVER_SPEND_PER_DAY, datetime(2026, 3, 16, tzinfo=UTC))
    denial = full(Terms(server_usd_per_month=PRICE), Used(server_usd_this_month=PRICE))
    assert denial is not None
    assert denial.again_at == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_cap_below_the_price_of_a_video_never_has_room_for_it() -> None:
    denial = full(Terms(server_usd_per_day=Decimal(1)), Used())
    assert denial is not None
    assert denial.again_at is None


@pytest.mark.parametrize(
    ("moment", "day", "month"),
    [
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), (2027, 1, 1), (2027, 1, 1)),
        (datetime(2028, 2, 28, 0, 0, tzinfo=UTC), (2028, 2, 29), (2028, 3, 1)),
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), (2026, 1, 2), (2026, 2, 1)),
        (datetime(2026, 1, 31, 0, 0, tzinfo=UTC), (2026, 2, 1), (2026, 2, 1)),
    ],
)
def test_periods_end_at_midnight_utc(moment: datetime, day: tuple[int, int, int], month: tuple[int, int, int]) -> None:
    assert next_day(moment) == datetime(*day, tzinfo=UTC)
    assert next_month(moment) == datetime(*month, tzinfo=UTC)


def test_the_quota_tells_of_each_limit_what_is_taken_and_when_there_is_room() -> None:
    terms = Terms(
        channel_id=HERE,
        member=Limits(per_day=2, per_week=9, at_once=1, seconds_per_day=60),
        server_usd_per_day=Decimal(20),
    )
    told = {each.limit: each for each in quotas(terms, Used(uses=uses(1, 5), server_usd_today=PRICE), NOW)}
    assert {limit: (each.taken, each.figure) for limit, each in told.items()} == {
        Limit.PER_DAY: (2, 2),
        Limit.PER_WEEK: (2, 9),
        Limit.SECONDS_PER_DAY: (10, 60),
        Limit.AT_ONCE: (0, 1),
        Limit.SERVER_SPEND_PER_DAY: (PRICE, 20),
    }
    assert told[Limit.PER_DAY].again_at == NOW + timedelta(hours=19)
    assert told[Limit.PER_WEEK].again_at is None


@given(
    st.lists(st.integers(min_value=0, max_value=30 * 24 * 60), max_size=40),
    st.integers(min_value=1, max_value=8),
    st.integers(min_value=5, max_value=60),
)
def test_at_the_moment_told_there_is_room_and_not_before(minutes_ago: list[int], per_day: int, seconds: int) -> None:
    used = Used(uses=uses(*(each / 60 for each in minutes_ago), seconds=5))
    terms = Terms(member=Limits(per_day=per_day, per_week=2 * per_day, seconds_per_day=seconds))
    denial = find_full(terms, used, seconds=5, price_usd=PRICE, now=NOW)
    if denial is None:
        return
    again_at = denial.again_at
    assert again_at is not None
    assert again_at > NOW
    assert find_full(terms, used, seconds=5, price_usd=PRICE, now=again_at) is None
    just_before = again_at - timedelta(microseconds=1)
    assert find_full(terms, used, seconds=5, price_usd=PRICE, now=just_before) is not None
