"""A word at 80 % and at 100 % of a cap: once each, whoever has it to say, and after a restart too."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from bot.database.engine import open_database
from bot.gate.denial import Denial, DenialCode
from bot.gate.limits import Limit, Terms
from bot.gate.spend_warnings import NEAR, REACHED, SpendWarning, WarningStore, warning_of, warnings_of
from bot.gate.usage import KEPT, Reservation
from tests.support.jobs import NOON

GUILD = 10
CAP = Decimal(20)
WARNING = SpendWarning(
    guild_id=GUILD,
    limit=Limit.SERVER_SPEND_PER_DAY,
    day=NOON.date(),
    percent=NEAR,
    spent_usd=Decimal(16),
    cap_usd=CAP,
)


def warned(spent: str, *, cap: Decimal = CAP) -> list[int]:
    """Return the percents that are to be told of a day's cap when so much is spent."""
    reservation = Reservation(terms=Terms(server_usd_per_day=cap), spent_today=Decimal(spent))
    return [each.percent for each in warnings_of(reservation, guild_id=GUILD, day=NOON.date())]


@pytest.mark.parametrize(
    ("spent", "percents"),
    [("15.99", []), ("16", [NEAR]), ("19.99", [NEAR]), ("20", [REACHED]), ("21.50", [REACHED])],
)
def test_a_cap_is_near_at_four_fifths_and_then_reached(spent: str, percents: list[int]) -> None:
    assert warned(spent) == percents


def test_a_cap_of_nothing_is_no_news() -> None:
    assert warned("0", cap=Decimal(0)) == []


def test_day_and_month_are_told_of_each_by_itself() -> None:
    terms = Terms(server_usd_per_day=CAP, server_usd_per_month=CAP)
    reservation = Reservation(terms=terms, spent_today=Decimal(2), spent_this_month=Decimal(20))
    [warning] = warnings_of(reservation, guild_id=GUILD, day=NOON.date())
    assert (warning.limit, warning.period) == (Limit.SERVER_SPEND_PER_MONTH, "2026-03")


def test_a_refused_request_tells_that_the_cap_is_reached_but_not_where_the_cap_is_below_any_price() -> None:
    denial = Denial(code=DenialCode.LIMIT, limit=Limit.SERVER_SPEND_PER_DAY, figure=CAP, again_at=NOON)
    warning = warning_of(denial, guild_id=GUILD, day=NOON.date())
    assert warning is not None
    assert (warning.percent, warning.cap_usd, warning.period) == (REACHED, CAP, "2026-03-01")
    assert warning_of(replace(denial, again_at=None), guild_id=GUILD, day=NOON.date()) is None
    assert warning_of(replace(denial, limit=Limit.PER_DAY), guild_id=GUILD, day=NOON.date()) is None


async def test_a_word_is_said_once_in_its_period_whatever_restarts(database_url: str) -> None:
    async with open_database(database_url) as engine:
        assert await WarningStore(engine).is_first(WARNING, NOON)
        assert not await WarningStore(engine).is_first(WARNING, NOON)
    async with open_database(database_url) as engine:
        store = WarningStore(engine)
        assert not await store.is_first(replace(WARNING, spent_usd=Decimal(17)), NOON)
        assert await store.is_first(replace(WARNING, day=NOON.date() + timedelta(days=1)), NOON)
        assert await store.is_first(replace(WARNING, guild_id=GUILD + 1), NOON)
        assert await store.is_first(replace(WARNING, limit=Limit.SERVER_SPEND_PER_MONTH), NOON)
        assert await store.is_first(replace(WARNING, cap_usd=CAP + 1), NOON)  # another cap is news


async def test_that_a_cap_is_near_is_no_news_after_it_was_reached(database_url: str) -> None:
    async with open_database(database_url) as engine:
        store = WarningStore(engine)
        reached = replace(WARNING, percent=REACHED)
        assert await store.is_first(reached, NOON)
        assert not await store.is_first(WARNING, NOON)
        assert not await store.is_first(reached, NOON)


async def test_of_many_at_once_one_says_it(database_url: str) -> None:
    async with open_database(database_url) as one, open_database(database_url) as another:
        stores = [WarningStore(one), WarningStore(another)]
        said = await asyncio.gather(*(stores[n % 2].is_first(WARNING, NOON) for n in range(20)))
    assert sum(said) == 1


async def test_what_was_said_of_periods_long_over_is_forgotten(database_url: str) -> None:
    async with open_database(database_url) as engine:
        store = WarningStore(engine)
        await store.is_first(WARNING, NOON)
        await store.thin(NOON + KEPT)
        assert not await store.is_first(WARNING, NOON)
        await store.thin(NOON + KEPT + timedelta(seconds=1))
        assert await store.is_first(WARNING, NOON)
