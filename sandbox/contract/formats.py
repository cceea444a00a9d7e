"""The string and number formats that Discord's document names, each as a predicate.

A predicate is true of values it does not speak about: a format restricts one JSON type only.
"""

import re
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

INT32_RANGE = range(-(2**31), 2**31)
SNOWFLAKE = re.compile(r"0|[1-9][0-9]*")
SNOWFLAKE_LIMIT = 2**64


def is_snowflake(value: object) -> bool:
    """An id is an unsigned 64-bit integer written as a decimal string."""
    if not isinstance(value, str):
        return True
    return SNOWFLAKE.fullmatch(value) is not None and int(value) < SNOWFLAKE_LIMIT


def is_date_time(value: object) -> bool:
    """A time is a date, `T`, a time of day and an offset (RFC 3339)."""
    if not isinstance(value, str):
        return True
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return False
    return "T" in value and moment.tzinfo is not None


def is_uri(value: object) -> bool:
    """A URI has a scheme and something behind it; `attachment://name` is one."""
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and (parts.netloc or parts.path))


def is_int32(value: object) -> bool:
    return not isinstance(value, int) or value in INT32_RANGE


FORMATS: dict[str, Callable[[object], bool]] = {
    "snowflake": is_snowflake,
    "date-time": is_date_time,
    "uri": is_uri,
    "int32": is_int32,
}
