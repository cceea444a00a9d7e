"""Values out of JSON that someone else wrote: each function returns what it can vouch for, or None."""

import ast
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import cast

_MOST_MONEY = Decimal(10**9)  # US dollars; a larger figure is an error, and would not fit a column
_LEAST_MONEY = Decimal("0.000001")  # the smallest amount that is kept
_AMOUNT = re.compile(r"[+-]?\d{1,20}(\.\d{1,20})?", re.ASCII)
_LONGEST_NUMBER = 300  # digits; a float has room for no more
_EARLIEST, _LATEST = 1_577_836_800.0, 4_102_444_800.0  # 2020 and 2100: what is outside is no time of a request
# With something in it other than what an id may be wrapped in.
_REQUEST_ID = re.compile(r"(?!(?i:urn:uuid:)[{}-]*$)\{?[A-Za-z0-9][\w.:{}-]{0,126}", re.ASCII)


def json_object(body: bytes | str) -> dict[str, object] | None:
    """Return the JSON object in `body`; None for any other JSON and for what is none."""
    value = json_value(body)
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
    if isinstance(value, str) and not _AMOUNT.fullmatch(value.strip()):
        return None
    try:
        amount = Decimal(str(value).strip())
    except (InvalidOperation, ValueError):
        return None
    if not amount.is_finite() or abs(amount) >= _MOST_MONEY:
        return None
    return amount if not amount or abs(amount) >= _LEAST_MONEY else None


def no_money(value: object) -> str | None:
    """Return what is written where an amount should be, if something is and it is none."""
    if value is None or money(value) is not None:
        return None
    try:
        return str(value)
    except (ValueError, RecursionError):
        return type(value).__name__


def request_id(value: object) -> str | None:
    """Return an id that can be part of a path, a query and a log line."""
    written = text(value)
    return written if written is not None and _REQUEST_ID.fullmatch(written) else None


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
            when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        except (ValueError, OverflowError):
            continue
        return _epoch(when.timestamp()) and when
    return None


def urls(value: object) -> tuple[str, ...]:
    """Return the web addresses in a string, an object with a `url`, or a list of either, each once."""
    items = cast("list[object]", value) if isinstance(value, list) else [value]
    found = (text(item) or text(nested(item).get("url")) for item in items)
    return tuple(dict.fromkeys(url for url in found if url is not None and _is_address(url)))


def texts(value: object) -> tuple[str, ...]:
    """Return the strings of a list, in order and with repeats."""
    items = cast("list[object]", value) if isinstance(value, list) else []
    return tuple(word for item in items if (word := text(item)) is not None)


def inputs(value: object) -> Mapping[str, object] | None:
    """Return a request's inputs, as JSON has them: an object, or a string with one as JSON or as a Python literal."""
    if isinstance(value, str):
        literal = json_object(value)
        return literal if literal is not None else _python_dict(value)
    return cast("dict[str, object]", value) if isinstance(value, dict) else None


def _is_address(url: str) -> bool:
    return url.startswith(("https://", "http://")) and url.isprintable() and " " not in url


def json_value(body: bytes | str) -> object:
    """Return what is written as JSON; None for what is none."""
    try:
        return cast("object", json.loads(body, parse_int=_whole_number))
    except (ValueError, RecursionError):
        return None


def _whole_number(digits: str) -> int | float:
    """Read a number of any length: Python refuses the longest, and with one the whole body would be lost."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _python_dict(literal: str) -> dict[str, object] | None:
    try:
        value = cast("object", ast.literal_eval(literal.strip()))
        return json_object(json.dumps(value)) if isinstance(value, dict) else None
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


def _epoch(number: float) -> datetime | None:
    for divisor in (1, 1000):
        if _EARLIEST * divisor <= number < _LATEST * divisor:
            return datetime.fromtimestamp(number / divisor, UTC)
    return None
