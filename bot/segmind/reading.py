"""Values out of JSON that somebody else wrote: each function returns what it can vouch for, or None."""

import ast
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import cast

_MOST_MONEY = Decimal(10**9)  # US dollars; a larger figure is an error, and would not fit a column
_EARLIEST, _LATEST = 1_577_836_800.0, 4_102_444_800.0  # 2020 and 2100: numbers outside are no epoch seconds


def json_object(body: bytes | str) -> dict[str, object] | None:
    """Return the JSON object in `body`; None for any other JSON and for what is none."""
    value = _json(body)
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def nested(value: object) -> dict[str, object]:
    """Return an object within an object, empty where there is none."""
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def money(value: object) -> Decimal | None:
    """Return an amount as written: 1.35 stays 1.35, though JSON's reader made it a float."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    return amount if amount.is_finite() and abs(amount) < _MOST_MONEY else None


def seconds(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        span = float(value)
    except OverflowError:
        return None
    return span if math.isfinite(span) and span >= 0 else None


def integer(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | str):
        return None
    try:
        return int(value)
    except ValueError:
        return None


def moment(value: object) -> datetime | None:
    """Return a time written as ISO 8601 (UTC unless it says otherwise), an HTTP date, or epoch (milli)seconds."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    written = text(value)
    if written is None:
        return None
    try:
        return _epoch(float(written))
    except ValueError:
        pass
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            when = read(written)
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
    return None


def urls(value: object) -> tuple[str, ...]:
    """Return the outputs in a string, an object with a `url`, or a list of either, each once."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    found = (text(item) or text(nested(item).get("url")) for item in items)
    return tuple(dict.fromkeys(url for url in found if url is not None))


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a list, in order and with repeats."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(word for item in items if (word := text(item)) is not None)


def inputs(value: object) -> Mapping[str, object] | None:
    """Return a request's inputs: an object, or a string that holds one as JSON or as a Python literal."""
    if isinstance(value, str):
        literal = json_object(value)
        return literal if literal is not None else _python_dict(value)
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _json(body: bytes | str) -> object:
    try:
        return cast("object", json.loads(body))
    except (ValueError, RecursionError):
        return None


def _python_dict(literal: str) -> dict[str, object] | None:
    try:
        value = cast("object", ast.literal_eval(literal.strip()))
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _epoch(number: float) -> datetime | None:
    for stamp in (number, number / 1000):
        if _EARLIEST <= stamp < _LATEST:
            return datetime.fromtimestamp(stamp, UTC)
    return None
