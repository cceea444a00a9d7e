"""Money, moments and JSON come back from a column exactly as they went in, and compare as they should."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, create_engine, func, literal, select

from bot.database.types import Instant, Json, Usd, value_of
from bot.jobs.states import State

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("usd", Usd),
    Column("at", Instant),
    Column("json", Json),
)

MONEY = st.decimals(min_value=0, max_value=1_000_000, places=6)
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@pytest.fixture(scope="module")
def connection() -> Iterator[Connection]:
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def stored(connection: Connection, **values: Any) -> Any:
    connection.execute(things.delete())
    connection.execute(things.insert().values(**values))
    [column] = values
    return connection.scalar(select(things.c[column]))


@given(amount=MONEY)
def test_money_is_kept_to_the_millionth(connection: Connection, amount: Decimal) -> None:
    assert stored(connection, usd=amount) == amount


@given(amounts=st.lists(MONEY, min_size=1, max_size=10))
def test_money_is_summed_by_the_database_without_error(connection: Connection, amounts: list[Decimal]) -> None:
    connection.execute(things.delete())
    connection.execute(things.insert(), [{"usd": amount} for amount in amounts])
    assert connection.scalar(select(func.sum(things.c.usd))) == sum(amounts)


@given(amount=MONEY, limit=MONEY)
def test_money_is_compared_as_money(connection: Connection, amount: Decimal, limit: Decimal) -> None:
    connection.execute(things.delete())
    connection.execute(things.insert().values(usd=amount))
    assert connection.scalar(select(things.c.usd <= literal(limit, Usd))) is (amount <= limit)


@given(moment=MOMENTS)
def test_a_moment_is_kept_to_the_microsecond(connection: Connection, moment: datetime) -> None:
    assert stored(connection, at=moment) == moment


@given(moment=MOMENTS)
def test_a_moment_is_the_same_in_whatever_zone_it_was_told(connection: Connection, moment: datetime) -> None:
    told_in_india = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
    kept = stored(connection, at=told_in_india)
    assert kept == moment
    assert kept.tzinfo is UTC


@given(first=MOMENTS, second=MOMENTS)
def test_moments_are_in_order(connection: Connection, first: datetime, second: datetime) -> None:
    connection.execute(things.delete())
    connection.execute(things.insert(), [{"at": first}, {"at": second}])
    assert connection.scalars(select(things.c.at).order_by(things.c.at)).all() == sorted([first, second])


@given(value=JSON.filter(lambda value: value is not None))
def test_json_comes_back_as_it_went_in(connection: Connection, value: Any) -> None:
    assert stored(connection, json=value) == value


def test_equal_json_is_written_in_one_way(connection: Connection) -> None:
    dialect = connection.dialect
    written = Json().process_bind_param({"b": [1, 2], "a": "ü"}, dialect)
    assert written == Json().process_bind_param({"a": "ü", "b": [1, 2]}, dialect) == '{"a":"\\u00fc","b":[1,2]}'


@pytest.mark.parametrize("column", ["usd", "at", "json"])
def test_nothing_stays_nothing(connection: Connection, column: str) -> None:
    assert stored(connection, **{column: None}) is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    at: datetime
    state: State
    open: bool
    places: tuple[int, ...] = ()


def test_a_row_is_a_value_by_the_names_of_its_columns() -> None:
    columns = (Column("at", Instant), Column("state", Text), Column("open", Integer), Column("more", Integer))
    table = Table("seen", MetaData(), *columns)
    engine = create_engine("sqlite://")
    at = datetime(2026, 7, 4, 12, 0, 0, 5, tzinfo=UTC)
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert().values(at=at, state="QUEUED", open=1, more=2))
        row = connection.execute(table.select()).one()
    engine.dispose()
    assert value_of(Seen, row) == Seen(at=at, state=State.QUEUED, open=True)
