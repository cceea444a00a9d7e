"""Column types that both databases keep exactly (money, instants, and JSON text), and rows as values."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Dialect, Row, Text
from sqlalchemy.types import TypeDecorator

MICROS = Decimal(1_000_000)  # millionths of a dollar
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Value = TypeVar("Value")


class Usd(TypeDecorator[Decimal]):
    """US dollars, kept as whole millionths: sums and comparisons are exact on SQLite too."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else int((value * MICROS).to_integral_value())

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value) / MICROS


class Instant(TypeDecorator[datetime]):
    """A moment in UTC, kept as whole microseconds since the epoch: it sorts and compares as a number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        since = value.astimezone(UTC) - _EPOCH
        return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        seconds, micros = divmod(value, 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=micros)


class Json(TypeDecorator[Any]):
    """A JSON value as text, written the same way for equal values (sorted keys, no spaces)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


class Prose(TypeDecorator[str]):
    """What a person wrote. PostgreSQL's text has no place for NUL: there it becomes U+FFFD, as HTML has it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return value
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}")


def value_of(kind: type[Value], row: Row[Any], **others: object) -> Value:
    """Return a row as a dataclass whose fields are named after its columns; further columns are left out.

    `others` are fields that aren't columns, or are something else than these hold.
    """
    columns = row._asdict()  # pyright: ignore[reportPrivateUsage] - a public method
    return adapter_of(kind).validate_python(columns | others)


def adapter_of(kind: type[Value]) -> TypeAdapter[Value]:
    """Return what reads and writes a dataclass, made when it is first needed: that takes longer than to use it."""
    return _made(kind)


@cache
def _made(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
